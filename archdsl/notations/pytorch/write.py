"""Modules of PyTorch to lines of a tree: each by its own signature, and what follows from what a module holds."""

from __future__ import annotations

import re
from functools import lru_cache

from archdsl.diagnostics import Source, Span
from archdsl.layers import REGISTRY, lookup
from archdsl.limits import Limits
from archdsl.notations.calls import call as program
from archdsl.notations.calls.behind import shape_behind
from archdsl.notations.calls.draft import LineContext, LineDraft, Unwritable, bind
from archdsl.notations.calls.forms import give_form
from archdsl.notations.calls.head import head_of
from archdsl.notations.calls.spelling import Raw
from archdsl.notations.pytorch.containers import Containers, ModuleFault
from archdsl.notations.pytorch.parse import ArgumentValue, ModuleCall, UnknownValue
from archdsl.notations.pytorch.placed import placed
from archdsl.notations.pytorch.value import Keras, ShapeValue
from archdsl.sizes.shape import Shape, product
from archdsl.syntax import parse as parse_text
from archdsl.syntax import tree
from archdsl.typed import Any, NamedTuple
from archdsl.vocabulary import Meaning, exact
from archdsl.vocabulary.arguments import FROM_INPUT
from archdsl.vocabulary.printed import MODULES as PRINTED
from archdsl.vocabulary.table import rows

_NAME = re.compile(r"(?!x[0-9]+$)[a-z][a-z0-9_]*[a-z0-9]|[a-wyz]")
_RESERVED = frozenset(
    "in if for else let use input output model block expect where cases freeze init share and or not weight".split()
)
_OWN_AXES = frozenset(("axes", "features", "per"))  # forms that need the input; here it is held by the check
_SHORT = 200  # characters of a text whose tree is kept

_MODES = frozenset("same valid zeros reflect replicate circular row batch".split())  # printed without quotes


class WrittenModule(NamedTuple):
    """The lines of a module, the output, and what was assumed."""

    lines: tuple[tree.Line, ...]
    value: ShapeValue
    assumed: list[tuple[Span, str]]
    doubts: list[tuple[Span, str]]


def written(
    call: ModuleCall, target: str, value: ShapeValue, taken: set[str], limits: Limits, keras: Keras | None = None
) -> WrittenModule:
    """The lines that a module is, of PyTorch or of Keras; `value` is the input. Raises Fault."""
    writer = _Writer(value, taken) if keras is None else _KerasWriter(value, taken, keras)
    writer.module(call, target or call.label, within=None)
    text = "".join(writer.text)
    file = _tree(text, limits) if len(text) < _SHORT else parse_text(Source("", text), limits).file
    if file is None:
        raise ModuleFault("this module cannot be read", call.place)
    return WrittenModule(
        placed(file, writer.parts, call.place), ShapeValue(writer.shape, writer.rank), writer.assumed, writer.doubts
    )


@lru_cache(maxsize=256)
def _tree(text: str, limits: Limits) -> tree.File | None:
    """The tree of a line; listings have the same ones again and again."""
    return parse_text(Source("", text), limits).file


class _Writer(Containers):
    # ---- one layer

    def _leaf(self, call: ModuleCall, label: str, within: ModuleCall | None) -> None:
        row = self._row(call)
        if row.name == "Linear" and self.rank is not None and self.rank > 2:
            self._flatten(call, within)
        draft = LineDraft(row, call.plain, lookup(row.kind), LineContext(self._around(), frozenset(), frozenset()))
        values = {name: _plain(value.value, value, call) for name, value in call.keywords.items()}
        if f"mode={values.get('mode')}" in row.behind.split():  # UpsamplingBilinear2d prints its mode
            del values["mode"]
        places = _places(call, row)
        try:
            bind(draft, tuple(_plain(value.value, value, call) for value in call.positional), values)
            comes = self._comes(draft, places)
            if row.form and row.form not in _OWN_AXES:
                give_form(draft, row.form)
            text = draft.text if draft.text is not None else head_of(draft)
        except Unwritable as wrong:
            raise ModuleFault(str(wrong), call.place) from None
        if row.library:
            hint = "write it in a spec: std.transformer has it"
            raise ModuleFault(f"{call.plain} is a network of layers", call.place, hint)
        self.shape = shape_behind(draft, self.shape)
        self.rank = self.shape.rank if self.shape is not None else _rank_behind(draft, call, self.rank)
        for line in draft.before:
            self.put(f"{line}\n", call.place)
        name = f"{label}: " if self._is_free(label) else ""
        self.put(f"{name}{text}\n", call.place, comes)
        for line in draft.behind:
            self.put(f"{line}\n", call.place)

    def _around(self) -> Shape | None:
        """A shape of as many axes as come in: forms of PyTorch ask for their number alone."""
        return Shape((1,) * self.rank) if self.rank is not None else None

    def _row(self, call: ModuleCall) -> Meaning:
        """What a module is here; raises Fault where it is none, and says why."""
        found = exact(f"nn.{call.plain}")
        row = found[0] if found and found[0].name == call.plain else rows(PRINTED).get(call.plain)
        if row is None or row.either or row.text:
            hint = "write it in a spec, where each line can say what it reads"
            message = f"{call.name} is not a module of torch.nn, and what it computes is not known"
            raise ModuleFault(message, call.place, hint)
        if row.reason:
            raise ModuleFault(f"{call.name} {row.reason}", call.place)
        return row

    def _flatten(self, call: ModuleCall, within: ModuleCall | None) -> None:
        """In front of Linear an image is made a vector, where another part of the program may do so."""
        if within is not None and not within.inside:
            message = f"{call.plain} after an image: nn.Flatten() is missing before it"
            raise ModuleFault(message, call.place, "put nn.Flatten() before it")
        self.assumed.append((call.place, f"a Flatten before {call.label or call.plain}"))
        self.put("FLATTEN\n", call.place)
        self.shape, self.rank = Shape((product(self.shape.sizes),)) if self.shape is not None else None, 1

    def _comes(self, draft: LineDraft, places: dict[str, Span]) -> tuple[tree.Comes, ...]:
        """What a module says that it reads, which is no part of its line; the check holds it against what comes."""
        found: list[tree.Comes] = []
        name = draft.row.form
        if name == "features":
            draft.kind = REGISTRY["FC"] if self.rank == 1 else draft.kind
        if name == "axes":
            wanted = draft.take("normalized_shape")
            sizes = wanted if isinstance(wanted, tuple) else (wanted,)
            if len(sizes) > 1:
                draft.words.append("all")
            at = places["normalized_shape"]
            found.append(tree.Comes("channels", (sizes[0] if len(sizes) > 1 else sizes[-1],), *at))
        if name == "per":
            number = draft.take("num_parameters")
            if number != 1:
                draft.attributes["per"] = "channel"
                found.append(tree.Comes("channels", (number,), *places["num_parameters"]))
        own = ("embed_dim",) if draft.row.kind == "ATTENTION" else ()
        for argument in (*FROM_INPUT, *own):
            known = argument in draft.given and not (argument == "embed_dim" and draft.row.kind != "ATTENTION")
            if known and FROM_INPUT.get(argument) and isinstance(draft.given[argument], int):
                number = draft.given.pop(argument)
                what = "elements" if draft.kind is REGISTRY["FC"] else "channels"
                found.append(tree.Comes(what, (number,), *places[argument]))
        return tuple(dict.fromkeys(found))

    def _is_free(self, label: str) -> bool:
        if not self.named or not _NAME.fullmatch(label) or label in _RESERVED or label in self.taken or len(label) > 60:
            return False
        self.taken.add(label)
        return True


class _KerasWriter(_Writer):
    """Layers of Keras: shapes have their channels last, and Dense reads the last axis."""

    def __init__(self, value: ShapeValue, taken: set[str], keras: Keras) -> None:
        super().__init__(value, taken)
        self.stated = keras.stated

    def _around(self) -> Shape | None:
        return self.shape

    def _leaf(self, call: ModuleCall, label: str, within: ModuleCall | None) -> None:
        row = self._row(call)
        if row.form == "declared":  # the input, which is read already
            return
        named = call.keywords.get("name")
        order = call.keywords.get("data_format")
        if order is not None and order.value not in ("channels_last", None):
            hint = "write it in a spec, where shapes have their channels last"
            raise ModuleFault(f"{call.name} has its channels first", Span(order.start, order.end), hint)
        kept = {name: value for name, value in call.keywords.items() if name != "input_dim" or row.name == "Embedding"}
        label = named.value if named is not None and isinstance(named.value, str) else label
        if row.name == "Dense" and self.rank is not None and self.rank > 2:
            self._dense(call, within)
        super()._leaf(call._replace(keywords=kept), label, within)

    def _dense(self, call: ModuleCall, within: ModuleCall | None) -> None:
        """Between lines of a listing Dense reads all that comes in; in a program the channels of each position."""
        if within is None and not self.stated:
            self._flatten(call, None)
        else:
            self.assumed.append((call.place, f"{call.plain} reads the channels of each position, as in Keras"))

    def _row(self, call: ModuleCall) -> Meaning:
        found = exact(f"layers.{call.plain}")
        if not found:
            hint = "write it in a spec: `archdsl layers` lists what there is"
            raise ModuleFault(f"{call.name} is not a known Keras layer", call.place, hint)
        if found[0].reason:
            raise ModuleFault(f"{call.name} {found[0].reason}", call.place)
        kind = REGISTRY.get(found[0].kind)
        if kind is not None and kind.inputs[0] > 1:
            hint = "write it in a spec, where each line can say what it reads"
            raise ModuleFault(
                f"{call.name} reads several values, and which ones cannot be read from this text", call.place, hint
            )
        return found[0]


def _places(call: ModuleCall, row: Meaning) -> dict[str, Span]:
    """Where the value of each argument stands."""
    names = [part.partition("=")[0].strip() for part in row.signature.split(",")]
    found = {name: Span(value.start, value.end) for name, value in zip(names, call.positional, strict=False)}
    return found | {name: Span(value.start, value.end) for name, value in call.keywords.items()}


def _plain(value: Any, at: ArgumentValue, call: ModuleCall) -> Any:
    """A value as the tables take it; one that only running the code would tell is refused."""
    if isinstance(value, ModuleCall):
        positional = tuple(_plain(one.value, one, call) for one in value.positional)
        return program.Call(
            value.name, positional, {n: _plain(one.value, one, call) for n, one in value.keywords.items()}
        )
    if isinstance(value, UnknownValue):
        if value.text in _MODES:
            return value.text
        if value.text.startswith(("torch.", "F.", "nn.")):
            return Raw(value.text)
        message = f"{value.text} is a name, whose value is known only when the program runs"
        raise ModuleFault(message, Span(at.start, at.end), "write its number here, or print the model")
    if isinstance(value, tuple):
        return tuple(_plain(item, at, call) for item in value)
    return value


def _rank_behind(draft: LineDraft, call: ModuleCall, rank: int | None) -> int | None:
    """How many axes come out, channels included."""
    kind = draft.kind.name if draft.kind is not None else ""
    if call.plain[-2:] in ("1d", "2d", "3d") and kind not in ("CHANNELDROPOUT", "BN"):
        return int(call.plain[-2]) + 1
    if kind in ("FLATTEN", "FC"):
        return 1
    if kind == "EMBED":
        return (rank or 1) + 1
    if kind == "RESHAPE" and isinstance(draft.attributes.get("sizes"), tuple):
        return len(draft.attributes["sizes"])
    return rank
