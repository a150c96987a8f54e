"""What a kind of layer is: one class with its values, rules, tensors, costs, PyTorch form and examples."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from archdsl.layers.refusal import Refusal
from archdsl.layers.registry import REGISTRY
from archdsl.layers.values import REQUIRED, Number, Sizes, Type
from archdsl.layers.worked import NOTHING, Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import SYMBOLIC, Size
from archdsl.typed import TYPE_CHECKING, Any, ClassVar, NamedTuple

if TYPE_CHECKING:
    from archdsl.layers.field import AxisField


ELEMENTS = {"float32": "features", "int64": "integers", "bool": "truth values"}


class Attribute:
    """A value that a line can give: its type, its default, its one-letter spelling, and PyTorch's name for it."""

    def __init__(self, type: Type, default: Any, short: str | None, doc: str, torch: str | None, named: bool) -> None:
        self.type = type
        self.default = default
        self.short = short
        self.doc = doc
        self.torch = torch
        self.positional = not named
        self.name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name.rstrip("_")  # `in_`: a word that Python keeps for itself

    @property
    def required(self) -> bool:
        return self.default is REQUIRED


def attribute(
    type: Type,
    default: Any = REQUIRED,
    *,
    short: str | None = None,
    doc: str,
    torch: str | None = None,
    named: bool = False,
) -> Any:
    """Declare an attribute of a kind. Values without a name fill the attributes that are not `named`, in this order."""
    return Attribute(type, default, short, doc, torch, named)


class Tensor(NamedTuple):
    """A tensor that a layer owns: `role` is weight, bias, scale (scale and shift of a norm) or buffer.

    `saved` says whether its name in the `state_dict` is known; those of an external module are not.
    """

    name: str
    sizes: tuple[Size, ...]
    role: str = "weight"
    dtype: str = "float32"
    saved: bool = True

    def path(self, layer: str) -> str:
        """Its path, where that of its layer is given; a source without a name of its own is its tensor."""
        return f"{layer}.{self.name}" if self.name else layer

    @property
    def factor(self) -> Factor:
        """Its elements as a factor of what a layer costs."""
        name = self.name or ("elements" if len(self.sizes) == 1 else "")  # one number alone would say nothing
        return Factor(self.sizes, name if self.saved else "", True)


class Module(NamedTuple):
    """A PyTorch module as text: `path(arguments)`, by PyTorch's names, the first `positional` of them without.

    An argument equal to its entry in `defaults` is left out. `support` is the source of a class that PyTorch does not
    have, `home` the module from which a class of another package is imported.
    """

    path: str
    arguments: dict[str, Any]
    positional: int = 1
    defaults: Mapping[str, Any] = MappingProxyType({})
    support: str = ""
    home: str = ""


def is_open(value: Any) -> bool:
    """Whether a value depends on a symbol, or one in it."""
    return isinstance(value, SYMBOLIC) or (isinstance(value, tuple) and any(map(is_open, value)))


class Apart(NamedTuple):
    """Results that a module gives within one another: `{0}, ({1}, {2})` is how an assignment takes them apart.

    `results` are the layer's own, each an expression of these; `first` is the first of them as one of the whole call.
    """

    pattern: str
    results: tuple[str, ...]
    first: str


class Lowered(NamedTuple):
    """How PyTorch computes a layer: as a module, as an expression of its inputs `{0}`, `{1}`, or as both.

    `in_place` says that both take `inplace=True`, which is right after a layer whose output is `fresh`; `asked`, that
    the line wants it.

    `wants` and `gives` say how values lie in memory after the batch: `first` (channels first), `last` (channels last),
    `flat` (one axis), `any` (as it comes, and it stays so). `over` is the call with all inputs as one sequence `{0}`.
    `stretches` says that PyTorch stretches an input without a batch to the others'.

    `use` is how its module is called where that is not `({0}, {1})`. `otherwise` is the same layer for a value that
    lies as that one wants it, where both are as good. In a call `{name}` stands for a symbolic size, one of `sizes` or
    an argument of the module, and `{cast}` for a conversion to the dtype of the network. `last` says how the last
    inputs are to lie, where that differs from `wants`. `helper` is a function of ours that the call needs, its name and
    its source; `finish` follows what the module gives. `ready` are expressions of the inputs that come after these, as
    a mask that is made of two.

    A layer of several results gives a tuple of them, or what `apart` takes apart; `gives` then speaks of each, or is a
    tuple with a word for each.
    """

    module: Module | None = None
    call: str | None = None
    wants: str = "any"
    gives: str | tuple[str, ...] = "any"
    in_place: bool = False
    asked: bool = False
    over: str | None = None
    stretches: bool = False
    use: str = ""
    apart: Apart | None = None
    otherwise: Lowered | None = None
    last: tuple[str, ...] = ()
    ready: tuple[str, ...] = ()
    helper: tuple[str, str] | None = None
    finish: str = ""
    sizes: Mapping[str, Any] = MappingProxyType({})

    def open_sizes(self) -> dict[str, Any]:
        """The symbolic sizes that a call, or the use of the module, reads off tensors."""
        names = re.findall(r"\{(?!cast\})([a-z]\w*)\}", f"{self.call or ''}{self.use}")
        given = {**(self.module.arguments if self.module is not None else {}), **self.sizes}
        return {name: given[name] for name in dict.fromkeys(names)}

    def sized(self) -> bool:
        """Whether it is a call, or the use of a module, because sizes are symbolic."""
        arguments = self.module.arguments if self.module is not None else {}
        return bool(self.open_sizes()) or (self.call is not None and is_open(tuple(arguments.values())))

    def reading(self, came: str) -> Lowered:
        """The form for an input that lies as `came`."""
        return self.otherwise if self.otherwise is not None and self.otherwise.wants == came else self

    def wanted(self, inputs: int, form: str) -> tuple[str, ...]:
        """How each of so many inputs is to lie, where the first ones lie as `form`."""
        return (*(form,) * (inputs - len(self.last)), *self.last)

    def forms(self, came: str, results: tuple[Shape, ...]) -> tuple[str, ...]:
        """How each result lies, where the input lies as `came`."""
        gives = self.gives if isinstance(self.gives, tuple) else (self.gives,) * len(results)
        each = zip(gives, results, strict=True)
        return tuple("flat" if shape.rank == 1 else came if form == "any" else form for form, shape in each)


class Example(NamedTuple):
    """`227x227x3 -> CONV 96 11x11 s4 p0 -> 55x55x96`: inputs, line, output; figures where they teach something."""

    text: str
    params: int | None = None
    macs: int | None = None


class CounterExample(NamedTuple):
    """A line that must be refused, and the code of the refusal."""

    text: str
    code: str


class Layer:
    """The base of all kinds. A subclass with a `name` declares one; every rule has a default that fits most kinds.

    An instance is one layer in use: its attributes, made fit for the inputs that it reads. Instances never change.
    """

    name: ClassVar[str] = ""
    family: ClassVar[str] = ""
    attributes: ClassVar[dict[str, Attribute]] = {}
    inputs: ClassVar[tuple[int, int | None]] = (1, 1)  # fewest and most inputs
    ranks: ClassVar[tuple[int, ...]] = (1, 2, 3, 4)
    dtype: ClassVar[str] = "float32"  # of what it reads: float32, int64, bool or any
    merge: ClassVar[bool] = False  # whether braces after it are branches
    braces: ClassVar[bool] = False  # whether it needs braces, which are one sequence and no branches
    activation: ClassVar[bool] = False  # whether it is one: read as part of the layer before it on its line
    refers: ClassVar[tuple[str, ...]] = ()  # tensors that may be another layer's: `weight=embed`
    operands: ClassVar[tuple[str, ...]] = ()  # inputs that a line gives by these names: `mask=m`
    widens: ClassVar[bool] = (
        False  # whether the input does not bound its numbers: windows on the output, elements added
    )
    fresh: ClassVar[bool] = False  # whether its output is new memory that its own backward pass never reads
    examples: ClassVar[tuple[Example | CounterExample, ...]] = ()

    def __init_subclass__(cls) -> None:
        own = {value.name: value for value in cls.__dict__.values() if isinstance(value, Attribute)}
        every = {name: value for name, value in cls.attributes.items() if name not in own} | own
        cls.attributes = dict(sorted(every.items(), key=lambda item: not item[1].positional))
        names = [(name, each.type) for name, each in cls.attributes.items() if each.type.reference]
        cls.refers = tuple(name for name, type in names if not type.reads)
        cls.operands = tuple(name for name, type in names if type.reads)
        cls.family = cls.__module__.rpartition(".")[2]
        if "name" in cls.__dict__:
            REGISTRY[cls.name] = cls

    def __init__(self, given: dict[str, Any], inputs: tuple[Shape, ...]) -> None:
        operands = [name for name in self.operands if given.get(name) is not None]
        given = {**given, **{name: place for place, name in enumerate(operands, len(inputs) - len(operands))}}
        self.check_inputs(inputs[: len(inputs) - len(operands)])
        axes = len(inputs[0].space) if inputs else 0
        for name, declared in self.attributes.items():
            value = given.get(name, declared.default)
            if value is REQUIRED:
                message = f"{self.name} needs {name}: {declared.doc}"
                raise Refusal("missing-value", message, hint=f"{self.usage()}")
            try:
                self.__dict__[name] = declared.type.convert(value, axes) if value is not None else None
            except Refusal as refusal:
                refusal.blame = refusal.blame or name
                refusal.message = f"{refusal.blame} of {self.name} {refusal.message}"
                if refusal.code == "rank-mismatch":
                    refusal.hint = _channels_hint(value, inputs)
                raise

    def __hash__(self) -> int:
        return id(self)

    @classmethod
    def usage(cls) -> str:
        """The kind with its values, as a line would have them: `CONV out kernel [stride=] ...`."""
        words = [a.name if a.positional else f"{a.name}=.." for a in cls.attributes.values() if a.required]
        optional = [a for a in cls.attributes.values() if not a.required and not a.type.stated]
        words += [f"[{a.type.spelling(a)}]" for a in optional]
        return " ".join([cls.name, *words, *(["{ ... }"] if cls.braces else [])])

    @classmethod
    def reads_one(cls, given: Mapping[str, Any]) -> bool:
        """Whether a merge with these values reads one input by itself: arithmetic with a number."""
        return False

    # ---- rules: each may raise Refusal

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse inputs of a wrong number, rank or type."""
        least, most = self.inputs
        if most == 0 and inputs:
            message = f"{self.name} is a source and reads no input, got {len(inputs)} input{'s' * (len(inputs) > 1)}"
            raise Refusal("wrong-inputs", message)
        if len(inputs) < least or (most is not None and len(inputs) > most):
            joined = "or" if most == least + 1 else "to"
            wanted = str(least) if least == most else f"{least} or more" if most is None else f"{least} {joined} {most}"
            message = f"{self.name} reads {wanted} input{'s' * (wanted != '1')}, got {len(inputs)}"
            raise Refusal("wrong-inputs", message)
        for position, shape in enumerate(inputs):
            if self.dtype not in (shape.dtype, "any"):
                raise self._dtype_refusal(shape, position)
            if shape.rank not in self.ranks:
                raise self._rank_refusal(shape, position)

    def _dtype_refusal(self, shape: Shape, position: int) -> Refusal:
        hint = "EMBED turns integers into features" if (self.dtype, shape.dtype) == ("float32", "int64") else None
        message = f"{self.name} reads {ELEMENTS[self.dtype]}, and its input {shape} contains {ELEMENTS[shape.dtype]}"
        return Refusal("dtype-mismatch", message, blame=position, hint=hint)

    def _rank_refusal(self, shape: Shape, position: int) -> Refusal:
        ranks = [str(rank) for rank in self.ranks]
        wanted = ranks[0] if len(ranks) == 1 else f"{', '.join(ranks[:-1])} or {ranks[-1]}"
        axes = "axis" if wanted == "1" else "axes"
        message = f"{self.name} reads an input of {wanted} {axes}, and {shape} has {shape.rank}"
        hint = None
        if shape.rank == 2 and 3 in self.ranks and 2 not in self.ranks:
            hint = f"a grey-scale image is {shape}x1: the channels come last"
        return Refusal("rank-mismatch", message, blame=position, hint=hint)

    def shape(self, *inputs: Shape) -> Shape:
        """The shape of the output, of several results the first; the input's own by default."""
        return inputs[0]

    def results(self, *inputs: Shape) -> tuple[Shape, ...]:
        """The shapes of all results, in order: of most kinds one."""
        return (self.shape(*inputs),)

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        """For each input the sizes that must be those of the other inputs; how far they are apart leads to holes."""
        return ()

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        """Warnings as (code, message), for a layer that is right but perhaps not meant so."""
        return ()

    def derivation(self, *inputs: Shape) -> str:
        """How the output shape comes about, with the values filled in; shown where a claim of it fails.

        Empty where there is no more to say than what the layer reads and gives.
        """
        return ""

    def is_pointwise(self, x: Shape) -> bool:
        """Whether a position of the output reads the same position of each input alone, in evaluation."""
        return False

    def fields(self, place: int, inputs: tuple[Shape, ...], output: Shape) -> tuple[AxisField, ...]:
        """What a position reads of one of its inputs, along each axis of that but the channels."""
        from archdsl.layers.field import SAME, WHOLE

        space = inputs[place].space
        if len(space) != len(output.space) or not self.is_pointwise(inputs[place]):
            return (WHOLE,) * len(space)
        return tuple(SAME if size == out else WHOLE for size, out in zip(space, output.space, strict=True))

    # ---- what it owns and costs, of one use at batch 1

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        """Parameters and buffers in PyTorch's order, by PyTorch's names."""
        return ()

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        """Multiply-accumulates."""
        return NOTHING

    def connections(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        """Inputs read per unit, times units, plus one per bias per unit, as the LeNet papers count."""
        return NOTHING

    def units(self, output: Shape) -> Worked:
        """Outputs that count as neurons: those of convolutions and fully connected layers."""
        return NOTHING

    # ---- PyTorch

    @classmethod
    def floats(cls, arguments: dict[str, Any]) -> dict[str, Any]:
        """Arguments by PyTorch's names or ours, each number that need not be whole as a float, as TorchScript asks."""
        numbers = {name for name, one in cls.attributes.items() if isinstance(one.type, Number)}
        numbers |= {str(cls.attributes[name].torch) for name in numbers}
        return {name: float(one) if name in numbers and type(one) is int else one for name, one in arguments.items()}

    def lower(self, *inputs: Shape) -> Lowered:
        """The layer in PyTorch, as text."""
        raise NotImplementedError


def _channels_hint(value: Any, inputs: tuple[Shape, ...]) -> str | None:
    """What two numbers for an input of one axis beside the channels hint at: an image written without its channels."""
    sizes = value.sizes if isinstance(value, Sizes) else value
    if not inputs or inputs[0].rank != 2 or not isinstance(sizes, tuple) or len(sizes) != 2:
        return None
    return f"a grey-scale image is {Shape((*inputs[0].sizes, 1))}: the channels come last"
