"""Embeddings of integers, and the position numbers of a sequence."""

from __future__ import annotations

from math import log

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute, is_open
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.embedding import DISTANCE_BUCKETS, PIXEL_DISTANCES
from archdsl.layers.values import Number, Reference, Switch, Whole, Word
from archdsl.limits import LARGEST
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size
from archdsl.typed import Any


class Lookup(Layer):
    """A learned vector for each integer from 0 to vocab - 1."""

    dtype = "int64"
    vocab: Size = attribute(Whole(), doc="number of different integers", torch="num_embeddings")
    dim: Size = attribute(Whole(), doc="size of the vectors", torch="embedding_dim")
    padding: Size | None = attribute(
        Whole(1 - LARGEST), None, doc="an integer whose vector is not learned; negative: from the end",
        torch="padding_idx", named=True,
    )  # fmt: skip
    maxnorm: float | None = attribute(
        Number(0, above=True, infinite=True), None, doc="maximum norm: longer vectors are scaled to it",
        torch="max_norm", named=True,
    )  # fmt: skip
    normtype: float = attribute(
        Number(0, above=True, infinite=True), 2, doc="p of the p-norm for maxnorm", torch="norm_type", named=True
    )
    scalegrad: bool = attribute(
        Switch(),
        False,
        doc="scale gradients by the inverse frequency of the integers",
        torch="scale_grad_by_freq",
        named=True,
    )
    sparse: bool = attribute(Switch(), False, doc="sparse gradients", torch="sparse", named=True)

    def check_values(self, x: Shape) -> None:
        """Refuse numbers and a padding that the vocabulary does not have, and what PyTorch cannot train."""
        if x.below is not None and x.below > self.vocab:
            message = f"{self.name} has vectors for 0 to {self.vocab - 1}, and reads numbers up to {x.below - 1}"
            raise Refusal("out-of-range", message, blame="vocab", tries=({"vocab": x.below},))
        if self.padding is not None and (self.padding >= self.vocab or self.padding < -self.vocab):
            most = f"from {-self.vocab} to {self.vocab - 1}"
            raise Refusal("out-of-range", f"padding of {self.name} must be {most}, not {self.padding}", blame="padding")
        if self.sparse and self.scalegrad:
            message = f"{self.name}: gradients that are sparse are not divided by how often a number occurs"
            raise Refusal("too-many-values", message, blame="scalegrad", hint="leave scalegrad or sparse out")

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        return (Tensor("weight", (self.vocab, self.dim)),)

    def module(self, path: str, **more: Any) -> Module:
        """The PyTorch module with all values."""
        arguments = {
            "num_embeddings": self.vocab,
            "embedding_dim": self.dim,
            "padding_idx": self.padding,
            "max_norm": self.maxnorm,
            "norm_type": self.normtype,
            "scale_grad_by_freq": self.scalegrad,
            "sparse": self.sparse,
            **more,
        }
        off = {"padding_idx": None, "max_norm": None, "scale_grad_by_freq": False, "sparse": False}
        return Module(path, arguments, 2, {**off, "norm_type": 2, "mode": "mean"})


class Embed(Lookup):
    """Embedding: a learned vector for each integer from 0 to vocab - 1 (torch.nn.Embedding)."""

    name = "EMBED"
    ranks = (1, 2, 3)
    weight: str | None = attribute(Reference(), None, doc="a layer above whose weight is shared", named=True)
    examples = (
        Example("5 int -> CONCAT { a: EMBED 10 4; EMBED 10 4 weight=a } -> 5x8", params=40, macs=0),
        Example("37 int -> EMBED 18765 300 -> 37x300", params=5_629_500, macs=0),
        Example("8x8 int -> EMBED vocab=10 dim=4 -> 8x8x4", params=40),
        Example("37 int -> EMBED 1000 64 padding=0 maxnorm=1 normtype=1 scalegrad -> 37x64"),
        Example("37 int -> EMBED 1000 64 padding=-1 sparse -> 37x64"),
        CounterExample("37x300 -> EMBED 18765 300", "dtype-mismatch"),
        CounterExample("37 int -> EMBED 18765", "missing-value"),
        CounterExample("37 int -> EMBED 1000 64 padding=1000", "out-of-range"),
        CounterExample("37 int -> EMBED 1000 64 maxnorm=0", "out-of-range"),
        CounterExample("37 int -> EMBED 1000 64 sparse scalegrad", "too-many-values"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        self.check_values(inputs[0])
        return Shape((*inputs[0].sizes, self.dim))

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(self.module("nn.Embedding"), wants="any", gives="last")


class EmbedBag(Lookup):
    """Embedding bag: the sum, mean or maximum of the embeddings of a sequence (torch.nn.EmbeddingBag).

    Positions that hold the `padding` number are skipped; the mean does not count them either.
    """

    name = "EMBEDBAG"
    ranks = (1,)
    mode: str = attribute(
        Word("mean", "sum", "max"), "mean", doc="how the vectors are combined", torch="mode", named=True
    )
    examples = (
        Example("37 int -> EMBEDBAG 18765 300 -> 300", params=5_629_500, macs=0),
        Example("37 int -> EMBEDBAG vocab=10 dim=4 mode=max padding=0 maxnorm=1 normtype=1 -> 4", params=40),
        Example("37 int -> EMBEDBAG 10 4 mode=sum sparse -> 4"),
        Example("37 int -> EMBEDBAG 10 4 scalegrad -> 4"),
        CounterExample("8x8 int -> EMBEDBAG 10 4", "rank-mismatch"),
        CounterExample("37 int -> EMBEDBAG 10 4 mode=max sparse", "too-many-values"),
        CounterExample("37 int -> EMBEDBAG 10 4 mode=most", "unknown-name"),
    )

    def shape(self, *inputs: Shape) -> Shape:
        self.check_values(inputs[0])
        for name in ("sparse", "scalegrad") if self.mode == "max" else ():
            if getattr(self, name):
                message = f"EMBEDBAG: PyTorch has {name} for sums and means, not for mode=max"
                raise Refusal("too-many-values", message, blame=name, tries=({name: False},))
        return Shape((self.dim,))

    def lower(self, *inputs: Shape) -> Lowered:
        return Lowered(self.module("nn.EmbeddingBag", mode=self.mode), wants="any", gives="flat")


class Positions(Layer):
    """Position numbers 0 to T - 1 of a sequence of T time steps, as integers for an EMBED.

    It reads integers or a sequence, and uses only the sequence length. The EMBED that reads the positions must have a
    vector for each: with a symbolic T that is a condition such as `T <= 1024`.

    `relative` numbers how far each key is from each query, queries x keys; an EMBED with a channel for each head turns
    them into a mask of attention. Of a sequence, or of queries and keys, `<- q, k`, they are T5's buckets (Raffel et
    al. 2020): half of them for keys that come later, unless `onesided`; in either half the first half has one distance
    each, and the rest grow logarithmically up to `longest`. Of an image HxW they are the (2H - 1)(2W - 1) differences
    between two places, row by row (Swin, Liu et al. 2021; BEiT without its class token, Bao et al. 2022).
    """

    name = "POSITIONS"
    inputs = (1, 2)
    ranks = (1, 2, 3)
    dtype = "any"
    start: int = attribute(Whole(0, symbolic=False), 0, doc="the first position number")
    relative: bool = attribute(Switch(), False, doc="number distances between time steps or pixels", named=True)
    buckets: int | None = attribute(
        Whole(4, symbolic=False), None, doc="of relative: number of buckets, by default 32", named=True
    )
    longest: int | None = attribute(
        Whole(symbolic=False),
        None,
        doc="of relative: distance from which all share one bucket, by default 128",
        named=True,
    )
    onesided: bool = attribute(Switch(), False, doc="of relative: later keys share bucket 0", named=True)
    examples = (
        Example("37 int -> POSITIONS -> 37", params=0, macs=0),
        Example("37x300 -> POSITIONS start=2 -> 37"),
        Example("37x300 -> POSITIONS relative -> 37x37"),
        Example("9x8, 7x8 -> POSITIONS relative buckets=8 longest=20 onesided -> 9x7"),
        Example("4x3x8 -> POSITIONS relative -> 12x12"),
        CounterExample("300 -> POSITIONS", "rank-mismatch"),
        CounterExample("37 int -> POSITIONS start=-1", "out-of-range"),
        CounterExample("4x3x8 -> POSITIONS", "rank-mismatch"),
        CounterExample("37x8 -> POSITIONS buckets=8", "unknown-option"),
        CounterExample("37x8 -> POSITIONS relative buckets=7", "out-of-range"),
        CounterExample("37x8 -> POSITIONS relative longest=8", "out-of-range"),
        CounterExample("37x8, 9x8 -> POSITIONS", "wrong-inputs"),
    )

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs)
        for place, x in enumerate(inputs):
            if x.rank < 3 and (x.rank == 1) != (x.dtype == "int64"):
                message = f"POSITIONS counts the steps of a sequence, as 37x300 or 37 int, and {x} is none"
                raise Refusal("rank-mismatch", message, blame=place)

    def shape(self, *inputs: Shape) -> Shape:
        x = inputs[0]
        self._check_form(inputs)
        if x.rank == 3:
            height, width = x.space
            return Shape((height * width, height * width), "int64", (2 * height - 1) * (2 * width - 1))
        if self.relative:
            return Shape((x.sizes[0], inputs[-1].sizes[0]), "int64", self._used(x.sizes[0], inputs[-1].sizes[0]))
        return Shape((x.sizes[0],), "int64", x.sizes[0] + self.start)

    @property
    def counted(self) -> tuple[int, int]:
        """How many buckets there are, and the distance from which all share one."""
        return 32 if self.buckets is None else self.buckets, 128 if self.longest is None else self.longest

    @property
    def near(self) -> int:
        """How many distances have a bucket of their own."""
        return self.counted[0] // (2 if self.onesided else 4)

    def _used(self, queries: Size, keys: Size) -> int:
        """One more than the largest bucket of so many steps; of symbolic ones, all buckets."""
        buckets = self.counted[0]
        if not isinstance(queries, int) or not isinstance(keys, int):
            return buckets
        if self.onesided:
            return self._bucket(queries - 1, buckets) + 1
        half = buckets // 2
        return half + self._bucket(keys - 1, half) + 1 if keys > 1 else self._bucket(queries - 1, half) + 1

    def _bucket(self, distance: int, count: int) -> int:
        """The bucket of a distance, of `count` on one side."""
        if distance < self.near:
            return distance
        grown = log(distance / self.near) / log(self.counted[1] / self.near) * (count - self.near)
        return min(self.near + int(grown + 1e-6), count - 1)  # in float32 it may come out as the next integer

    def _check_form(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse values that do not go with what is numbered."""
        image = any(x.rank == 3 for x in inputs)
        if image and (not self.relative or inputs[0].dtype == "int64"):
            message = (
                f"POSITIONS counts the steps of a sequence, and of an image only relative places, not of {inputs[0]}"
            )
            raise Refusal("rank-mismatch", message, blame=0)
        if len(inputs) > 1 and (image or not self.relative):
            what = "an image" if image else "positions that are not relative"
            raise Refusal("wrong-inputs", f"POSITIONS of {what} reads 1 input, got 2", blame=1)
        if self.relative and self.start:
            raise Refusal("unknown-option", "relative positions of POSITIONS have no start", blame="start")
        values = {"buckets": self.buckets, "longest": self.longest, "onesided": self.onesided or None}
        given = next((name for name, value in values.items() if value is not None), None)
        if given is not None and (image or not self.relative):
            message = f"{given} of POSITIONS is of relative positions of sequences"
            raise Refusal("unknown-option", message, blame=given)
        self._check_buckets()

    def _check_buckets(self) -> None:
        buckets, longest = self.counted
        if not self.onesided and buckets % 2:
            message = f"buckets of POSITIONS must be an even number, half of them for later keys, not {buckets}"
            raise Refusal("out-of-range", message, blame="buckets", tries=({"buckets": buckets + 1},))
        if longest <= self.near:
            message = f"longest of POSITIONS must be more than {self.near}, the distances with a bucket of their own"
            raise Refusal("out-of-range", f"{message}, not {longest}", blame="longest")

    def lower(self, *inputs: Shape) -> Lowered:
        if inputs[0].rank == 3:
            call = "pixel_distances({0}).expand({0}.shape[0], -1, -1)"
            return Lowered(call=call, wants="first", gives="any", helper=("pixel_distances", PIXEL_DISTANCES))
        if self.relative:
            buckets, longest = self.counted
            values = f"{buckets}, {log(longest / self.near)!r}, {self.onesided}"
            call = f"distance_buckets({{0}}, {{{len(inputs) - 1}}}, {values}).expand({{0}}.shape[0], -1, -1)"
            wants = "any" if all(x.rank == 1 for x in inputs) else "last"
            return Lowered(call=call, wants=wants, gives="any", helper=("distance_buckets", DISTANCE_BUCKETS))
        ends = f"{self.start}, {{0}}.shape[1] + {self.start}" if self.start else "{0}.shape[1]"
        call = f"torch.arange({ends}, device={{0}}.device).expand({{0}}.shape[0], -1)"
        return Lowered(call=call, wants="any" if inputs[0].rank == 1 else "last", gives="any")


class OneHot(Layer):
    """One-hot encoding: for each integer a vector of zeros with a one at its place (torch.nn.functional.one_hot)."""

    name = "ONEHOT"
    dtype = "int64"
    ranks = (1, 2, 3)
    classes: Size = attribute(Whole(), doc="number of different integers", torch="num_classes")
    examples = (
        Example("37 int -> ONEHOT 10 -> 37x10", params=0, macs=0),
        Example("8x8 int -> ONEHOT classes=21 -> 8x8x21"),
        CounterExample("37 int -> ONEHOT", "missing-value"),
        CounterExample("37 int -> ONEHOT 0", "out-of-range"),
        CounterExample("37x300 -> ONEHOT 10", "dtype-mismatch"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if x.below is not None and x.below > self.classes:
            message = f"ONEHOT has places for 0 to {self.classes - 1}, and reads numbers up to {x.below - 1}"
            raise Refusal("out-of-range", message, blame="classes", tries=({"classes": x.below},))
        return Shape((*x.sizes, self.classes))

    def lower(self, *inputs: Shape) -> Lowered:
        classes = "{classes}" if is_open(self.classes) else str(self.classes)
        call = f"F.one_hot({{0}}, {classes}){{cast}}"
        return Lowered(call=call, gives="last", sizes={"classes": self.classes})
