"""Attention, and rotary position embeddings."""

from __future__ import annotations

from archdsl.layers.base import CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.layout import layout
from archdsl.layers.masks import check_mask, check_padding, looked_at
from archdsl.layers.refusal import Refusal
from archdsl.layers.support.attention import ATTEND, CAUSAL_ATTENTION, MASKED_ATTEND, OUTPUT_BIAS_ATTENTION, ROTARY
from archdsl.layers.values import Divisor, Number, Operand, Switch, Whole
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same

_TWICE = Factor((2,))  # products of queries and keys, and means of values


class Heads(Layer):
    """Self-attention of one sequence, cross-attention to a second, or to keys and values given apart."""

    ranks = (2,)
    inputs = (1, 3)
    heads: Size = attribute(Divisor(), 1, doc="number of heads")
    causal: bool = attribute(Switch(), False, doc="mask later time steps", named=True)
    mask: int | None = attribute(
        Operand(),
        None,
        doc="where each query may look: queries x keys, or with the heads last; true may look, a number is added",
        torch="attn_mask",
        named=True,
    )
    padding: int | None = attribute(
        Operand(), None, doc="which keys are real steps, and no padding: true is a real step", named=True
    )

    def sequences(self, inputs: tuple[Shape, ...]) -> tuple[Shape, ...]:
        """What is read after `<-`: the inputs without mask and padding."""
        return inputs[: len(inputs) - (self.mask is not None) - (self.padding is not None)]

    def three(self, inputs: tuple[Shape, ...]) -> tuple[Shape, Shape, Shape]:
        """Queries, keys and values."""
        read = self.sequences(inputs)
        return read[0], read[min(1, len(read) - 1)], read[-1]

    def check_steps(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse keys and values that are not as many, and masks of other sizes."""
        queries, keys, values = self.three(inputs)
        if not same(keys.sizes[0], values.sizes[0]):
            message = f"{self.name} needs a value for each key: the keys are {keys}, the values {values}"
            raise Refusal("shape-mismatch", message, blame=len(self.sequences(inputs)) - 1)
        if self.mask is not None:
            check_mask(self.name, inputs[self.mask], queries.sizes[0], keys.sizes[0], self.heads)
        if self.padding is not None:
            check_padding(self.name, inputs[self.padding], keys.sizes[0])

    def divide(self, what: str, size: Size, parts: Size, blame: str) -> Size:
        """Channels of each head; refuses heads that do not divide them."""
        if not same(size % parts, 0):
            message = f"{self.name}: {parts} {blame} do not divide the {size} channels of the {what}"
            raise Refusal("not-divisible", message, blame=blame, tries=_divisors(size, parts, blame))
        return size // parts

    def read(self, inputs: tuple[Shape, ...], more: str = "") -> str:
        """How three inputs are given, where one stands for several."""
        places = {1: (0, 0, 0), 2: (0, 1, 1), 3: (0, 1, 2)}[len(self.sequences(inputs))]
        return f"({', '.join(f'{{{place}}}' for place in places)}{more})"

    def looked_at(self, inputs: tuple[Shape, ...]) -> tuple[str, bool, int]:
        """Where queries may look, as PyTorch's text, whether it is of truth values, and its number of axes."""
        return looked_at(self.mask, self.padding, inputs, causal=self.causal)

    def lying(self, inputs: tuple[Shape, ...]) -> tuple[str, ...]:
        """How mask and padding lie."""
        return tuple(layout(shape.rank) for shape in inputs[len(self.sequences(inputs)) :])


class Attention(Heads):
    """Multi-head attention with its four projections (torch.nn.MultiheadAttention; Vaswani et al. 2017).

    With one input it is self-attention. `<- q, kv` is cross-attention to another sequence, `<- q, k, v` has keys and
    values of their own. The output has the shape of the first input. If keys or values have another number of channels
    than the queries, their projections have separate weights.

    `mask=m` and `padding=p` name further inputs. A mask of truth values says where a query may look, and of `padding`
    true is a real step of the keys; nn.MultiheadAttention means the opposite by both, and the compiled source inverts
    them. A mask of numbers is added to the products of queries and keys.
    """

    name = "ATTENTION"
    heads: Size = attribute(Divisor(), doc="number of heads; it divides the channels", torch="num_heads")
    bias: bool = attribute(Switch(), True, doc="learned biases of the four projections", torch="bias", named=True)
    outbias: bool | None = attribute(
        Switch(), None, doc="a learned bias of the last projection, with nobias; by default as bias", named=True
    )
    dropout: float = attribute(
        Number(0, 1), 0, doc="dropout probability of the attention weights", torch="dropout", named=True
    )
    biaskv: bool = attribute(Switch(), False, doc="add a learned key and value", torch="add_bias_kv", named=True)
    zerokv: bool = attribute(Switch(), False, doc="add a key and value of zeros", torch="add_zero_attn", named=True)
    examples = (
        Example("196x768 -> ATTENTION 12 -> 196x768", params=2_362_368, macs=521_428_992),
        Example("9x8, 5x8 -> ATTENTION heads=2 nobias dropout=0.1 -> 9x8", params=256, macs=2_512),
        Example("9x8, 5x6, 5x4 -> ATTENTION 2 biaskv zerokv -> 9x8", params=256, macs=2_560),
        Example("9x8 -> ATTENTION 4 causal -> 9x8", params=288),
        Example("9x8, 5x8, m: 9x5 bool -> ATTENTION 4 mask=m nobias outbias -> 9x8", params=264, macs=2_512),
        Example("9x8, m: 9x9x4, p: 9 bool -> ATTENTION 4 mask=m padding=p causal -> 9x8", params=288),
        Example("9x8, p: 9 bool -> ATTENTION 4 padding=p -> 9x8"),
        CounterExample("9x8 -> ATTENTION 3", "not-divisible"),
        CounterExample("9x8, 5x8, 4x8 -> ATTENTION 2", "shape-mismatch"),
        CounterExample("8x8x3 -> ATTENTION 1", "rank-mismatch"),
        CounterExample("9x8 -> ATTENTION", "missing-value"),
        CounterExample("9x8, 5x8, m: 5x9 bool -> ATTENTION 4 mask=m", "shape-mismatch"),
        CounterExample("9x8, m: 9x9x2 -> ATTENTION 4 mask=m", "shape-mismatch"),
        CounterExample("9x8, m: 9x9 int -> ATTENTION 4 mask=m", "dtype-mismatch"),
        CounterExample("9x8, m: 9 bool -> ATTENTION 4 mask=m", "rank-mismatch"),
        CounterExample("9x8, p: 9 -> ATTENTION 4 padding=p", "dtype-mismatch"),
        CounterExample("9x8 -> ATTENTION 4 nooutbias", "out-of-range"),
    )

    @property
    def last_bias(self) -> bool:
        """Whether the last projection has a bias."""
        return self.bias if self.outbias is None else self.outbias

    def shape(self, *inputs: Shape) -> Shape:
        self.check_steps(inputs)
        self.divide("queries", inputs[0].channels, self.heads, "heads")
        if self.bias and not self.last_bias:
            message = "ATTENTION has the bias of its last projection with the others: nooutbias needs nobias"
            raise Refusal("out-of-range", message, blame="outbias")
        return inputs[0]

    def _packed(self, inputs: tuple[Shape, ...]) -> bool:
        """Whether one tensor holds the weights of all three; where that is open they count as many all the same."""
        return all(each.channels == inputs[0].channels for each in self.sequences(inputs)[1:])

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        d = inputs[0].channels
        if self._packed(inputs):
            found = [Tensor("in_proj_weight", (3 * d, d))]
        else:
            each = zip("qkv", self.three(inputs), strict=True)
            found = [Tensor(f"{letter}_proj_weight", (d, x.channels)) for letter, x in each]
        found += [Tensor("in_proj_bias", (3 * d,), "bias")] if self.bias else []
        found += [Tensor(f"bias_{letter}", (1, 1, d), "bias") for letter in "kv"] if self.biaskv else []
        found.append(Tensor("out_proj.weight", (d, d)))
        return (*found, *((Tensor("out_proj.bias", (d,), "bias"),) if self.last_bias else ()))

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        """Four projections, the products of queries and keys, and the means of values."""
        queries, keys, values = self.three(inputs)
        d = queries.channels
        steps = Factor((queries.sizes[0],), "queries")
        reads = Factor((keys.sizes[0] + int(self.biaskv) + int(self.zerokv),), "keys")
        return Worked(
            (steps, Factor((d, d), "weights")),
            (Factor((keys.sizes[0],), "keys"), Factor((d, keys.channels), "weights")),
            (Factor((keys.sizes[0],), "values"), Factor((d, values.channels), "weights")),
            (Factor((queries.sizes[0],), "results"), Factor((d, d), "weights")),
            (_TWICE, steps, reads, Factor((d,), "channels")),
        )

    def lower(self, *inputs: Shape) -> Lowered:
        _, keys, values = self.three(inputs)
        packed = self._packed(inputs)
        arguments = {
            "embed_dim": inputs[0].channels,
            "num_heads": self.heads,
            "dropout": self.dropout,
            "bias": self.bias,
            "add_bias_kv": self.biaskv,
            "add_zero_attn": self.zerokv,
            "kdim": None if packed else keys.channels,
            "vdim": None if packed else values.channels,
            "batch_first": True,
        }
        defaults = {
            "dropout": 0,
            "bias": True,
            "add_bias_kv": False,
            "add_zero_attn": False,
            "kdim": None,
            "vdim": None,
        }
        own, masked = self.last_bias is not self.bias, self.mask is not None or self.padding is not None
        if self.causal and not own and not masked:
            module = Module("CausalAttention", arguments, 2, defaults, CAUSAL_ATTENTION)
            return Lowered(module, wants="last", gives="last", use=self.read(inputs))
        module = Module("nn.MultiheadAttention", arguments, 2, defaults)
        if own:
            del arguments["bias"]
            module = Module("output_bias_attention", arguments, 2, defaults, OUTPUT_BIAS_ATTENTION)
        if not masked and not self.causal:
            return Lowered(module, wants="last", gives="last", use=self.read(inputs, ", need_weights=False") + "[0]")
        name, mask = self._masked(inputs)
        use = self.read(inputs, f", {name}={{{len(inputs)}}}, need_weights=False") + "[0]"
        return Lowered(module, wants="last", gives="last", use=use, last=self.lying(inputs), ready=(mask,))

    def _masked(self, inputs: tuple[Shape, ...]) -> tuple[str, str]:
        """The mask as nn.MultiheadAttention has it: true may not look, and one for each head of each sample."""
        if self.mask is None and self.padding is None:
            sizes = f"[{{0}}.shape[1], {{{min(1, len(inputs) - 1)}}}.shape[1]]"
            return "attn_mask", f"{{0}}.new_ones({sizes}, dtype=torch.bool).triu(1)"
        text, truths, rank = self.looked_at(inputs)
        inverted = f"~{text}" if truths else text
        if rank == 1:
            return "key_padding_mask", inverted
        return "attn_mask", f"{inverted}.{'flatten(0, 1)' if rank == 3 else f'repeat_interleave({self.heads}, 0)'}"


class Attend(Heads):
    """Scaled dot-product attention without weights (F.scaled_dot_product_attention; Vaswani et al. 2017).

    Each head computes softmax(scale * q k^T) v. With one input it is self-attention, `<- q, kv` is cross-attention,
    `<- q, k, v` has keys and values of their own. The heads are slices of the channels. With `kvheads` each head of
    keys and values serves several heads of queries (grouped-query attention, Ainslie et al. 2023). `mask=m` and
    `padding=p` name further inputs, as of ATTENTION.
    """

    name = "ATTEND"
    heads: Size = attribute(Divisor(), 1, doc="number of heads of the queries; it divides their channels")
    kvheads: Size | None = attribute(
        Divisor(), None, doc="number of heads of keys and values, by default heads; it divides heads", named=True
    )
    causal: bool = attribute(Switch(), False, doc="mask later time steps", torch="is_causal", named=True)
    dropout: float = attribute(
        Number(0, 1), 0, doc="dropout probability of the attention weights", torch="dropout_p", named=True
    )
    scale: float | None = attribute(
        Number(0, above=True),
        None,
        doc="factor of the products; by default 1/sqrt(channels of a head)",
        torch="scale",
        named=True,
    )
    examples = (
        Example("9x8, 5x8, 5x6 -> ATTEND -> 9x6", params=0, macs=630),
        Example("9x8, 5x4, 5x2 -> ATTEND heads=4 kvheads=2 causal -> 9x4", macs=540),
        Example("9x8 -> ATTEND 2 dropout=0.1 scale=0.5 -> 9x8", macs=1_296),
        Example("9x8, 5x8, m: 9x5 bool -> ATTEND 2 mask=m -> 9x8"),
        Example("9x8, m: 9x9x2, p: 9 bool -> ATTEND 2 mask=m padding=p causal -> 9x8"),
        Example("9x8, 5x4, p: 5 bool -> ATTEND 4 kvheads=2 padding=p -> 9x8"),
        CounterExample("9x8, 5x6, 5x8 -> ATTEND 2", "shape-mismatch"),
        CounterExample("9x8, 5x4 -> ATTEND 4 kvheads=3", "not-divisible"),
        CounterExample("9x8 -> ATTEND 3", "not-divisible"),
        CounterExample("9x8 -> ATTEND causal scale=0", "out-of-range"),
        CounterExample("9x8, 5x8, 5x7 -> ATTEND 2", "not-divisible"),
        CounterExample("8 -> ATTEND", "rank-mismatch"),
        CounterExample("9x8, m: 9x8 bool -> ATTEND 2 mask=m", "shape-mismatch"),
        CounterExample("9x8, 5x8, p: 9 bool -> ATTEND 2 padding=p", "shape-mismatch"),
        CounterExample("9x8, p: 9 int -> ATTEND 2 padding=p", "dtype-mismatch"),
    )

    @property
    def shared(self) -> Size:
        """Heads of keys and values."""
        return self.heads if self.kvheads is None else self.kvheads

    def shape(self, *inputs: Shape) -> Shape:
        self.check_steps(inputs)
        queries, keys, values = self.three(inputs)
        if not same(self.heads % self.shared, 0):
            message = f"ATTEND: {self.shared} kvheads do not divide the {self.heads} heads"
            raise Refusal(
                "not-divisible", message, blame="kvheads", tries=_divisors(self.heads, self.shared, "kvheads")
            )
        wanted = self.divide("queries", queries.channels, self.heads, "heads") * self.shared
        if not same(keys.channels, wanted):
            heads = f"{self.heads} heads" if self.kvheads is None else f"{self.heads} heads and {self.shared} kvheads"
            message = f"ATTEND: queries of {queries} in {heads} need keys of {wanted} channels, and these are {keys}"
            raise Refusal("shape-mismatch", message, blame=min(1, len(self.sequences(inputs)) - 1))
        blame = "heads" if self.kvheads is None else "kvheads"
        return Shape((queries.sizes[0], self.divide("values", values.channels, self.shared, blame) * self.heads))

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        """The products of queries and keys, and the means of values."""
        queries, keys, _ = self.three(inputs)
        pairs = Factor((queries.sizes[0],), "queries"), Factor((keys.sizes[0],), "keys")
        return Worked(
            (*pairs, Factor((queries.channels,), "channels")),
            (*pairs, Factor((output.channels,), "channels of values")),
        )

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "heads": self.heads,
            "kvheads": self.kvheads,
            "causal": self.causal,
            "dropout": self.dropout,
            "scale": self.scale,
        }
        defaults = {"kvheads": None, "causal": False, "dropout": 0, "scale": None}
        if self.mask is None and self.padding is None:
            module = Module("Attend", arguments, 1, defaults, ATTEND)
            return Lowered(module, wants="last", gives="last", use=self.read(inputs))
        del arguments["causal"]
        module = Module("MaskedAttend", arguments, 1, defaults, MASKED_ATTEND)
        text, _, rank = self.looked_at(inputs)
        mask = f"{text}{('[:, None, None]', '[:, None]', '')[rank - 1]}"
        use, last = self.read(inputs, f", {{{len(inputs)}}}"), self.lying(inputs)
        return Lowered(module, wants="last", gives="last", use=use, last=last, ready=(mask,))


class Rotary(Layer):
    """Rotary position embedding: rotates pairs of channels by angles that grow with the time step (Su et al. 2021).

    Pair i of n rotates by step/base^(i/n). A pair is one channel of each half of a head,
    as in Llama, or two neighbouring channels with `interleaved`. Channels after the first `dims` of a head stay
    unchanged.
    """

    name = "ROTARY"
    ranks = (2,)
    heads: Size = attribute(Divisor(), 1, doc="number of heads; it divides the channels")
    base: float = attribute(Number(0, above=True), 10_000, doc="base of the angles", named=True)
    dims: Size | None = attribute(
        Whole(), None, doc="rotated channels of each head, an even number; by default all", named=True
    )
    interleaved: bool = attribute(Switch(), False, doc="pair neighbouring channels", named=True)
    examples = (
        Example("2048x4096 -> ROTARY 32 -> 2048x4096", params=0, macs=0),
        Example("9x16 -> ROTARY heads=2 base=500000 dims=4 interleaved -> 9x16"),
        CounterExample("9x16 -> ROTARY 3", "not-divisible"),
        CounterExample("9x6 -> ROTARY 2", "not-divisible"),
        CounterExample("9x16 -> ROTARY 4 dims=6", "out-of-range"),
        CounterExample("9x16 -> ROTARY 4 base=0", "out-of-range"),
    )

    def is_pointwise(self, x: Shape) -> bool:
        return True

    def shape(self, *inputs: Shape) -> Shape:
        (x,) = inputs
        if not same(x.channels % self.heads, 0):
            message = f"ROTARY: {self.heads} heads do not divide the {x.channels} channels"
            tries = _divisors(x.channels, self.heads, "heads")
            raise Refusal("not-divisible", message, blame="heads", tries=tries)
        channels = x.channels // self.heads
        if self.dims is not None and self.dims > channels:
            message = f"dims of ROTARY must be at most {channels}, the channels of a head, not {self.dims}"
            raise Refusal("out-of-range", message, blame="dims", tries=({"dims": channels},))
        dims = channels if self.dims is None else self.dims
        if not same(dims % 2, 0):
            message = f"ROTARY turns pairs, and {dims} channels of each head are not an even number"
            raise Refusal("not-divisible", message, blame="heads" if self.dims is None else "dims")
        return x

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {"heads": self.heads, "base": self.base, "dims": self.dims, "interleaved": self.interleaved}
        defaults = {"heads": 1, "base": 10_000, "dims": None, "interleaved": False}
        return Lowered(Module("Rotary", arguments, 1, defaults, ROTARY), wants="last", gives="last")


def _divisors(size: Size, parts: Size, name: str) -> tuple[dict[str, int], ...]:
    """The divisors of a number next to the one that is none."""
    if not isinstance(size, int) or not isinstance(parts, int):
        return ()
    near = (number for step in range(1, 64) for number in (parts - step, parts + step))
    return tuple([{name: number} for number in near if number > 0 and size % number == 0][:2])
