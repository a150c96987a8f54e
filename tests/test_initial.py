"""How weights begin: the compiled module draws what torch.nn.init draws with the same seed, and what is wrong is told."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import archdsl  # noqa: E402
from archdsl.diagnostics import Source  # noqa: E402
from archdsl.layers import REGISTRY  # noqa: E402
from archdsl.limits import Limits  # noqa: E402
from archdsl.syntax.format.format import formatted  # noqa: E402

NET = """input 16x16x3
conv1: CONV 8 3x3;  RELU
conv2: CONV 8 3x3 nobias;  bn: BN;  RELU
layer1: { CONV 8 3x3;  BN;  RELU;  CONV 8 1x1 }
GLOBALAVGPOOL
fc: FC 10
"""
METHODS: list[tuple[str, Callable[[Any], Any]]] = [
    ("zeros", nn.init.zeros_),
    ("ones", nn.init.ones_),
    ("constant 0.5", lambda t: nn.init.constant_(t, 0.5)),
    ("normal", nn.init.normal_),
    ("normal std=0.01", lambda t: nn.init.normal_(t, std=0.01)),
    ("normal 0.01 mean=-1", lambda t: nn.init.normal_(t, -1, 0.01)),
    ("trunc_normal std=0.02", lambda t: nn.init.trunc_normal_(t, std=0.02)),
    ("trunc_normal 1 low=-1 high=0.5", lambda t: nn.init.trunc_normal_(t, 0, 1, -1, 0.5)),
    ("uniform -0.1 0.1", lambda t: nn.init.uniform_(t, -0.1, 0.1)),
    ("uniform high=3", lambda t: nn.init.uniform_(t, 0, 3)),
    ("xavier", nn.init.xavier_uniform_),
    ("xavier_uniform gain=2", lambda t: nn.init.xavier_uniform_(t, 2)),
    ("xavier_normal", nn.init.xavier_normal_),
    ("kaiming", nn.init.kaiming_normal_),
    ("kaiming fan_out nonlinearity=relu", lambda t: nn.init.kaiming_normal_(t, mode="fan_out", nonlinearity="relu")),
    ("kaiming_uniform slope=0.2", lambda t: nn.init.kaiming_uniform_(t, 0.2)),
    ("kaiming_normal mode=fan_in nonlinearity=tanh", lambda t: nn.init.kaiming_normal_(t, nonlinearity="tanh")),
    ("orthogonal gain=0.5", lambda t: nn.init.orthogonal_(t, 0.5)),
]


def after(text: str, seed: int = 3) -> Any:
    torch.manual_seed(seed)
    return archdsl.loads(text).to_torch()


def before_and_after(line: str, text: str = NET) -> tuple[dict[str, Any], dict[str, Any]]:
    """The tensors without the line and with it; the random numbers go on where those of the first module end."""
    plain = after(text)
    return dict(plain.named_parameters()), dict(after(f"{text}{line}\n").named_parameters())


@pytest.mark.parametrize(("line", "fill"), METHODS, ids=[line for line, _ in METHODS])
def test_a_method_is_that_of_torch_with_the_same_seed(line: str, fill: Callable[[Any], Any]) -> None:
    expected = after(NET)
    with torch.no_grad():
        for module in expected.modules():
            if isinstance(module, nn.Conv2d):
                fill(module.weight)
    found = dict(after(f"{NET}init CONV {line}\n").named_parameters())
    for name, tensor in expected.named_parameters():
        assert torch.equal(found[name], tensor), name


CHOSEN = [
    ("CONV", ["conv1.weight", "conv2.weight", "layer1.0.weight", "layer1.3.weight"]),
    ("conv", ["conv1.weight", "conv2.weight", "layer1.0.weight", "layer1.3.weight"]),
    ("CONV in layer1", ["layer1.0.weight", "layer1.3.weight"]),
    ("CONV, FC", ["conv1.weight", "conv2.weight", "layer1.0.weight", "layer1.3.weight", "fc.weight"]),
    ("all", ["conv1.weight", "conv2.weight", "layer1.0.weight", "layer1.3.weight", "fc.weight"]),
    ("all in layer1", ["layer1.0.weight", "layer1.3.weight"]),
    ("layer1", ["layer1.0.weight", "layer1.1.weight", "layer1.3.weight"]),
    ("layer1.3", ["layer1.3.weight"]),
    ("layer1.*", ["layer1.0.weight", "layer1.1.weight", "layer1.3.weight"]),
    ("*.0", ["layer1.0.weight"]),
    ("conv{1..2}", ["conv1.weight", "conv2.weight"]),
    ("conv1, bn", ["conv1.weight", "bn.weight"]),
    ("BN", ["bn.weight", "layer1.1.weight"]),
]


@pytest.mark.parametrize(("parts", "names"), CHOSEN, ids=[parts for parts, _ in CHOSEN])
def test_the_layers_that_are_meant_begin_otherwise_and_no_others(parts: str, names: list[str]) -> None:
    plain, found = before_and_after(f"init {parts} constant 7")
    assert [name for name, tensor in found.items() if bool((tensor == 7).all())] == names
    assert all(torch.equal(plain[name], found[name]) for name in plain if name not in names)


def test_a_bias_is_set_apart() -> None:
    _, found = before_and_after("init CONV zeros bias=1\ninit conv1 bias=2\ninit bn bias=-0.5")
    biases = {name: float(t[0]) for name, t in found.items() if name.endswith("bias") and len(set(t.tolist())) == 1}
    assert biases == {"conv1.bias": 2, "bn.bias": -0.5, "layer1.0.bias": 1, "layer1.1.bias": 0, "layer1.3.bias": 1}


@pytest.mark.parametrize("order", [1, -1])
def test_a_narrower_line_wins_wherever_it_stands(order: int) -> None:
    lines = ["all constant 1", "CONV constant 2", "CONV in layer1 constant 3", "layer1.3 constant 4", "fc constant 5"]
    _, found = before_and_after("\n".join(f"init {line}" for line in lines[::order]))
    weights = {name: float(t.flatten()[0]) for name, t in found.items() if name.endswith("weight") and t.dim() > 1}
    assert weights == {"conv1.weight": 2, "conv2.weight": 2, "layer1.0.weight": 3, "layer1.3.weight": 4, "fc.weight": 5}


def test_a_longer_path_is_narrower_and_one_with_a_star_is_wider() -> None:
    _, found = before_and_after("init layer1.0 constant 3\ninit layer1.* constant 2\ninit layer1 constant 1")
    assert [float(found[f"layer1.{n}.weight"].flatten()[0]) for n in (0, 1, 3)] == [3, 2, 2]


def test_a_label_goes_before_a_kind_of_the_same_name() -> None:
    _, found = before_and_after("init CONV constant 7", "input 8x8x3\nCONV: LINEAR 4\nCONV 4 3x3\n")
    assert [name for name, t in found.items() if bool((t == 7).all())] == ["CONV.weight"]


BLOCKS = """input 9x8
block B(c) { ADD { ID;  { fc1: LINEAR 4*c;  RELU;  fc2: LINEAR c;  norm: LN } } }
layers: B 8 x3
g: { SOFTMAX;  B 8 }
"""


def test_copies_are_chosen_by_patterns_and_written_as_loops() -> None:
    text = f"{BLOCKS}init layers.*.fc2 constant 7\ninit layers.1.fc1 constant 8\ninit LINEAR in g constant 9\n"
    found = dict(after(text).named_parameters())
    fixed = {name: t for name, t in found.items() if t.dim() > 1 and len(set(t.flatten().tolist())) == 1}
    assert {name: float(t.flatten()[0]) for name, t in fixed.items()} == {
        **{f"layers.{n}.fc2.weight": 7 for n in range(3)},
        "layers.1.fc1.weight": 8,
        **{f"g.1.{name}.weight": 9 for name in ("fc1", "fc2")},
    }
    source = archdsl.loads(text).to_source()
    assert "for part in self.layers.children():\n            nn.init.constant_(part.fc2.weight, 7)" in source
    assert "for module in self.g.modules():\n            if isinstance(module, nn.Linear):" in source


def test_classes_stand_for_kinds_only_where_they_mean_the_same() -> None:
    """FC and LINEAR are both nn.Linear, and nn.MultiheadAttention has one inside."""
    for more in ("h: FC 3", "h: ATTENTION 2; FLATTEN"):
        text = f"input 9x8\na: LINEAR 8\nb: LINEAR 8\n{more}\ninit LINEAR constant 7\n"
        found = dict(after(text).named_parameters())
        assert [name for name, t in found.items() if bool((t == 7).all())] == ["a.weight", "b.weight"]


def test_every_tensor_of_a_layer_begins_so() -> None:
    text = "input 9 int\ne: EMBED 10 8\nr: GRU 8\na: ATTENTION 2\np: PARAM 9x8\nADD <- a, p\nout: LINEAR 10 nobias weight=e\n"
    found = dict(after(f"{text}init all constant 7 bias=3\ninit p constant 5\n").named_parameters())
    numbers = {name: float(t.flatten()[0]) for name, t in found.items() if len(set(t.flatten().tolist())) == 1}
    assert set(numbers) == set(found)
    assert {name for name, number in numbers.items() if number == 3} == {
        "r.bias_ih_l0", "r.bias_hh_l0", "a.in_proj_bias", "a.out_proj.bias"
    }  # fmt: skip
    assert numbers["p"] == 5


def test_a_module_on_meta_is_built_and_the_weights_of_another_fit() -> None:
    with torch.device("meta"):
        module = archdsl.loads(f"{NET}init CONV kaiming\n").to_torch()
    module.load_state_dict(after(NET).state_dict(), assign=True)


def test_init_is_independent_of_freezing_and_of_a_setting() -> None:
    text = f"model M(std=0.5)\n{NET}init CONV normal std=std\nfreeze CONV\n"
    module = archdsl.loads(text, std=0.0).to_torch()
    assert not module.conv1.weight.any()
    assert not module.conv1.weight.requires_grad


def test_init_in_a_model_that_is_used_is_ignored(tmp_path: Any) -> None:
    (tmp_path / "part.arch").write_text("model Part\ninput 8x8x3\nc: CONV 4 3x3\ninit CONV constant 7\n")
    module = archdsl.loads('use "part.arch"\ninput 8x8x3\nPART\n', folder=tmp_path).to_torch()
    assert not any(bool((t == 7).all()) for t in module.parameters())


FAULTS = [
    ("init conv9 normal", "unknown-name", "no part is named conv9"),
    ("init layer1.9 normal", "unknown-name", "no part in layer1 is named 9"),
    ("init layer1.*.x normal", "unknown-name", "no part in layer1.* is named x"),
    ("init DWCONV normal", "unknown-name", "there is no DWCONV"),
    ("init CONV in layer9 normal", "unknown-name", "there is no CONV in layer9"),
    ("init conv1 in layer1 normal", "unknown-kind", "conv1 is no kind of layer"),
    ("init RELU normal", "unknown-name", "RELU has no weights"),
    ("init conv2 bias=1", "unknown-name", "conv2 has no bias"),
    ("init BN kaiming", "rank-mismatch", "bn.weight has one axis"),
    ("init CONV", "missing-value", "how the weights of CONV begin is missing"),
    ("init CONV nrmal", "unknown-name", "nrmal is no way for weights to begin"),
    ("init CONV normal sd=1", "unknown-option", "normal has no option sd"),
    ("init CONV normal std=-1", "out-of-range", "std must be 0 or more"),
    ("init CONV normal 1 2", "too-many-values", "normal takes 1 value"),
    ("init CONV constant", "missing-value", "constant: needs value"),
    ("init CONV kaiming fan_avg", "unknown-name", "fan_avg is not defined here"),
    ("init CONV uniform 1 0", "out-of-range", "low must not be above high"),
    ("init CONV zeros bias=yes", "wrong-type", "bias of init must be a number"),
    ("init CONV zeros bias=1e300", "too-large", "larger than float32 can hold"),
    ("init conv{2..1} zeros", "wrong-inputs", "no name in conv{2..1}"),
    ("init c{i} zeros", "unknown-name", "i is not defined here"),
    ("init CONV zeros; init CONV ones", "duplicate-name", "how conv1.weight begins is said twice"),
    ("init CONV zeros; init conv ones", "duplicate-name", "said twice by lines that are equally narrow"),
    ("init conv1 zeros; init conv{1..2} ones", "duplicate-name", "how conv1.weight begins is said twice"),
    ("init layer1.* zeros; init *.0 ones", "duplicate-name", "how layer1.0.weight begins is said twice"),
    ("g: { init CONV zeros }", "misplaced", "`init` belongs outside all braces"),
    ("block B { init CONV zeros; RELU }; RELU; B", "misplaced", "`init` belongs outside all braces"),
]


@pytest.mark.parametrize(("line", "code", "words"), FAULTS, ids=[line for line, *_ in FAULTS])
def test_a_fault_is_told_once_at_its_place(line: str, code: str, words: str) -> None:
    found = archdsl.check(NET + line + "\n").diagnostics
    faults = [one for one in found if one.severity == "error"]
    assert [one.code for one in faults] == [code], [one.message for one in faults]
    assert words in faults[0].message
    assert faults[0].line == NET.count("\n") + 1


@pytest.mark.parametrize(
    ("line", "hint"),
    [
        ("init CONV nomal std=0.1", "init CONV normal std=0.1"),
        ("init CONVV normal", "init CONV normal"),
        ("init con1 normal", "init conv1 normal"),
        ("init layr1.0 normal", "init layer1.0 normal"),
    ],
)
def test_what_comes_close_is_proposed(line: str, hint: str) -> None:
    (fault,) = archdsl.check(NET + line + "\n").diagnostics
    assert fault.hint == hint


def test_a_pattern_visits_no_more_than_may_be() -> None:
    (fault,) = archdsl.check("input 16x8\nm: LINEAR 8 x1000000\ninit m.*.x zeros\n").diagnostics
    assert fault.code == "limit"
    assert archdsl.loads("input 16x8\nm: LINEAR 8 x1000000\ninit LINEAR zeros\n").params == 72_000_000


def test_the_word_is_free_elsewhere() -> None:
    model = archdsl.loads("block init(k) { CONV k 3x3 }\ninput 8x8x3\ninit: CONV 4 3x3\nlet x = 2\nCONV 4 1x1 <- init")
    assert model["init"].params == 112


def test_the_layout_of_a_line() -> None:
    text = "init   CONV   in a,b.*   normal  std = 0.1   bias=0\nfreeze all   BN in a with stats\n"
    assert (
        formatted(Source("x", text), REGISTRY, Limits()).text
        == "init CONV in a, b.* normal std=0.1 bias=0\nfreeze all BN in a with stats\n"
    )


def test_source_is_python_with_the_functions_of_torch() -> None:
    source = archdsl.loads(f"{NET}init all kaiming fan_out bias=0\ninit conv1, fc normal std=0.02\n").to_source()
    ast.parse(source)
    assert 'nn.init.kaiming_normal_(module.weight, mode="fan_out")' in source
    assert "if module.bias is not None:\n                    nn.init.zeros_(module.bias)" in source
    assert "nn.init.normal_(self.conv1.weight, std=0.02)" in source


def test_frozen_kinds_are_a_loop() -> None:
    model = archdsl.loads(f"{NET}freeze all BN with stats\n")
    assert model.trainable == model.params - 32
    assert "if isinstance(module, nn.BatchNorm2d):\n                module.requires_grad_(False)" in model.to_source()
    module = model.to_torch().train()
    assert not module.bn.training
    assert module.conv1.training
    for text, left in (("BN in layer1", 16), ("layer1.*", 672), ("conv{1..2}", 800), ("all but FC", 0)):
        found = archdsl.loads(f"{NET}freeze {text}\n")
        trained = sum(p.numel() for p in found.to_torch().parameters() if p.requires_grad)
        assert trained == found.trainable, text
        assert left == 0 or found.trainable == model.params - left, text


@pytest.mark.parametrize("statement", ["init l zeros", "freeze l", "freeze all but l"])
def test_a_condition_that_is_symbolic_does_not_pass_over_it(statement: str) -> None:
    text = f"input HxWx3\nl: CONV 4 3x3\nif H > 30 {{ {statement} }}"
    assert [one.code for one in archdsl.check(text).diagnostics] == ["undetermined"]
    assert archdsl.check(text, H=31, W=31).diagnostics == archdsl.check(text, H=30, W=31).diagnostics == []


def test_in_is_no_number_of_a_line_that_says_how_weights_begin() -> None:
    text = "input 8x8x3\nc1: CONV 4 3x3 p1\ninit c1 normal std=in**(-0.5)"
    assert [one.code for one in archdsl.check(text).diagnostics] == ["unknown-name"]


def test_counts_of_what_is_trained_wait_for_a_freeze_that_cannot_be_read() -> None:
    text = "input 8x8x3\nCONV 400 1x1\nBN\nfreeze BN\nfreeze a*\nexpect 1,600 trainable"
    assert [one.code for one in archdsl.check(text).diagnostics] == ["syntax"]


NESTED = "block B { n: CONV 4 1x1; bn2: BN }\ninput 8x8x4\nlayer1: { B x2 }\nlayer2: { B x2 }\nlayers: { B x3 }\n"


@pytest.mark.parametrize(
    ("part", "names"),
    [
        ("layer{1..2}.*.bn2", ["layer1.0", "layer1.1", "layer2.0", "layer2.1"]),
        ("layer{2..2}.1.bn2", ["layer2.1"]),
        ("layers.{0..1}.bn2", ["layers.0", "layers.1"]),
        ("layer1.{2-1}.bn2", ["layer1.1"]),
        ("*.{0..1}.bn2", [f"{name}.{n}" for name in ("layer1", "layer2", "layers") for n in (0, 1)]),
    ],
)
def test_steps_of_a_path_may_be_ranges_numbers_and_any(part: str, names: list[str]) -> None:
    model = archdsl.loads(f"{NESTED}freeze {part}")
    assert sorted(path for freeze in model.network.freezes for path in freeze.paths) == [f"{one}.bn2" for one in names]
    assert archdsl.loads(f"{NESTED}init {part} zeros").params == model.params


def test_a_range_is_not_answered_with_another_part() -> None:
    (fault,) = archdsl.check(f"{NESTED}freeze layer{{1..3}}.*.bn2").diagnostics
    assert (fault.code, fault.message, fault.hint) == ("unknown-name", "no part is named layer3", None)
