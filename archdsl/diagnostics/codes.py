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
        unclosed="an unmatched bracket",
        unusable_file="a file that `use` cannot read",
        circular_use="files that use one another in a circle",
        unknown_notation="a text that is neither a spec nor a listing",
        unclear_layer="a line of a listing that looks like a layer, but cannot be understood",
    ),
    # names
    **_errors(
        unknown_kind="a layer kind that is neither built in nor a block of the file",
        unknown_option="an option or switch that the kind does not have",
        unknown_name="a name that is not defined here",
        unknown_parameter="a parameter that the model does not have",
        unknown_unit="a claim in a unit that does not exist",
        duplicate_name="one name given twice in one place",
        ambiguous_word="a word that could be an option or a value",
        invalid_name="a name that cannot be a path",
        misplaced="a statement in a place where it is not allowed",
        recursive_block="a block that uses itself",
        not_shareable="a part that cannot be shared, or a layer without a weight to share",
    ),
    # values
    **_errors(
        missing_value="a value that the kind needs and the line does not give",
        too_many_values="more values than the kind takes",
        wrong_type="a value of the wrong type",
        out_of_range="a value outside its range",
        not_whole="a size, count or index that is not an integer",
        invalid_expression="an expression that has no value",
        invalid_text="a text in quotes that the kind cannot read",
        undetermined="a question whose answer depends on a symbolic dimension",
        where_failed="a condition after `where` that does not hold",
    ),
    # shapes
    **_errors(
        missing_input="layers without an input, or a line that must say what it reads",
        wrong_inputs="more or fewer inputs than the kind reads",
        rank_mismatch="an input with more or fewer axes than the kind takes",
        dtype_mismatch="integers where features are needed, or features where integers are",
        kernel_too_large="a window larger than its padded input",
        pad_too_large="padding that the input or the window does not allow",
        not_divisible="channels that the groups do not divide",
        shape_mismatch="shapes that must be equal and are not",
        unfit_weights="shared weights whose shapes differ",
        table_mismatch="a connection table that does not fit its layer",
        too_large="a size larger than a tensor can have",
    ),
    # claims
    **_errors(
        claim_shape="a claimed shape that is not the derived one",
        claim_value="a claimed count that is not the derived one",
    ),
    # freezing
    **_errors(shared_freeze="a shared weight that is frozen under only one of its names"),
    # holes
    **_errors(
        unpinned_hole="a ? whose number no claim determines",
        several_answers="a ? for which several numbers fit",
        no_answer="a ? for which no number fits",
    ),
    # external modules
    **_errors(
        closed_door="an external module, and external modules are disabled",
        foreign_module="an external module that cannot be imported, or is not as stated",
    ),
    # checkpoints
    **_errors(
        damaged_weights="a checkpoint that violates the safetensors format",
        pickled_weights="a checkpoint written by torch.save where only safetensors is read",
        weights_mismatch="a checkpoint whose tensors are not those of the network",
    ),
    **_warnings(
        unused_result="a result that no layer reads and that is not an output",
        single_branch="a merge of one value, which changes nothing",
        leftover="rows or columns after the last window, which no window reads",
        padding_alone="a pooling window that reads only padding",
        before_activation="a layer is read before the activation on the same line",
        channels_first="an input that looks like channels first, and is read as channels last",
        changed_in="an `in` after a layer that raised the number of channels by it: rarely what is meant",
        no_copies="a repeat with a symbolic count that is valid only without any copy",
        unknown_code="an `ignore` comment with a code that does not exist",
    ),
    "shadows-kind": Code("note", "a block with the name of a built-in kind"),
    "assumed-order": Code("warning", "a class in a printed model, read as a sequence of its parts"),
    "unjudged-claims": Code("note", "claims that depend on an input that the caller has replaced"),
    "element-order": Code("note", "a vector reshaped to two axes, in another order of elements than `view` has"),
    "assumed": Code("note", "an assumption about a part of a printed model"),
    "passed-over": Code("note", "a sentence of a listing that names a layer, ignored as prose"),
    "other-answer": Code("note", "another number that fits a ?, but with a warning"),
}
