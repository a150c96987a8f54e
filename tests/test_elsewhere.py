"""A module in another place: built on the meta device and filled from a `state_dict`, copied, pickled, of another dtype."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.compare import example_inputs  # noqa: E402
from test_examples import each_kind, same, together  # noqa: E402

import archdsl  # noqa: E402
from archdsl.layers import Layer  # noqa: E402

torch.set_num_threads(1)
SPECS = (  # small ones, with what examples of one line do not have: groups, loops, shared weights, frozen parts
    "input 9x4\nblock B(c) { CONCAT { CONST [9, c] value=0.5;  ID } }\nB 2;  B 3;  g: { CONST 9x9;  B 1 }",
    "input t: 9 int\na: CONST 9x4 value=0.5\nPOSITIONS <- t;  POSITIONS;  EMBED 9 4;  ADD { ID;  CONST 9x4 value=2 } x2\nb: ID\nADD <- a, b",
    "input t: 9 int\na: CONST 9x4 value=0.5\nLINEAR 3",
    "input 9x4 \np: POSITIONS;  POSITIONS;  e: EMBED 9 4\nfor i in 1..3 { ADD { c{i}: CONST 9x4 value=0.1;  ID } }",
    "input t: 9 int\ne: EMBED 9 4\nLINEAR 4\nADD { ID;  CONST 9x4 saved value=3 }\nLINEAR 9 weight=e",
    "input 8x8x3\na: CONV 4 3x3 table=[[0], [1, 2], [2], [0]]\nb: BN\nfreeze all but b",
    "input 8x8x3\na: CONV 4 3x3;  b: BN;  GLOBALAVGPOOL;  RBF 2\nfreeze b with stats",
)


def filled(model: Any, state: Any, *, assign: bool) -> Any:
    """A module built on the meta device, with the weights of another; what they do not fill is garbage."""
    with torch.device("meta"):
        module = model()
    if not assign:
        module.to_empty(device="cpu")
        for tensor in [*module.parameters(), *module.buffers()]:
            tensor.data.copy_(torch.full_like(tensor, 77))
    module.load_state_dict(state, assign=assign)
    return module.eval()


def test_a_network_that_owns_nothing_is_filled() -> None:
    model = archdsl.loads("input t: 9 int\na: CONST 9x4 value=0.5;  AVGPOOL 3")
    hold(model.to_torch, example_inputs(model))


def moved(values: Any, dtype: Any, device: str = "cpu") -> Any:
    """Inputs or outputs with the floats among them in another dtype, all of them on a device."""
    if isinstance(values, (list, tuple)):
        return [moved(each, dtype, device) for each in values]
    return values.to(dtype if values.is_floating_point() else values.dtype).to(device)


def hold(make: Any, inputs: Any) -> None:
    """The numbers of a module are the same wherever it is."""
    torch.manual_seed(0)
    made = make().eval()
    with torch.no_grad():
        for tensor in made.parameters():
            tensor.add_(0.1 * torch.randn_like(tensor))
        expected = seeded(made, inputs)
        for assign in (False, True):
            same(seeded(filled(make, made.state_dict(), assign=assign), inputs), expected)
        same(seeded(copy.deepcopy(made), inputs), expected)
        same(seeded(pickle.loads(pickle.dumps(made)), inputs), expected)


def seeded(module: Any, inputs: Any) -> list[Any]:
    """The results, of layers that draw at random the same ones each time."""
    torch.manual_seed(1)
    return list(module(*inputs))


def hold_dtypes(module: Any, inputs: Any, device: str = "meta") -> None:
    """A module of another dtype gives that dtype; of a wider one, the same numbers."""
    with torch.no_grad():
        expected = moved(module.eval()(*inputs), torch.float64)
        wide = copy.deepcopy(module).double()(*moved(inputs, torch.float64))
        for y, z in zip(wide, expected, strict=True):
            torch.testing.assert_close(y, z, rtol=1e-3, atol=1e-3, equal_nan=True)
        half = copy.deepcopy(module).bfloat16().to(device)  # some kernels of the CPU have no bfloat16
        for y, z in zip(half(*moved(inputs, torch.bfloat16, device)), expected, strict=True):
            assert y.dtype == (torch.bfloat16 if z.is_floating_point() else z.dtype)


@each_kind
def test_every_example_is_the_same_wherever_it_is(kind: type[Layer]) -> None:
    _, inputs = together(kind)
    hold(lambda: together(kind)[0], [inputs])


@each_kind
def test_every_example_takes_the_dtype_it_is_given(kind: type[Layer]) -> None:
    """Random numbers are others in another dtype, and a network without features and parameters has float32."""
    module, inputs = together(kind)
    has = [any(x.is_floating_point() for x in given) for given in inputs]
    kept = [place for place, given in enumerate(has) if given or list(module.examples[place].parameters())]
    module.examples = torch.nn.ModuleList([module.examples[place] for place in kept])
    if kind.name != "NOISE" and kept:
        device = "cpu" if kind.braces else "meta"  # which expert reads what depends on the numbers
        hold_dtypes(module, [[inputs[place] for place in kept]], device)


def test_features_of_integers_and_truth_values_have_the_dtype_of_the_network() -> None:
    for text in (
        "input 9 int\nONEHOT 4; LINEAR 3",
        "input 9x4 bool\nWHERE 1 0; LINEAR 3",
        "input 9 int\nEQUAL 0; WHERE 0 -1; FC 3",
    ):
        model = archdsl.loads(text)
        hold_dtypes(model.to_torch(), example_inputs(model))


@pytest.mark.parametrize("text", SPECS)
def test_a_network_is_the_same_wherever_it_is(text: str) -> None:
    model = archdsl.loads(text)
    inputs = example_inputs(model)
    hold(model.to_torch, inputs)
    hold_dtypes(model.to_torch(), inputs)
