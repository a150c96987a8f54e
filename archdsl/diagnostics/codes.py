"""The table of codes: each names one fault, and each has a section in `docs/errors.md`."""

from __future__ import annotations

from archdsl.typed import NamedTuple


class Code(NamedTuple):
    severity: str
    summary: str


def _errors(**summaries: str) -> dict[str, Code]:
    return {name.replace("_", "-"): Code("error", text) for name, text in summaries.items()}


def _warnings(**summaries: str) -> dict[str, Code]:
    return {name.replace("_", "-"): Code("warning", text) for name, text in summaries.items()}


CODES: dict[str, Code] = {
    # reading
    **_errors(
        unreadable="a file or folder that cannot be read, or a file that cannot be written",
        encoding="bytes that are not UTF-8, or characters that hide or reorder text",
        empty="a file without a layer",
        limit="a bound on size, depth or work is exceeded",
        syntax="text that the language does not have",
        unclosed="a bracket without its partner",
        unusable_file="a file that `use` cannot bring",
        circular_use="files that use one another in a ring",
        unknown_notation="a text that is neither a spec nor a listing",
        unclear_layer="a line of a listing that looks like a layer and cannot be understood",
    ),
    # names
    **_errors(
        unknown_kind="a layer kind that is neither built in nor a block of the file",
        unknown_option="an option or switch that the kind does not have",
        unknown_name="a name that stands for nothing here",
        unknown_parameter="a parameter that the model does not have",
        unknown_unit="a claim in a unit that does not exist",
        duplicate_name="one name given twice in one place",
        ambiguous_word="a word that could be an option or a value",
        invalid_name="a name that cannot be a path",
        misplaced="a statement where it cannot stand",
        recursive_block="a block that reaches itself",
        not_shareable="a part that cannot run again, or a layer without a weight to lend",
    ),
    # values
    **_errors(
        missing_value="a value that the kind needs and the line does not give",
        too_many_values="more values than the kind takes",
        wrong_type="a value of the wrong type",
        out_of_range="a value outside its range",
        not_whole="a size, count or index that does not come out whole",
        invalid_expression="an expression that has no value",
        invalid_text="a text in quotes that the kind cannot read",
        undetermined="a question whose answer depends on a symbolic size",
        where_failed="a condition after `where` that does not hold",
    ),
    # shapes
    **_errors(
        missing_input="layers without an input, or a line that must say what it reads",
        wrong_inputs="more or fewer inputs than the kind reads",
        rank_mismatch="an input with more or fewer axes than the kind takes",
        dtype_mismatch="whole numbers where features are needed, or the other way round",
        kernel_too_large="a window larger than its padded input",
        pad_too_large="padding that the input or the window does not allow",
        not_divisible="channels that the groups do not divide",
        shape_mismatch="shapes that must be equal and are not",
        unfit_weights="weights that do not fit where they are used a second time",
        table_mismatch="a connection table that does not fit its layer",
        too_large="a size beyond what a tensor can have",
    ),
    # claims
    **_errors(
        claim_shape="a claimed shape that is not the derived one",
        claim_value="a claimed figure that is not the derived one",
    ),
    # freezing
    **_errors(shared_freeze="a weight of two names that is frozen by one of them alone"),
    # holes
    **_errors(
        unpinned_hole="a ? whose number follows from no claim",
        several_answers="a ? for which several numbers fit",
        no_answer="a ? for which no number fits",
    ),
    # modules of other packages
    **_errors(
        closed_door="a module of another package, which the caller has not allowed",
        foreign_module="a module of another package that cannot be had, or is not as stated",
    ),
    # checkpoints
    **_errors(
        damaged_weights="a checkpoint that breaks the safetensors format",
        pickled_weights="a checkpoint of torch.save where that is not read",
        weights_mismatch="a checkpoint whose tensors are not those of the network",
    ),
    **_warnings(
        unused_result="a result that nothing reads and that is no output",
        single_branch="a merge of one value, which passes it on unchanged",
        leftover="rows or columns behind the last window that no window reads",
        padding_alone="a window of a pool that reads nothing but padding",
        before_activation="a layer is read before the activation written behind it",
        channels_first="an input that looks as if its channels came first, and is read with its channels last",
        changed_in="an `in` behind a layer that widened by it: the wide number, and rarely meant",
        no_copies="a repeat whose number is left open, and of which no copy is right at any size",
        unknown_code="an ignored code that does not exist",
    ),
    "shadows-kind": Code("note", "a block with the name of a built-in kind"),
    "assumed-order": Code("warning", "a class in a printed model, its parts read in their order"),
    "unjudged-claims": Code("note", "claims that depend on an input which the caller has replaced"),
    "element-order": Code("note", "a vector reshaped to two axes, its elements counted otherwise than by `view`"),
    "assumed": Code("note", "what a printed model does not say, as it is read"),
    "passed-over": Code("note", "a sentence of a listing that names a layer, read as prose"),
    "other-answer": Code("note", "a number that fits a ? too, with a warning that the one found does not have"),
}
