"""Layers that only change the shape or the order of axes."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, attribute, is_open
from archdsl.layers.layout import either, order
from archdsl.layers.pattern import Arrangement, Pattern, arranged, open_once, part_sizes, rearranged
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Dimensions, Gathered, PerAxis, Sizes, Switch, Text, Whole
from archdsl.sizes.shape import AXES, Shape, product
from archdsl.sizes.size import Size, same
from archdsl.typed import Any


class Reshaped(Dimensions):
    """The sizes of a shape, one of which may be -1: the size that is inferred."""

    words = "a shape, as 196x768, where -1 is inferred: [-1, 768]"
    told = True

    def convert(self, value: Any, axes: int) -> Any:
        sizes = value.sizes if isinstance(value, Sizes) else value if isinstance(value, tuple) else (value,)
        left = [place for place, size in enumerate(sizes) if type(size) is int and size == -1]
        if len(left) > 1:
            raise Refusal("out-of-range", "has more than one size to infer")
        found = super().convert(tuple([1 if place in left else size for place, size in enumerate(sizes)]), axes)
        return tuple([-1 if place in left else size for place, size in enumerate(found)])


class Reshape(Layer):
    """Reshape to the given sizes, with the elements counted channels first (torch.Tensor.view).

    So `RESHAPE 196x768` after a convolution turns each spatial position into a time step. With `last` the elements are
    counted with the channels last, as shapes are written. One size may be `-1`; it is inferred.
    """

    name = "RESHAPE"
    sizes: tuple[Size, ...] = attribute(Reshaped(), doc="the shape, channels last", torch="shape")
    last: bool = attribute(Switch(), False, doc="count the channels last, as in the written shape", named=True)
    examples = (
        Example("14x14x768 -> RESHAPE 196x768 -> 196x768", params=0, macs=0),
        Example("8192 -> RESHAPE 4x4x512 -> 4x4x512"),
        Example("6x6x256 -> RESHAPE [-1] -> 9216"),
        Example("196x768 -> RESHAPE sizes=[14, 14, -1] last -> 14x14x768"),
        CounterExample("14x14x768 -> RESHAPE 190x768", "shape-mismatch"),
        CounterExample("14x14x768 -> RESHAPE [-1, 1000]", "shape-mismatch"),
        CounterExample("14x14x768 -> RESHAPE [-1, -1]", "out-of-range"),
        CounterExample("14x14x768 -> RESHAPE", "missing-value"),
        CounterExample("16 -> RESHAPE 1x2x2x2x2", "rank-mismatch"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        known = product(tuple([size for size in self.sizes if size != -1]))
        if -1 in self.sizes:
            if not same(x.elements % known, 0):
                message = f"RESHAPE: {x} has {x.elements} elements, and {known} does not divide them"
                raise Refusal("shape-mismatch", message, blame="sizes")
            return Shape(tuple([x.elements // known if size == -1 else size for size in self.sizes]))
        if not same(x.elements, known):
            message = f"RESHAPE: {x} has {x.elements} elements, and {Shape(self.sizes)} would have {known}"
            raise Refusal("shape-mismatch", message, blame="sizes", tries=self._tries(x))
        return Shape(self.sizes)

    def _tries(self, x: Shape) -> tuple[dict[str, Any], ...]:
        """The shape with one size left to be found."""
        tries = []
        for place in range(len(self.sizes)):
            others = product((*self.sizes[:place], *self.sizes[place + 1 :]))
            if isinstance(others, int) and isinstance(x.elements, int) and x.elements % others == 0:
                sizes = (*self.sizes[:place], x.elements // others, *self.sizes[place + 1 :])
                tries.append({"sizes": Sizes(sizes)})
        return tuple(tries)

    def remarks(self, *inputs: Shape) -> tuple[tuple[str, str], ...]:
        """A vector into a matrix: `view` counts its rows one after the other, as `last` does."""
        y = self.shape(*inputs)
        if inputs[0].rank > 1 or y.rank != 2 or self.last or 1 in y.sizes:
            return ()
        rows, columns = y.sizes
        message = f"elements are counted channels first here; with `last`, {y} is what view({rows}, {columns}) gives"
        return (("element-order", message),)

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        y = self.shape(x)
        form = "last" if self.last else "first"
        wants, gives = ("flat" if shape.rank == 1 else form for shape in (x, y))
        before = [x.sizes[axis] for axis in order(x.rank, wants)]
        after = [y.sizes[axis] for axis in order(y.rank, gives)]
        modules = _steps(before, after)
        sizes: dict[str, Any] = {}
        call = "{0}" + "".join(f".{module.path[3:].lower()}{_given(module, sizes)}" for module in modules)
        alone = modules[0] if len(modules) == 1 and not sizes else None
        return Lowered(alone, call, wants=wants, gives=gives, sizes=sizes)


def _steps(before: list[Size], after: list[Size]) -> list[Module]:
    """Sizes into others, as dimensions joined and dimensions parted, from the last on."""
    steps: list[Module] = []
    for start, stop, sizes in reversed(_runs(before, after)):
        if stop - start > 1:
            ends = {"start_dim": start + 1, **({"end_dim": stop} if stop < len(before) else {})}
            steps.append(Module("nn.Flatten", ends, 2, {"start_dim": 1} if len(ends) == 1 else {}))
        if len(sizes) > 1:
            steps.append(Module("nn.Unflatten", {"dim": start + 1, "unflattened_size": open_once(sizes)}, 2))
    return steps


def _given(module: Module, sizes: dict[str, Any]) -> str:
    """The arguments as text; symbolic sizes are noted, and stand there by a name."""
    texts = []
    for value in module.arguments.values():
        if is_open(value):
            sizes[f"size{len(sizes)}"] = value
            texts.append(f"{{size{len(sizes) - 1}}}")
        else:
            texts.append(str(value))
    return f"({', '.join(texts)})"


def _runs(before: list[Size], after: list[Size]) -> list[tuple[int, int, tuple[Size, ...]]]:
    """The shortest runs of sizes with equal products: where one begins and ends before, and its sizes after."""
    runs: list[tuple[int, int, tuple[Size, ...]]] = []
    start = first = 0
    for last in range(1, len(after) + 1):
        for stop in range(start + 1, len(before) + 1):
            if product(tuple(before[start:stop])) == product(tuple(after[first:last])):
                runs.append((start, stop, tuple(after[first:last])))
                start, first = stop, last
                break
    begin, _, sizes = runs.pop() if runs else (0, 0, ())  # what is left over are sizes of 1, or equal by a condition
    return [*runs, (begin, len(before), (*sizes, *after[first:]))]


class Rearrange(Layer):
    """Rearrange axes by named parts, as einops.rearrange does (Rogozhnikov 2022).

    Both sides list the axes as shapes are written, channels last and without the batch; brackets hold the parts of an
    axis, the outermost first. The sizes of the parts are given by name; one of each axis may be omitted. `1` is an
    axis of size 1.
    """

    name = "REARRANGE"
    pattern: Pattern = attribute(Arrangement(), doc="the axes before and after")
    sizes: dict[str, Size] | None = attribute(Gathered(Whole()), None, doc="the size of a named part", named=True)
    examples = (
        Example('14x14x96 -> REARRANGE "h w (n c) -> n h w c" n=3 -> 3x14x14x32', params=0, macs=0),
        Example('56x56x96 -> REARRANGE "(h a) (w b) c -> h w (b a c)" a=2 b=2 -> 28x28x384'),
        Example('56x56x96 -> REARRANGE "(h p) (w q) c -> (h w) (p q) c" p=7 q=7 -> 64x49x96'),
        Example('768 -> REARRANGE "c -> 1 1 c" -> 1x1x768'),
        Example('10x3x8 -> REARRANGE "t h d -> t (h d)" h=3 -> 10x24'),
        CounterExample('14x14x96 -> REARRANGE "h w c -> h w"', "invalid-text"),
        CounterExample('14x14x96 -> REARRANGE "h w (n c -> n h w c"', "invalid-text"),
        CounterExample('14x14x96 -> REARRANGE "h w (n c) -> n h w c"', "missing-value"),
        CounterExample('14x14x96 -> REARRANGE "h w (n c) -> n h w c" n=5', "shape-mismatch"),
        CounterExample('14x14x96 -> REARRANGE "h w (n c) -> n h w c" m=3', "unknown-option"),
        CounterExample('196x96 -> REARRANGE "h w c -> w h c"', "rank-mismatch"),
        CounterExample("14x14x96 -> REARRANGE 3", "wrong-type"),
    )

    def parts(self, x: Shape) -> dict[str, Size]:
        """The sizes of all parts."""
        given = self.sizes or {}
        names = [name for parts in self.pattern.before for name in parts]
        for name in given:
            if name not in names:
                hint = f"its parts are {', '.join(names)}" if names else None
                raise Refusal("unknown-option", f"REARRANGE: no part is called {name}", blame=name, hint=hint)
        return part_sizes(self.name, self.pattern, x, given)

    def shape(self, *inputs: Shape) -> Shape:
        return arranged(self.pattern, self.parts(inputs[0]))

    def lower(self, *inputs: Shape) -> Lowered:
        sizes = self.parts(inputs[0])
        return either(inputs[0].rank, lambda form: rearranged(self.pattern, sizes, form))


class Permute(Layer):
    """Permute the axes: `PERMUTE "channels steps"` swaps channels and time steps (torch.Tensor.permute).

    The text lists all axes of the input in their new order.
    """

    name = "PERMUTE"
    order: str = attribute(Text(), doc="all axes of the input, in the new order", torch="dims")
    examples = (
        Example('196x768 -> PERMUTE "channels steps" -> 768x196', params=0, macs=0),
        Example('14x7x64 -> PERMUTE order="width channels height" -> 7x64x14'),
        CounterExample('196x768 -> PERMUTE "channels"', "invalid-text"),
        CounterExample('196x768 -> PERMUTE "channels channels"', "invalid-text"),
        CounterExample('196x768 -> PERMUTE "width height"', "rank-mismatch"),
        CounterExample("196x768 -> PERMUTE 1", "wrong-type"),
    )

    def pattern(self, x: Shape) -> Pattern:
        """The axes before and after; refuses other words than the names of the axes, each once."""
        axes, words = AXES[x.rank], self.order.split()
        odd = next((word for word in words if word not in axes), None)
        has = " and ".join(axes)
        if odd is not None:
            raise Refusal("rank-mismatch", f"PERMUTE: {x} has no axis {odd}; it has {has}", blame="order")
        if sorted(words) != sorted(axes):
            message = f"PERMUTE: {x} has {has}, and each must appear once in the new order"
            raise Refusal("invalid-text", message, blame="order", hint=f'PERMUTE "{" ".join(reversed(axes))}"')
        return Pattern(tuple((axis,) for axis in axes), tuple((word,) for word in words))

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        return arranged(self.pattern(x), dict(zip(AXES[x.rank], x.sizes, strict=True)))

    def lower(self, *inputs: Shape) -> Lowered:
        pattern = self.pattern(inputs[0])
        return either(inputs[0].rank, lambda form: rearranged(pattern, {}, form))


class Patches(Layer):
    """Split into patches that do not overlap; each patch becomes a time step, its elements the channels.

    The elements of a patch are counted channels first, with `last` channels last. PATCHES and a LINEAR are the patch
    embedding of a vision transformer (Dosovitskiy et al. 2021).
    """

    name = "PATCHES"
    ranks = (2, 3, 4)
    size: tuple[int, ...] = attribute(PerAxis(), doc="size of a patch", torch="kernel_size")
    last: bool = attribute(Switch(), False, doc="count the channels last, as in the written shape", named=True)
    examples = (
        Example("224x224x3 -> PATCHES 16x16 -> 196x768", params=0, macs=0),
        Example("224x224x3 -> PATCHES size=16 last -> 196x768"),
        Example("16x64x64x3 -> PATCHES 2x8x8 -> 512x384"),
        Example("1000x4 -> PATCHES 10 -> 100x40"),
        CounterExample("224x224x3 -> PATCHES 15", "not-divisible"),
        CounterExample("768 -> PATCHES 16", "rank-mismatch"),
        CounterExample("224x224x3 -> PATCHES 0", "out-of-range"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        for axis, size, patch in zip(AXES[x.rank], x.space, self.size, strict=False):
            if not same(size % patch, 0):
                message = f"PATCHES: the {axis} {size} is not a multiple of the patch size {patch}"
                raise Refusal("not-divisible", message, blame="size", hint="PAD adds elements at both ends")
        steps = product(tuple([size // patch for size, patch in zip(x.space, self.size, strict=True)]))
        return Shape((steps, x.channels * product(self.size)))

    def lower(self, *inputs: Shape) -> Lowered:
        (x,) = inputs
        axes = AXES[x.rank][:-1]
        inner = tuple(f"{axis}_in" for axis in axes)
        channels = (*inner, "channels") if self.last else ("channels", *inner)
        pattern = Pattern((*zip(axes, inner, strict=True), ("channels",)), (axes, channels))
        sizes: dict[str, Size] = dict(zip(inner, self.size, strict=True))
        sizes |= {axis: size // patch for axis, size, patch in zip(axes, x.space, self.size, strict=True)}
        return either(x.rank, lambda form: rearranged(pattern, sizes, form))
