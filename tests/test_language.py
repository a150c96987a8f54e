"""The rules of the language, one small text each: words, names and paths, reading, merges, blocks, loops, claims, cases."""

from __future__ import annotations

import pytest
from support.compare import static_tensors, unrolled

import archdsl
from archdsl.checker.check import settings
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.network.nodes import Leaf
from archdsl.reading.reading import read


def paths(text: str, **parameters: object) -> list[str]:
    """The paths of all layers, copies by themselves."""
    model = archdsl.loads(text, **parameters)
    return [placed.path for placed in unrolled(model) if isinstance(placed.node, Leaf)]


def shapes(text: str, **parameters: object) -> list[str]:
    model = archdsl.loads(text, **parameters)
    return [str(placed.item.shapes[0]) for placed in unrolled(model) if isinstance(placed.node, Leaf)]


def codes(text: str, **parameters: object) -> list[str]:
    """The codes of everything said about a text."""
    try:
        return [diagnostic.code for diagnostic in archdsl.loads(text, **parameters).diagnostics]
    except archdsl.ArchError as error:
        return [diagnostic.code for diagnostic in error.diagnostics]


IMAGE = "input 8x8x4\n"


# ---- names and paths


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CONV 4 3x3; RELU; CONV 4 3x3", ["0", "1", "2"]),
        ("a: CONV 4 3x3\nRELU\nCONV 4 3x3", ["a", "1", "2"]),
        ("features: { CONV 4 3x3; RELU; CONV 4 3x3 }", ["features.0", "features.1", "features.2"]),
        ("{ CONV 4 3x3; RELU }\nCONV 4 3x3", ["0", "1", "2"]),
        ("{ { CONV 4 3x3 }; RELU }\nADD { ID; RELU }\nRELU", ["0", "1", "2", "3", "4"]),
        ("if 1 > 2 { RELU } else { ID; ID }\nRELU", ["0", "1", "2"]),
        ("for i in 1..2 { RELU }\nRELU", ["0", "1", "2"]),
        ("for i in 1..2 { r{i}: RELU }\nRELU", ["r1", "r2", "2"]),
        ("RELU x3\nRELU", ["0", "1", "2", "3"]),
        ("{ RELU; ID } x2\nRELU", ["0", "1", "2", "3", "4"]),
        ("r: RELU x3\nRELU", ["r.0", "r.1", "r.2", "1"]),
        ("r: RELU x1", ["r.0"]),
        ("RELU x0\nRELU", ["0"]),
        ("g: { RELU; ID } x2", ["g.0.0", "g.0.1", "g.1.0", "g.1.1"]),
        ("s: ADD { RELU; b: ID } x2", ["s.0.0", "s.0.b", "s.1.0", "s.1.b"]),
        ("ADD { RELU; ID }", ["0", "1"]),
        ("m: ADD { RELU; ID }\nRELU", ["m.0", "m.1", "1"]),
        ("g: { RELU; 2: RELU; RELU; RELU }", ["g.0", "g.2", "g.3", "g.4"]),
        ('"block1-0": RELU', ["block1-0"]),
        ("block: { RELU }\ninput: RELU", ["block.0", "input"]),
        ("block B { RELU; x: ID }\nB; y: B", ["0.0", "0.x", "y.0", "y.x"]),
        ("block B { RELU } \nB x2; RELU", ["0.0", "1.0", "2"]),
        ("block B { RELU } \ng: { B; B x2 }", ["g.0.0", "g.1.0", "g.2.0"]),
        ("MEAN { m: RELU x2; ID }", ["m.0", "m.1", "1"]),
        ("MEAN { RELU x2; ID }\nRELU", ["0", "1", "2", "3"]),
    ],
)
def test_paths(text: str, expected: list[str]) -> None:
    assert paths(IMAGE + text) == expected


def test_a_quoted_name_takes_values_too() -> None:
    text = """
    input 8x8x3
    "block-0": RELU
    for i in [4, 6] { "block-{i//2}": { RELU <- "block-0" }; "{i}": { RELU }; "no {value} here": ID <- "{i}" }
    RELU
    """
    with pytest.raises(archdsl.ArchError) as caught:  # the third name has no value put in, and is given twice
        archdsl.loads(text)
    assert [fault.code for fault in caught.value.diagnostics] == ["unknown-name"]
    model = archdsl.loads(text.replace('; "no {value} here": ID <- "{i}"', ""))
    assert [row.path for row in model.layers] == ["block-0", "block-2.0", "4.0", "block-3.0", "6.0", "7"]


def test_an_inserted_line_changes_no_label() -> None:
    before = paths(IMAGE + "a: CONV 4 1x1\nb: CONV 4 1x1")
    after = paths(IMAGE + "a: CONV 4 1x1\nRELU\nb: CONV 4 1x1")
    assert set(before) <= set(after)


@pytest.mark.parametrize(
    "text",
    [
        "a: RELU\na: RELU",
        "for i in 1..2 { a: RELU }",
        "{ a: RELU } x2",
        "block B { a: RELU; a: ID }\nB",
        "let n = 1\nlet n = 2\nRELU",
        "g: { a: RELU\n{ a: RELU } }",
        "CONV 4 3x3 kernel=3",
        "CONV 4 3x3 s2 stride=1",
    ],
)
def test_given_twice(text: str) -> None:
    assert codes(IMAGE + text) == ["duplicate-name"]


def test_a_name_is_free_again_in_another_container() -> None:
    assert paths(IMAGE + "g: { a: RELU }\nh: { a: RELU }\na: RELU") == ["g.a", "h.a", "a"]


# ---- what a line reads


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RELU <- nothing", "unknown-name"),
        ("g: { a: RELU } x2\nRELU <- g.a", "unknown-name"),
        ("block B { a: RELU }\nb: B\nRELU <- b.a", "unknown-name"),
        ("RELU <- later\nlater: ID", "unknown-name"),
        ("a: RELU\nb: ID\nRELU <- a, b", "wrong-inputs"),
        ("a: CONV 4 1x1; RELU\nb: ID\nADD <- a, b", "before-activation"),
        ("a: RELU\nb: ID <- a\nID <- a", "unused-result"),
    ],
)
def test_reading_faults(text: str, code: str) -> None:
    assert codes(IMAGE + text) == [code]


def test_a_named_group_is_entered_by_dots() -> None:
    assert (
        shapes(IMAGE + "g: { a: CONV 6 3x3; CONV 4 3x3 }\nRELU <- g.a\nCONCAT <- g.a, g.a\nh: ADD <- g, g\noutput h")[
            -1
        ]
        == "4x4x4"
    )


def test_several_inputs_and_results() -> None:
    text = (
        "input left: 8x8x4; input right: 8x8x4\na: CONV 6 3x3 <- left\nb: CONV 6 3x3 <- right\nADD <- a, b\noutput a, b"
    )
    model = archdsl.loads(text.replace("ADD <- a, b\n", ""))
    assert [port.name for port in model.inputs] == ["left", "right"]
    assert [(port.name, port.shape) for port in model.outputs] == [("a", (6, 6, 6)), ("b", (6, 6, 6))]
    assert codes("input left: 8x8x4; input right: 8x8x4\nRELU") == ["missing-input"]


def test_a_block_of_several_inputs_and_results() -> None:
    text = """
    block FORK(c) <- low, skip { a: CONV c 1x1 <- low; b: CONV (2*c) 1x1 <- skip; output a, b }
    left: CONV 8 1x1
    one, two: FORK 3 <- left, left
    CONCAT <- one, two -> 8x8x9
    """
    assert paths(IMAGE + text) == ["left", "one.a", "one.b", "2"]


def test_the_first_line_reads_what_the_braces_read() -> None:
    assert shapes(IMAGE + "a: CONV 6 1x1\nCONV 5 1x1\nCONCAT { { CONV 1 1x1 }; ID } -> 8x8x6")[-1] == "8x8x5"


# ---- words


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("CONV 6 3x3", "6x6x6"),
        ("CONV 6 3", "6x6x6"),
        ("CONV out=6 kernel=3x3", "6x6x6"),
        ("CONV 6 k3", "6x6x6"),
        ("CONV 6 3x3 s2", "3x3x6"),
        ("CONV 6 3x3 s=2", "3x3x6"),
        ("CONV 6 3x3 stride=2x1", "3x6x6"),
        ("CONV 6 3x3 s2x1", "3x6x6"),
        ("CONV 6 3×3 s2×1", "3x6x6"),
        ("CONV 6 3x3 same", "8x8x6"),
        ("CONV 6 3x3 p=same", "8x8x6"),
        ("CONV (in + 2) (1 + 2) p=(3//2)", "8x8x6"),
        ("conv 6 3x3", "6x6x6"),
        ("MAXPOOL 3x3 s2 ceil", "4x4x4"),
        ("MAXPOOL 3x3 s2 noceil", "3x3x4"),
        ("CONV 6 [3, 1 + 2]", "6x6x6"),
        ("CONV 6 3x3 g=in/2", "6x6x6"),
        ("CONV 6 3x3 g=(in/2)", "6x6x6"),
        ("CONV 6 3x3 g=in / 2", None),
    ],
)
def test_words(line: str, expected: str | None) -> None:
    if expected is None:
        assert codes(IMAGE + line) == ["syntax"]
    else:
        assert shapes(IMAGE + line)[-1] == expected


def test_a_word_that_could_be_an_option_and_a_value() -> None:
    assert codes(IMAGE + "let s2 = 3\nCONV 6 s2") == ["ambiguous-word"]
    assert shapes(IMAGE + "let s2 = 3\nCONV 6 (s2)") == ["6x6x6"]


def test_a_switch_of_a_block_and_a_one_letter_parameter() -> None:
    text = "block B(c, s=1, wide=no) { CONV ((2 if wide else 1)*c) 1x1 s=s }\n"
    assert shapes(IMAGE + text + "B 3 s2 wide; B 3 nowide; B 3 s=1 wide=yes") == ["4x4x6", "4x4x3", "4x4x6"]


def test_a_parameter_holds_a_kind_or_a_block() -> None:
    text = "block CNA(out, act=RELU) { CONV out 1x1; act }\nblock TWICE { TANH; TANH }\n"
    model = archdsl.loads(IMAGE + text + "CNA 3; CNA 3 SIGMOID; CNA 3 act=TWICE")
    kinds = [placed.node.op.name for placed in unrolled(model) if isinstance(placed.node, Leaf)]
    assert kinds == ["CONV", "RELU", "CONV", "SIGMOID", "CONV", "TANH", "TANH"]


def test_a_block_goes_before_a_kind_of_its_name() -> None:
    assert codes(IMAGE + "block RELU { CONV 2 1x1 }\nRELU -> 8x8x2") == ["shadows-kind"]


def test_a_body_sees_nothing_of_its_caller() -> None:
    assert codes(IMAGE + "let n = 3\nblock B { CONV n 1x1 }\nB") == ["unknown-name"]
    assert codes(IMAGE + "a: RELU\nblock B { ADD <- a, a }\nB") == ["unknown-name"]


def test_defaults_are_worked_out_at_the_use() -> None:
    assert shapes(IMAGE + "block B(c=2*in, d=c + 1) { CONV d 1x1 }\nB; B") == ["8x8x9", "8x8x19"]


# ---- repeats, for, if


def test_copies_that_differ_are_runs_of_their_own() -> None:
    assert shapes(IMAGE + "{ CONV (in + 1) 1x1 } x3") == ["8x8x5", "8x8x6", "8x8x7"]


def test_a_repeat_by_expression() -> None:
    assert len(paths("model M(n=4)\n" + IMAGE + "RELU x(n - 1)", n=6)) == 5


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("RELU x(0 - 1)", "out-of-range"),
        ("RELU x(1/2)", "not-whole"),
        ('RELU x("a")', "wrong-type"),
        ("for i in 3 { RELU }", "wrong-type"),
        ("for i in 1..1000000000 { RELU }", "limit"),
        ("for a, b in [[1, 2], [3]] { RELU }", "wrong-type"),
        ("if 3 { RELU }", "wrong-type"),
    ],
)
def test_control_faults(text: str, code: str) -> None:
    assert codes(IMAGE + text) == [code]


def test_for_goes_through_lists() -> None:
    assert shapes(IMAGE + "for c, k in [[3, 1], [5, 3]] { CONV c k }") == ["8x8x3", "6x6x5"]
    assert paths(IMAGE + "for i in 3..2 { RELU }\nID") == ["0"]


def test_let_keeps_in() -> None:
    assert shapes(IMAGE + "let c = in\nCONV 9 1x1\nCONV c 1x1")[-1] == "8x8x4"


# ---- merges


def test_each_statement_of_a_merge_is_a_branch() -> None:
    text = "CONCAT { CONV 1 1x1; { RELU; CONV 2 1x1 }\nfor c in [3, 4] { CONV c 1x1 }\nlet d = 5\nif d == 5 { CONV d 1x1 }\nif d == 6 { ID }\nID x2 }"
    assert archdsl.loads(IMAGE + text + " -> 8x8x23").outputs[0].shape == (8, 8, 23)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ADD { CONV 3 1x1; ID }", "shape-mismatch"),
        ("ADD { }", "wrong-inputs"),
        ("CONCAT { CONV 4 3x3; ID }", "shape-mismatch"),
        ("RELU { ID }", "misplaced"),
    ],
)
def test_merge_faults(text: str, code: str) -> None:
    assert codes(IMAGE + text) == [code]


# ---- claims


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("6x6x100", True),
        ("6x6x101", False),
        ("[6, 3 + 3, 100]", True),
        ("3,700 params", True),
        ("3700 params", True),
        ("3,701 params", False),
        ("3.7K params", True),
        ("3.70K params", True),
        ("3.71K params", False),
        ("4K params", True),
        ("3.61Ki params", True),
        ("0.0037M params", True),
        ("3,600 weights", True),
        ("129,600 macs", True),
        ("259,200 flops", True),
        ("130K macs", True),
        ("131K macs within 2%", True),
        ("141K macs within 2%", False),
        ("14,800B params", False),
        ("14.8KB params", True),
        ("14.5KiB params", True),
        ("3,600 units", True),
        ("6x6x100, 3,700 params, 0 buffers", True),
    ],
)
def test_claims(claim: str, holds: bool) -> None:
    found = codes(f"{IMAGE}CONV 100 3x3 -> {claim}")
    assert (found == []) == holds
    assert holds or found[0].startswith("claim-")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("for i in 1..2 { CONV 8 3x3 p1 } -> 8x8x8, 808 params", []),
        ("for i in 1..2 {\n  CONV 8 3x3 p1\n} -> 8x8x8\nRELU -> 8x8x8", []),
        ("for i in 1..2 { CONV 8 3x3 p1 } -> 8x8x9", ["claim-shape"]),
        ("for i in 1..2 { CONV 8 3x3 p1 } -> 807 params", ["claim-value"]),
        ("for i in 1..0 { CONV 8 3x3 p1 } -> 8x8x3, 0 params", []),
        ("RELU; for i in 1..2 { CONV 8 3x3 p1; RELU } -> 8x8x8, 808 params, 5 macs", ["claim-value"]),
        ("for i in 1..2 { CONV 8 3x3 p1 } -> 8x8x8; RELU", ["misplaced"]),
        ("for i in 1..2 { FOO 8 } -> 8x8x8", ["unknown-kind"]),
        ("if yes { CONV 8 3x3 p1 } else { RELU } -> 8x8x8, 224 params", []),
        ("if no { CONV 8 3x3 p1 } else if yes { RELU } -> 8x8x3, 0 params", []),
        ("if no { CONV 8 3x3 p1 } -> 8x8x3, 0 params", []),
        ("if no { CONV 8 3x3 p1 } -> 8x8x8", ["claim-shape"]),
        ("CONCAT {\n  for k in [1, 3] { CONV 8 k p=same } -> 8x8x8, 256 params\n} -> 8x8x16", []),
        ("CONCAT {\n  for k in [1, 3] { CONV k 1 } -> 8x8x3\n} -> 8x8x4", ["misplaced"]),
        ("CONCAT {\n  if yes { CONV 5 1 } -> 8x8x5, 20 params\n  ID\n} -> 8x8x8", []),
        ("for i in 1..2 { CONV ? 3x3 p1 } -> 8x8x8", []),
    ],
)
def test_a_claim_may_follow_the_braces_of_for_and_if(text: str, found: list[str]) -> None:
    """It speaks for all turns, and for the side that is taken."""
    assert codes(f"input 8x8x3\n{text}") == found


def test_a_claim_behind_braces_holds_for_open_sizes() -> None:
    assert codes("input HxWx3\nfor i in 1..2 { CONV 8 3x3 p1 } -> HxWx8") == []
    assert codes("input HxWx3\nfor i in 1..2 { CONV 8 3x3 } -> HxWx8") == ["claim-shape"]


def test_a_claim_speaks_for_its_whole_line() -> None:
    text = "CONV 2 1x1; RELU; CONV 3 1x1 -> 8x8x3, 19 params"
    assert codes(IMAGE + text) == []
    assert codes(IMAGE + "{ CONV 2 1x1; CONV 4 1x1 } x2 -> 8x8x4, 44 params") == []
    assert codes(IMAGE + "CONV 2 1x1 -> 8x8x2; RELU") == ["misplaced"]


def test_expect_speaks_for_what_is_around_it() -> None:
    block = "block B(c) { CONV c 1x1; expect 10 params }\n"
    assert codes(IMAGE + block + "B 2") == []
    assert codes(IMAGE + block + "B 2; B 3") == ["claim-value"]
    assert codes(IMAGE + "g: { CONV 2 1x1\nexpect 10 params, 8x8x2 }\nCONV 1 1x1\nexpect 13 params") == []


def test_one_fault_one_message() -> None:
    text = "CONV 6 3x3 -> 8x8x6\nCONV 4 3x3 -> 6x6x4\nFC 10 -> 10"
    assert codes(IMAGE + text) == ["claim-shape"]
    assert codes(IMAGE + "CONV 64 9x9\nRELU\nCONV 3 3x3 g5\nFOO\nRELU stide=2") == [
        "kernel-too-large",
        "unknown-kind",
        "unknown-option",
    ]


# ---- the model's parameters


def test_cases_that_agree_with_what_is_given() -> None:
    text = "model M(a=1, b=2)\ncases a, b in [[1, 2], [1, 3], [4, 5]]\ninput 3\nFC a"
    reading = read(Source("m", text), Limits())
    assert len(settings(reading, {})) == 3
    assert settings(reading, {"a": 1}) == [{"a": 1, "b": 2}, {"a": 1, "b": 3}]
    assert settings(reading, {"a": 9}) == [{"a": 9}]


def test_where_states_what_parameters_may_be() -> None:
    text = 'model M(config="A") where config in ["A", "B"]\ninput 3\nFC 2'
    assert codes(text) == []
    assert codes(text, config="C") == ["where-failed"]
    assert codes(text, confg="A") == ["unknown-parameter"]
    assert str(archdsl.loads("model M(n)\ninput 3\nFC n").params) == "4*n"
    assert codes("model M(n)\ninput 3\nFC n", n=4) == []


# ---- symbolic sizes, as far as they go


def test_a_symbolic_length_flows_through() -> None:
    text = "input T int where T >= 5\nEMBED 10 4 -> Tx4\nCONV 6 3 -> [T - 2, 6]\nMAXPOOL 2 -> [(T - 2)//2, 6]\n"
    model = archdsl.loads(text)
    assert str(model.macs) == "72*T - 144"
    assert archdsl.loads(text, T=9).macs == 72 * 9 - 144
    assert codes(text, T=4) == ["where-failed"]
    assert [str(each) for each in model.conditions] == []
    model = archdsl.loads(text.replace(" where T >= 5", ""))
    assert [(each.text, each.line) for each in model.conditions] == [("T >= 4", 4)]
    assert str(archdsl.loads("input Tx4\nFC 3").params) == "12*T + 3"


def test_decimals_are_exact() -> None:
    assert shapes("model M(w=0.1)\ninput 3\nFC (30*w)") == ["3"]
    assert codes("model M(w=0.3)\ninput 3\nFC (7*w)") == ["wrong-type"]


def test_named_tensors_have_pytorchs_names() -> None:
    parameters, buffers = static_tensors(archdsl.loads(IMAGE + "a: { CONV 6 3x3; BN }"))
    assert parameters == {"a.0.weight": (6, 4, 3, 3), "a.0.bias": (6,), "a.1.weight": (6,), "a.1.bias": (6,)}
    assert buffers == {"a.1.running_mean": (6,), "a.1.running_var": (6,), "a.1.num_batches_tracked": ()}


@pytest.mark.parametrize("label", ["train", "forward", "parameters", "type", "_modules", "append"])
def test_names_that_pytorch_keeps_for_itself(label: str) -> None:
    assert codes(f"{IMAGE}{label}: RELU") == ["invalid-name"]


def test_the_names_that_pytorch_keeps_are_known() -> None:
    nn = pytest.importorskip("torch").nn
    from archdsl.layers.pytorch import MODULE_NAMES

    for module in (nn.Module(), nn.Sequential(), nn.ModuleList()):
        assert {name for name in dir(module) if not name.startswith("__")} <= MODULE_NAMES


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: CONV 4 1x1\no: FC 2 <- a\nh: FC 3 <- a\noutput o", ["unused-result"]),
        ("a: CONV 4 1x1\no: FC 2 <- a\nif yes { h: FC 3 <- a }\noutput o", ["unused-result"]),
        ("a: CONV 4 1x1\nif yes { RELU }\nfor i in 1..2 { RELU }\n{ RELU }\nRELU x2", []),
        ("MAX { for i in 1..2 { RELU }\nif yes { TANH } }", []),
    ],
)
def test_results_that_nothing_reads(text: str, expected: list[str]) -> None:
    assert codes(IMAGE + text) == expected


def test_several_inputs_without_names() -> None:
    assert codes("input 8x8x3; input 8x8x3\nRELU") == ["missing-value"]


def test_a_shape_from_python() -> None:
    assert archdsl.loads("CONV 4 3x3", input=(8, 8, 3)).outputs == archdsl.loads("CONV 4 3x3", input="8x8x3").outputs


def test_a_parameter_called_as_an_argument_of_python() -> None:
    assert archdsl.loads("model M(text=3, path=1)\ninput 3\nFC text", text=5, path=2).outputs[0].shape == (5,)


@pytest.mark.parametrize("wrong", [{"batch": 0}, {"depth": 0}])
def test_a_table_of_nothing(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="1 or more"):
        archdsl.loads("input 3\nFC 3").summary(**wrong)


def test_a_claim_of_other_channels_explains_the_channels() -> None:
    for line, because in (("CONV 8 3x3 p1", "channels: out = 8"), ("MAXPOOL 2", "channels: those of its input")):
        shape = archdsl.loads(line, input="8x8x8").outputs[0].shape
        with pytest.raises(archdsl.ArchError) as raised:
            archdsl.loads(f"{line} -> {shape[0]}x{shape[1]}x9", input="8x8x8")
        assert raised.value.diagnostics[0].label == because


@pytest.mark.parametrize("value", [None, float("nan"), object(), {}, b"x"])
def test_a_parameter_that_is_no_value(value: object) -> None:
    with pytest.raises((TypeError, ValueError), match="n must be"):
        archdsl.loads("model M(n=1)\ninput 3\nFC n", n=value)


@pytest.mark.parametrize(
    "text",
    [
        "input 8x8x8\nblock W(r, k) { CONV r 3x3 p1 s=(2 if r/k > 1 else 1) }\na: W 3 2\nb: W 5 9",
        "input 4x4x3\nblock W(r) { CONV (r/4*2) 1x1 }\nCONCAT { W 6; W 10 }",
        "input 4x4x3\nblock W(r) { CONV (r*(1/2)) 1x1 }\nW 8; W 4",
        "input 16x16x8\nblock W(alpha) { CONV (64*alpha) 3x3 p1; BN; RELU }\nW 0.75; W 0.5",
        "input 8x8x4\nblock W(r) { CONV (in*r) 1x1 }\nW (1/2); W (3/2)",
        "input 8x8x3\nblock P(k) { CONV 4 k }\nP 3; P 3x1",
        "input 12x12x3\nblock P(k, s) { CONV 4 k s=s p=(k//2); MAXPOOL k s=1 }\nP 3x1 1; P 1x3 2x1",
    ],
)
def test_the_compiled_module_is_the_network_that_was_checked(text: str) -> None:
    """Arguments that Python would take to other values than the language does."""
    torch = pytest.importorskip("torch")
    model = archdsl.loads(text)
    module = model.to_torch()
    (port,) = model.inputs
    result = module(torch.zeros(2, port.shape[-1], *port.shape[:-1]))
    assert tuple(result.shape) == (2, model.outputs[0].shape[-1], *model.outputs[0].shape[:-1])
    assert {name: tuple(p.shape) for name, p in module.named_parameters()} == static_tensors(model)[0]


def test_a_named_repeat_is_a_loop_whatever_it_holds() -> None:
    def length(times: int) -> int:
        text = f"input 8x8x64\nlayers: {{ ADD {{ ID; CONV 64 1x1 }} }} x{times}"
        return archdsl.loads(text).to_source().count("\n")

    assert length(3) == length(300)


@pytest.mark.parametrize(("condition", "size"), [("1.5 < T", 8), ("T > 3/2", 8), ("T <= 0.5", 1), ("-0.5 < 0 - T", 1)])
def test_a_symbol_against_a_fraction(condition: str, size: int) -> None:
    model = archdsl.loads(f"input Tx4 where T >= 2\nif {condition} {{ LINEAR 8 }} else {{ LINEAR 1 }}")
    assert str(model.outputs[0].shape[1]) == str(size)


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        ("T > 3.5", True),
        ("T >= 4.5", True),
        ("T < 4.5", False),
        ("T <= 4.5", False),
        ("4.5 < T", True),
        ("9/2 >= T", False),
    ],
)
def test_a_size_beside_a_fraction(condition: str, holds: bool) -> None:
    text = f"input Tx8 where T >= 5\nif {condition} {{ TANH }} else {{ RELU }}"
    assert (archdsl.loads(text).layers[0].kind == "TANH") == holds
