"""Mixtures of experts: counts, paths and numbers against every position by itself; what is refused, and what is bounded."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import archdsl

BODY = "{ LINEAR 2*in; RELU; LINEAR 6 }"


def faults(text: str, **options: Any) -> list[str]:
    return [one.code for one in archdsl.check(text, **options).diagnostics if one.severity == "error"]


def message(text: str) -> str:
    return str(archdsl.check(text).diagnostics[0].message)


# ---- counts and paths


def test_its_counts_are_those_of_the_router_and_of_the_chosen_experts() -> None:
    model = archdsl.loads(f"input 5x4\nm: MOE 8 top=3 {BODY}")
    expert = (4 + 1) * 8 + (8 + 1) * 6
    assert model.params == 4 * 8 + 8 * expert
    assert model.active == 4 * 8 + 3 * expert
    assert model.macs == 5 * (4 * 8) + 5 * 3 * (4 * 8 + 8 * 6)
    assert model.outputs[0].shape == (5, 6)
    assert [row.path for row in model.layers] == ["m.gate", "m.experts.0.0", "m.experts.0.1", "m.experts.0.2"]
    assert [(row.count, row.runs) for row in model.layers] == [(1, 1)] + 3 * [(8, 15)]


@pytest.mark.parametrize("text", [f"input 5x4\nMOE 7 top=3 {BODY} x2\n{{ m: MOE 4 {BODY} }}", "specs/mixtral.arch"])
@pytest.mark.parametrize("unroll", [False, True])
def test_totals_are_the_sums_of_the_rows(text: str, unroll: bool) -> None:
    from archdsl.reports.rows import leaves

    model = archdsl.loads(text.replace("LINEAR 6", "LINEAR 4")) if "\n" in text else archdsl.load(text, L=2, T=9)
    rows = leaves(model.network and model._checked, 10_000, unroll=unroll)
    assert sum(row.params * row.count for row in rows) == model.params
    assert sum(row.macs * row.runs for row in rows) == model.macs


def test_without_one_every_parameter_is_active() -> None:
    model = archdsl.loads("input 4\na: FC 3\nFC 4; SHARE a")
    assert model.active == model.params == 4 * 3 + 3 + 3 * 4 + 4


def test_it_takes_a_number_where_it_has_no_name() -> None:
    model = archdsl.loads("input 5x4\nRELU\nMOE 2 { LINEAR 4 }\nMOE 2 { LINEAR 4 } x2\nLINEAR 3")
    assert [row.path for row in model.layers] == [
        "0", "1.gate", "1.experts.0.0", "2.gate", "2.experts.0.0", "4",
    ]  # fmt: skip


def test_positions_may_be_symbolic() -> None:
    model = archdsl.loads(f"input HxWx4\nMOE 8 top=2 {BODY}")
    assert model.count("macs", H=3, W=5) == 15 * (4 * 8) + 15 * 2 * (4 * 8 + 8 * 6)


def test_a_claim_in_the_braces_is_of_one_position_and_one_behind_them_of_all() -> None:
    archdsl.loads("input 5x4\nMOE 3 { LINEAR 8 -> 8\n LINEAR 6 -> 54 params } -> 5x6, 294 params, 106 active")
    assert faults("input 5x4\nMOE 3 { LINEAR 8 -> 5x8 }") == ["claim-shape"]


def test_one_expert_can_be_frozen() -> None:
    model = archdsl.loads(f"input 5x4\nm: MOE 3 {BODY}\nfreeze m.experts.1, m.gate")
    assert model.params - model.trainable == 4 * 3 + (4 + 1) * 8 + (8 + 1) * 6


def test_a_position_of_the_output_reads_the_same_position() -> None:
    from archdsl.analysis.receptive import fields_of_outputs
    from archdsl.layers.field import SAME

    ((name, fields),) = fields_of_outputs(archdsl.loads("input 7x7x4\nMOE 3 { LINEAR 4 }").network)[0].items()
    assert all(field == SAME for field in fields), name


# ---- what is refused


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("MOE 4", "missing-value"),
        ("MOE 4 { }", "missing-value"),
        ("MOE 4 top=5 { LINEAR 3 }", "out-of-range"),
        ("MOE 0 { LINEAR 3 }", "out-of-range"),
        ("MOE 4 groups=3 { LINEAR 3 }", "not-divisible"),
        ("MOE 4 groups=2 topgroups=3 { LINEAR 3 }", "out-of-range"),
        ("MOE 4 top=3 groups=2 topgroups=1 { LINEAR 3 }", "out-of-range"),
        ("MOE 4 { CONV 3 3x3 }", "rank-mismatch"),
        ("MOE 4 { ATTENTION 2 }", "rank-mismatch"),
        ("MOE 4 { ADD <- _, x }", "unknown-name"),
        ("MOE 4 { a: LINEAR 4 }\nSHARE a", "unknown-name"),
        ("MOE 4 { RESHAPE [2, 2] last }", "rank-mismatch"),
        ("MOE 4 <- x, x", "missing-value"),
        ("MOE 4 gate=tanh { LINEAR 3 }", "wrong-type"),
        ("MOE T { LINEAR 3 }", "unknown-name"),
    ],
)
def test_it_is_refused(line: str, code: str) -> None:
    assert faults(f"input x: 5x4\n{line}") == [code]


def test_the_place_says_that_an_expert_reads_one_position() -> None:
    (fault,) = archdsl.check("input 5x4\nMOE 4 { CONV 3 3x3 }").diagnostics
    assert "in an expert, which reads one position, 4" in [each.text for each in fault.related]


def test_experts_are_visited_once_and_bounded() -> None:
    limits = archdsl.Limits(visits=50)
    archdsl.check(f"input 5x4\nMOE 5000 {BODY}", limits=limits)
    assert faults("input 5x4\nMOE 900000000 { LINEAR 4 }") == ["limit"]


def test_the_number_of_experts_is_found() -> None:
    model = archdsl.loads("input 5x4\nMOE ? top=2 { LINEAR 4 } -> 192 params")
    assert [hole.value for hole in model.holes] == [8]


# ---- numbers


def alone(torch: Any, module: Any, x: Any, op: Any) -> Any:
    """The output for every position by itself, from the papers' formulas."""
    rows = []
    for position in x.reshape(-1, x.shape[-1]):
        logits = position @ module.gate.weight.T
        if op.gate == "softmax":
            scores = (logits + module.gate.bias if op.bias else logits).softmax(0)
            ranks = scores
        else:
            scores = logits.sigmoid()
            ranks = scores + module.gate.bias if op.bias else scores
        each = op.experts // op.groups
        best = [sorted(ranks[g * each : (g + 1) * each].tolist())[::-1] for g in range(op.groups)]
        value = [sum(one[:2]) if op.gate == "sigmoid" else one[0] for one in best]
        kept = sorted(range(op.groups), key=lambda g: -value[g])[: op.topgroups or op.groups]
        order = sorted((n for n in range(op.experts) if n // each in kept), key=lambda n: -ranks[n].item())
        weights = {n: scores[n] for n in order[: op.top]}
        whole = sum(weights.values()) if op.normalized else 1
        rows.append(
            sum(op.scale * weight / whole * module.experts[n](position[None])[0] for n, weight in weights.items())
        )
    return torch.stack(rows).reshape(*x.shape[:-1], -1)


@st.composite
def options(draw: Any) -> str:
    groups, each = draw(st.sampled_from([(1, 1), (1, 5), (2, 2), (4, 1), (3, 2)]))
    kept = draw(st.integers(1, groups))
    words = [f"MOE {groups * each} top={draw(st.integers(1, kept * each))}", f"groups={groups} topgroups={kept}"]
    words += [draw(st.sampled_from(["", "gate=sigmoid"])), draw(st.sampled_from(["", "bias"]))]
    return " ".join([*words, draw(st.sampled_from(["", "nonormalize"])), draw(st.sampled_from(["", "scale=2.5"]))])


@settings(deadline=None)
@given(options(), st.sampled_from(["4", "5x4", "2x3x4"]))
def test_every_position_is_computed_as_alone(line: str, shape: str) -> None:
    torch = pytest.importorskip("torch")
    from support.compare import flops, static_tensors, tensor_sizes, torch_tensors

    model = archdsl.loads(f"input {shape}\nm: {line} {{ LINEAR 8; TANH; LINEAR 6 }}")
    module = model.to_torch().eval()
    assert static_tensors(model) == torch_tensors(module)
    x = torch.randn(tensor_sizes(model.inputs[0], 2))
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.normal_(0, 1)
        last = x.movedim(1, -1) if x.ndim == 4 else x
        wanted = alone(torch, module.m, last, model.network.body.items[0].node.body.items[1].node.applied.op)
        given = module(x)
        torch.testing.assert_close(given.movedim(1, -1) if x.ndim == 4 else given, wanted, rtol=1e-4, atol=1e-4)
    assert flops(module, [x[:1]]) == 2 * model.macs


def test_the_weights_of_all_chosen_experts_get_gradients() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input 40x4\nm: MOE 3 top=3 { LINEAR 4 }").to_torch()
    module(torch.randn(2, 40, 4)).square().sum().backward()
    assert all(parameter.grad is not None and parameter.grad.abs().sum() > 0 for parameter in module.parameters())


def test_uses_that_differ_in_numbers_share_a_class() -> None:
    source = archdsl.loads("input 5x4\nfor c in [4, 8] { MOE c//2 top=2 { LINEAR c; RELU; LINEAR 4 } }").to_source()
    assert source.count("class ") == 2


def test_the_numbers_are_those_of_mixtral_by_hand() -> None:
    torch = pytest.importorskip("torch")
    from test_published import by_hand, load

    setting = {"d": 48, "L": 2, "heads": 6, "kvheads": 2, "wide": 40, "experts": 4, "top": 2, "vocab": 50}
    ours = load("mixtral", **setting).to_torch().eval()
    theirs = by_hand("mixtral").Mixtral(**setting).eval()
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(0.1, 0.3)
    assert set(ours.state_dict()) == set(theirs.state_dict())
    ours.load_state_dict(theirs.state_dict(), strict=True)
    ids = torch.randint(0, 50, (3, 11))
    with torch.no_grad():
        torch.testing.assert_close(ours(ids), theirs(ids), rtol=1e-3, atol=1e-3)


def test_the_router_of_one_expert_learns() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input 16x8\nMOE 4 { LINEAR 8 }").to_torch()
    module(torch.randn(2, 16, 8)).square().sum().backward()
    assert getattr(module, "0").gate.weight.grad.abs().max() > 1e-3


def test_groups_can_be_traced() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads("input 6x8\nMOE 8 top=2 groups=4 topgroups=2 { LINEAR 8 }").to_torch().eval()
    x = torch.randn(2, 6, 8)
    torch.testing.assert_close(torch.jit.trace(module, (x,))(x), module(x))


def test_a_kind_for_a_word_is_told_by_its_name() -> None:
    assert message("input 16x8\nMOE 4 gate=GELU { LINEAR 8 }").endswith("softmax, sigmoid, not GELU")
