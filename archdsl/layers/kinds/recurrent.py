"""Recurrent layers."""

from __future__ import annotations

from archdsl.layers.base import Apart, CounterExample, Example, Layer, Lowered, Module, Tensor, attribute
from archdsl.layers.incoming import check_incoming, compared_incoming, incoming
from archdsl.layers.refusal import Refusal
from archdsl.layers.values import Number, Switch, Whole, Word
from archdsl.layers.worked import Factor, Worked
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same
from archdsl.typed import ClassVar

_TURN = ".transpose(0, 1)"  # a state has the batch after the layers in PyTorch, and in front here


class Recurrent(Layer):
    """A recurrent layer in PyTorch's order: the tensors of each layer, forward and then backward."""

    ranks = (2,)
    inputs = (1, 2)
    gates: ClassVar[int]
    hidden: Size = attribute(Whole(), doc="channels of the hidden state", torch="hidden_size")
    layers: int = attribute(Whole(symbolic=False), 1, doc="number of stacked layers", torch="num_layers")
    bidirectional: bool = attribute(
        Switch(),
        False,
        doc="concatenate a second direction, from the last step to the first",
        torch="bidirectional",
        named=True,
    )
    dropout: float = attribute(
        Number(0, 1), 0, doc="dropout probability between stacked layers", torch="dropout", named=True
    )
    bias: bool = attribute(Switch(), True, doc="learned biases, two for each gate", torch="bias", named=True)
    last: bool = attribute(
        Switch(), False, doc="of the top layer return only the last state, both directions concatenated", named=True
    )
    in_: Size | None = incoming()

    # ---- sizes

    @property
    def out(self) -> Size:
        """Channels that one direction of a layer gives at each step."""
        return self.hidden

    @property
    def directions(self) -> int:
        return 1 + self.bidirectional

    def states(self) -> tuple[Shape, ...]:
        """A row for each layer and direction, as PyTorch orders them."""
        return (Shape((self.layers * self.directions, self.out)),)

    def compared(self, *inputs: Shape) -> tuple[tuple[Size, ...], ...]:
        return compared_incoming(self, inputs[0])

    def shape(self, *inputs: Shape) -> Shape:
        check_incoming(self, inputs[0])
        self._check_states(inputs)
        channels = self.directions * self.out
        return Shape((channels,)) if self.last else Shape((inputs[0].sizes[0], channels))

    def results(self, *inputs: Shape) -> tuple[Shape, ...]:
        return (self.shape(*inputs), *self.states())

    def derivation(self, *inputs: Shape) -> str:
        each = f"{'hidden' if self.out is self.hidden else 'proj'} = {self.out}"
        return f"channels: {each}, in 2 directions" if self.bidirectional else f"channels: {each}"

    def _check_states(self, inputs: tuple[Shape, ...]) -> None:
        """Refuse states to begin with that are not those that such a layer ends with."""
        for position, (state, wanted) in enumerate(zip(inputs[1:], self.states(), strict=True) if inputs[1:] else ()):
            if not all(same(a, b) for a, b in zip(state.sizes, wanted.sizes, strict=True)):
                word = ("hidden state", "cell state")[position]
                message = f"{self.name} begins with a {word} of {wanted}, and input {position + 2} is {state}"
                raise Refusal("shape-mismatch", message, blame=position + 1)

    # ---- tensors and costs

    def tensors(self, *inputs: Shape) -> tuple[Tensor, ...]:
        rows = self.gates * self.hidden
        found: list[Tensor] = []
        for layer in range(self.layers):
            reads = self.directions * self.out if layer else inputs[0].channels
            for end in [f"l{layer}", f"l{layer}_reverse"][: self.directions]:
                found += [Tensor(f"weight_ih_{end}", (rows, reads)), Tensor(f"weight_hh_{end}", (rows, self.out))]
                if self.bias:
                    found += [Tensor(f"bias_ih_{end}", (rows,), "bias"), Tensor(f"bias_hh_{end}", (rows,), "bias")]
                found += self._projection(end)
        return tuple(found)

    def _projection(self, end: str) -> list[Tensor]:
        return []

    def macs(self, inputs: tuple[Shape, ...], output: Shape) -> Worked:
        steps = Factor(inputs[0].sizes[:1], "steps")
        return Worked(*((steps, each.factor) for each in self.tensors(*inputs) if each.role == "weight"))

    # ---- PyTorch

    def lower(self, *inputs: Shape) -> Lowered:
        arguments = {
            "input_size": inputs[0].channels,
            "hidden_size": self.hidden,
            "num_layers": self.layers,
            "bias": self.bias,
            "batch_first": True,
            "dropout": self.dropout,
            "bidirectional": self.bidirectional,
            **self._more(),
        }
        defaults = {"num_layers": 1, "bias": True, "dropout": 0, "bidirectional": False, **self._usual}
        module = Module(f"nn.{self.name}", arguments, 3, defaults)
        gives = ("flat" if self.last else "last", *("last" for _ in self.states()))
        return Lowered(module, wants="last", gives=gives, use=self._use(inputs), apart=self._apart())

    _usual: ClassVar[dict[str, object]] = {}

    def _more(self) -> dict[str, object]:
        """Arguments of this kind alone."""
        return {}

    def _use(self, inputs: tuple[Shape, ...]) -> str:
        states = ", ".join(f"{{{place}}}{_TURN}.contiguous()" for place in range(1, len(inputs)))
        return f"({{0}}, {states if len(inputs) == 2 else f'({states})'})" if states else ""

    def _apart(self) -> Apart:
        return Apart("{0}, {1}", (self._first("{0}", "{1}"), f"{{1}}{_TURN}"), self._first("{0}[0]", "{0}[1]"))

    def _first(self, steps: str, hidden: str) -> str:
        """The first result, of all steps and of the last hidden states."""
        if not self.last:
            return steps
        return f"{hidden}[-2:]{_TURN}.flatten(1)" if self.bidirectional else f"{hidden}[-1]"


class Rnn(Recurrent):
    """Elman recurrent network, h = tanh(W x + U h), or with relu (torch.nn.RNN; Elman 1990).

    Results: the output of the top layer at every time step, or with `last` only its last state; then the last state of
    each layer and direction, one row each. A second input, of the shape of these rows, is the initial state; the
    default is 0.
    """

    name = "RNN"
    gates = 1
    nonlinearity: str = attribute(
        Word("tanh", "relu"), "tanh", doc="activation function of the state", torch="nonlinearity", named=True
    )
    _usual: ClassVar[dict[str, object]] = {"nonlinearity": "tanh"}
    examples = (
        Example("37x300 -> RNN 128 -> 37x128, 1x128", params=55_040, macs=2_027_008),
        Example("9x8 -> RNN hidden=4 layers=2 bidirectional nobias dropout=0.2 nonlinearity=relu last -> 8, 4x4"),
        Example("9x8, 1x4 -> RNN 4 -> 9x4, 1x4"),
        Example("9x8 -> RNN 4 in=8 -> 9x4, 1x4"),
        CounterExample("9x8, 2x4 -> RNN 4", "shape-mismatch"),
        CounterExample("9x8 -> RNN 4 in=9", "shape-mismatch"),
        CounterExample("8 -> RNN 4", "rank-mismatch"),
    )

    def _more(self) -> dict[str, object]:
        return {"nonlinearity": self.nonlinearity}


class Gru(Recurrent):
    """Gated recurrent unit (torch.nn.GRU; Cho et al. 2014).

    Results: the output of the top layer at every time step, or with `last` only its last state; then the last state of
    each layer and direction, one row each. A second input, of the shape of these rows, is the initial state; the
    default is 0.
    """

    name = "GRU"
    gates = 3
    examples = (
        Example("37x300 -> GRU 128 -> 37x128, 1x128", params=165_120, macs=6_081_024),
        Example("9x8 -> GRU hidden=4 layers=2 bidirectional nobias dropout=0.2 last -> 8, 4x4", macs=5_184),
        Example("9x8, 1x4 -> GRU 4 -> 9x4, 1x4"),
        Example("9x8 -> GRU 4 in=8 -> 9x4, 1x4"),
        CounterExample("9x8 -> GRU", "missing-value"),
        CounterExample("9x8 -> GRU 4 layers=0", "out-of-range"),
    )


class Lstm(Recurrent):
    """Long short-term memory (torch.nn.LSTM; Hochreiter and Schmidhuber 1997).

    Results: the output of the top layer at every time step, or with `last` only its last state; then the last hidden
    states of each layer and direction, one row each; then the last cell states. A second and a third input, of the
    shapes of these rows, are the two initial states; the default is 0. `proj` makes the hidden state smaller than the
    cell state (Sak et al. 2014).
    """

    name = "LSTM"
    inputs = (1, 3)
    gates = 4
    proj: int = attribute(
        Whole(0, symbolic=False),
        0,
        doc="channels of the hidden state after a projection; 0: no projection",
        torch="proj_size",
        named=True,
    )
    _usual: ClassVar[dict[str, object]] = {"proj_size": 0}
    examples = (
        Example("37x300 -> LSTM 128 -> 37x128, 1x128, 1x128", params=220_160, macs=8_108_032),
        Example("9x8 -> LSTM hidden=6 layers=2 bidirectional nobias dropout=0.2 proj=3 last -> 6, 4x3, 4x6"),
        Example("9x8, 1x4, 1x4 -> LSTM 4 -> 9x4, 1x4, 1x4"),
        Example("9x8 -> LSTM 4 in=8 -> 9x4, 1x4, 1x4"),
        CounterExample("9x8, 1x4 -> LSTM 4", "wrong-inputs"),
        CounterExample("9x8, 1x4, 1x3 -> LSTM 4", "shape-mismatch"),
        CounterExample("9x8 -> LSTM 4 proj=4", "out-of-range"),
        CounterExample("9x8 -> LSTM 4 dropout=1.5", "out-of-range"),
    )

    @property
    def out(self) -> Size:
        return self.hidden if self.proj == 0 else self.proj

    def states(self) -> tuple[Shape, ...]:
        return (*super().states(), Shape((self.layers * self.directions, self.hidden)))

    def check_inputs(self, inputs: tuple[Shape, ...]) -> None:
        super().check_inputs(inputs)
        if len(inputs) == 2:
            raise Refusal("wrong-inputs", "LSTM begins with two states, hidden and cell, and reads one here", blame=1)

    def shape(self, *inputs: Shape) -> Shape:
        if self.proj >= self.hidden:
            message = f"proj of LSTM must be less than hidden, which is {self.hidden}, not {self.proj}"
            raise Refusal("out-of-range", message, blame="proj")
        return super().shape(*inputs)

    def _projection(self, end: str) -> list[Tensor]:
        return [] if self.proj == 0 else [Tensor(f"weight_hr_{end}", (self.proj, self.hidden))]

    def _more(self) -> dict[str, object]:
        return {"proj_size": self.proj}

    def _apart(self) -> Apart:
        hidden = self._first("{0}", "{1}")
        return Apart("{0}, ({1}, {2})", (hidden, f"{{1}}{_TURN}", f"{{2}}{_TURN}"), self._first("{0}[0]", "{0}[1][0]"))
