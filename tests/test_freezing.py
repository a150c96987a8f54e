"""`freeze`: what it names, what is counted, and what PyTorch then trains."""

from __future__ import annotations

import random
from typing import Any

import pytest
from support.compare import static_tensors

import archdsl
from archdsl.checker.check import check
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import read
from archdsl.reports.table import table

NET = """
model Net(k=0)
input 16x16x3
block RES(c, s=1) {
  ADD { { conv1: CONV c 3x3 s=s p1 nobias;  bn1: BN;  RELU;  conv2: CONV c 3x3 p1 };  CONV c 1x1 s=s }
  RELU
}
block TWO(c) { first: RES c;  RES c x2 }
stem: CONV 4 3x3 p1 nobias;  BN
{ CONV 4 1x1;  BN;  RELU } x3
layer1: { RES 4 x3;  RES 8 s2 }
for i in 1..2 { side{i}: CONV 8 1x1 }
layer2: TWO 8
many: { CONV 8 1x1;  norm: BN } x4
CONCAT { left: { CONV 4 1x1;  BN noaffine };  { CONV 4 3x3 p1 } x2;  if k >= 0 { right: CONV 4 1x1 } }
sum: ADD { a: CONV 4 1x1;  b: CONV 4 1x1 }
"odd-name": { "in-ner": CONV 4 1x1 }
head: { GLOBALAVGPOOL;  FC 10 }
"""
PARTS = (
    *(
        "stem",
        '"1"',
        '"2"',
        '"3"',
        '"5"',
        '"8"',
        "layer1",
        "layer1.0",
        "layer1.1",
        "layer1.2.conv1",
        "layer1.3",
        "layer1.3.bn1",
    ),
    *("side1", "side2", "layer2", "layer2.first", "layer2.first.conv2", "layer2.1", "layer2.2.bn1", "many", "many.0"),
    *("many.1", "many.2.0", "many.3.norm", "left", "left.1", "right", "sum", "sum.a", "head", "head.1"),
    *('"odd-name"', '"odd-name.in-ner"', '"17"', '"layer1.0"'),
)


def trainable(text: str, **given: Any) -> Any:
    return archdsl.loads(text, **given).totals.trainable


def named(path: str) -> str:
    return path.strip('"')


def below(path: str, part: str) -> bool:
    return f"{path}.".startswith(f"{named(part)}.")


def params() -> dict[str, int]:
    """The elements of each parameter by its path, as nothing is frozen."""
    found = {}
    for name, sizes in static_tensors(archdsl.loads(NET))[0].items():
        found[name] = 1
        for size in sizes:
            found[name] *= size
    return found


PARAMS = params()


def reference(parts: list[str], kept: list[str] | None) -> set[str]:
    """The parameters that are frozen, by the paths alone."""
    frozen = {name for name in PARAMS if any(below(name, part) for part in parts)}
    if kept is not None:
        frozen |= {name for name in PARAMS if not any(below(name, part) for part in kept)}
    return frozen


def drawn(count: int) -> list[tuple[str, set[str]]]:
    """`freeze` lines at random, with the parameters that they freeze."""
    found = []
    for number in range(count):
        rng = random.Random(number)
        parts = rng.sample(PARTS, rng.choice((0, 1, 1, 2, 5)))
        kept = rng.sample(PARTS, rng.choice((1, 2, 4))) if not parts or rng.random() < 0.4 else None
        still = rng.choice(("", " with stats"))
        lines = (
            [f"freeze {part}{still}" for part in parts]
            if rng.random() < 0.5
            else [f"freeze {', '.join(parts)}{still}"] * bool(parts)
        )
        lines += [f"freeze all but {', '.join(kept)}{still}"] if kept is not None else []
        rng.shuffle(lines)
        found.append(("\n".join(lines) + "\n", reference(parts, kept)))
    return found


# ---- counts


@pytest.mark.parametrize("part", PARTS)
def test_a_part_is_counted_out(part: str) -> None:
    frozen = sum(count for name, count in PARAMS.items() if below(name, part))
    assert trainable(NET + f"freeze {part}\n") == sum(PARAMS.values()) - frozen
    assert trainable(NET + f"freeze all but {part}\n") == frozen


def test_any_lines_together() -> None:
    for lines, frozen in drawn(200):
        model = archdsl.loads(NET + lines)
        assert model.totals.frozen == sum(PARAMS[name] for name in frozen), lines
        assert model.params == sum(PARAMS.values())
        assert model.totals.trainable == model.params - model.totals.frozen
        rows = sum(row.count * row.params for row in model.layers if row.frozen)
        assert rows == model.totals.frozen, lines


def test_where_it_may_stand() -> None:
    plain = sum(PARAMS.values())
    assert trainable("freeze stem\n" + NET) == plain - 108
    assert trainable(NET + "if k == 1 { freeze stem } else { freeze head }\n", k=1) == plain - 108
    assert trainable(NET + "for i in 1..2 { freeze side{i} }\n") == plain - 2 * 72
    assert trainable(NET + "freeze stem; freeze stem, head\n") == plain - 108 - 50
    assert trainable(NET + "freeze sum; expect 1 model\n".replace("expect 1 model", "RELU")) == plain - 2 * 68


def test_words_of_it_are_names_elsewhere() -> None:
    text = "input 8\nfreeze: FC 4\nall: FC 4\nbut: FC 4\nwith: FC 4\nstats: FC 4\n"
    assert trainable(text + 'freeze freeze, but, with, stats, "all"\n') == 0
    assert trainable(text + "freeze all but all, stats\n") == 40
    assert trainable(text + "freeze all but all with stats\n") == 20


def test_what_does_not_repeat_equally_is_shown_apart() -> None:
    text = table(archdsl.loads(NET + "freeze layer1.1, stem\n")._checked)
    lines = {line.split()[0]: line for line in text.splitlines() if line.strip()}
    assert "(144)" in lines["layer1.1.conv1"]
    assert "(144)" not in lines["layer1.0.conv1"]
    assert "(108)" in lines["stem"]
    assert text.endswith("A row with ×N represents N equal copies, and its counts are those of all of them.")
    assert "Params in brackets are frozen.\n" in text


def test_claims_of_what_is_trained() -> None:
    plain = sum(PARAMS.values())
    archdsl.loads(NET + f"freeze stem\nexpect {plain} params, {plain - 108} trainable\n")
    with pytest.raises(archdsl.ArchError, match="derived"):
        archdsl.loads(NET + f"freeze stem\nexpect {plain} trainable\n")
    archdsl.loads("input 8\na: FC 4 -> 36 trainable\n")
    with pytest.raises(archdsl.ArchError, match="`trainable` can be claimed only for the whole model") as raised:
        archdsl.loads("input 8\na: FC 4 -> 36 trainable\ng: { FC 4; expect 20 trainable }\nfreeze a\n")
    assert [fault.code for fault in raised.value.diagnostics] == ["misplaced", "misplaced"]


# ---- faults


FAULTS = [
    ("freeze steem", "unknown-name", "no part is named steem", "freeze stem"),
    ("freeze stm", "unknown-name", "no part is named stm", None),
    ("freeze layer1.7", "unknown-name", "no part in layer1 is named 7", None),
    ("freeze layer1.0.conv3", "unknown-name", "no part in layer1.0 is named conv3", None),
    ("freeze stem.weight", "unknown-name", "no part in stem is named weight", "frozen together: freeze stem"),
    ("freeze GRU", "unknown-name", "there is no GRU", None),
    ("freeze RELU", "unknown-name", "RELU has no weights to freeze", None),
    ("freeze BN in layer9", "unknown-name", "there is no BN in layer9", None),
    ("freeze stem in layer1", "unknown-kind", "stem is no kind of layer", None),
    ("freeze layer1.*.nrm", "unknown-name", "no part in layer1.* is named nrm", None),
    ("freeze layer{2..1}", "wrong-inputs", "no name in layer{2..1}", None),
    ('freeze ""', "unknown-name", 'no part is named ""', None),
    ("freeze all", "syntax", "expected a name", "freeze all but head"),
    ("freeze stem with", "syntax", "is not allowed here", "`with stats`"),
    ("freeze stem with stat", "syntax", "stat is not allowed here", "`with stats`"),
    ("freeze stem, 4", "syntax", "found 4", '"4"'),
    ("freeze layer1.00", "unknown-name", "no part in layer1 is named 00", None),
    ("freeze many.4", "unknown-name", "no part in many is named 4", None),
    ("freeze many.0.nrm", "unknown-name", "no part in many.0 is named nrm", "freeze many.0.norm"),
    ("freeze all but hed", "unknown-name", "no part is named hed", "freeze all but head"),
    ("freeze stem\nfreeze all but head\nfreeze all but stem", "duplicate-name", "may appear only once", None),
    ("g: { freeze stem; RELU }", "misplaced", "`freeze` belongs outside all braces", None),
]


@pytest.mark.parametrize(("line", "code", "words", "hint"), FAULTS, ids=[line for line, *_ in FAULTS])
def test_a_fault_is_told_at_its_name(line: str, code: str, words: str, hint: str | None) -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(NET + line + "\n")
    (fault,) = raised.value.diagnostics
    assert fault.code == code
    assert words in fault.message
    assert hint is None or (fault.hint is not None and hint in fault.hint)
    assert fault.line == NET.count("\n") + len(line.split("\n"))


def test_it_does_not_stand_in_a_block() -> None:
    with pytest.raises(archdsl.ArchError, match="`freeze` belongs outside all braces"):
        archdsl.loads("block B { a: FC 4; freeze a }\ninput 8\nB\nB\n")


def test_a_network_with_a_fault_says_nothing_of_what_is_frozen() -> None:
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads("input 8x8x3\na: CONV 4 99x99\nfreeze a, b\n")
    assert [fault.code for fault in raised.value.diagnostics] == ["kernel-too-large"]


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("a: CONV 4 3x3 -> 111 params\nb: CONV 4 3x3", ["claim-value"]),
        ("a: CONV 4 3x3\nb: CONV 4 3x3 -> 5x5x4", ["claim-shape"]),
        ("a: CONV 4 3x3 -> 5x5x4\nb: CONV 4 3x3", ["claim-shape"]),
        ("a: CONV 4 3x3 -> 111 params\nb: CONV 4 3x3\nfreeze c", ["claim-value", "unknown-name"]),
    ],
)
def test_a_claim_that_fails_does_not_unfreeze(lines: str, codes: list[str]) -> None:
    """One fault, one message: the claim of what is trained holds nevertheless."""
    found = check(read(Source("t", f"input 8x8x3\n{lines}\nfreeze a\nexpect 148 trainable\n"), Limits()), {}, Limits())
    assert [fault.code for fault in found.diagnostics] == codes
    if codes[-1] != "unknown-name":
        assert found.totals.frozen == 112


def test_many_names_cost_what_their_number_says() -> None:
    """Paths into a repeat of a million copies part only those that they name; too many end in a clear error."""
    text = "input 8x8x3\nblock B { " + "; ".join("CONV 3 1x1" for _ in range(300)) + " }\nn: B x1000000\n"
    few = archdsl.loads(text + "freeze n.7.3, n.99999.0\nfreeze all but n.0\n")
    assert few.totals.trainable == 300 * 12
    many = ", ".join(f"n.{n}.0" for n in range(400))
    with pytest.raises(archdsl.ArchError, match="more than 50,000 layers"):
        archdsl.loads(text + f"freeze {many}\n")


# ---- PyTorch


def test_what_pytorch_trains() -> None:
    pytest.importorskip("torch")
    for lines, frozen in drawn(25):
        module = archdsl.loads(NET + lines).to_torch()
        assert {name for name, p in module.named_parameters() if not p.requires_grad} == frozen, lines


def test_the_source_is_as_a_person_would_write_it() -> None:
    source = archdsl.loads(NET + "freeze stem, sum.a, layer1.1, left.1\n").to_source()
    end = source[source.rindex("class Net(") :]
    assert "        self.stem.requires_grad_(False)\n        self.sum.a.requires_grad_(False)\n" in end
    assert 'self.get_submodule("layer1.1").requires_grad_(False)\n' in end
    assert "def train(" not in source
    assert "def train(" not in archdsl.loads(NET + "freeze sum with stats\n").to_source(), "there is no BN in it"


def test_hostile_names_in_the_source() -> None:
    """Frozen parts with names that no Python has: the source stays what may be run."""
    pytest.importorskip("torch")
    from support.names import QUOTED, WORDS

    from archdsl.backends.torch.whitelist import verify

    tried = 0
    for name in (*QUOTED, *WORDS):
        text = f'input 4x4x2\n"{name}": {{ "in": CONV 2 1x1;  BN }}\nfreeze "{name}.in", "{name}" with stats\n'
        try:
            source = archdsl.loads(text).to_source()
        except archdsl.ArchError:  # a name that the language refuses
            continue
        verify(source)
        assert "requires_grad_(False)" in source
        tried += 1
    assert tried > 50


def moved(module: Any) -> set[str]:
    """The layers whose running averages move in training."""
    import torch

    before = {name: buffer.clone() for name, buffer in module.named_buffers()}
    module.train()(torch.randn(4, 3, 16, 16))
    return {n.rpartition(".")[0] for n, b in module.named_buffers() if not torch.equal(before[n], b)}


def norms() -> set[str]:
    return {name.rpartition(".")[0] for name in static_tensors(archdsl.loads(NET))[1]}


def test_running_averages_are_held_when_asked() -> None:
    pytest.importorskip("torch")
    every = norms()
    assert moved(archdsl.loads(NET).to_torch()) == every
    assert moved(archdsl.loads(NET + "freeze layer1, left\n").to_torch()) == every
    for lines, _ in drawn(25):
        if "with stats" in lines:
            rules = [line.removeprefix("freeze ").removesuffix(" with stats") for line in lines.splitlines()]
            parts = [part for rule in rules if "all but" not in rule for part in rule.split(", ")]
            kept = [part for rule in rules if "all but" in rule for part in rule.removeprefix("all but ").split(", ")]
            held = {name for name in every if any(below(name, part) for part in parts)}
            if kept:
                held |= {name for name in every if not any(below(name, part) for part in kept)}
            module = archdsl.loads(NET + lines).to_torch()
            assert moved(module) == every - held, lines


def test_a_held_layer_is_in_evaluation_from_the_start() -> None:
    pytest.importorskip("torch")
    module = archdsl.loads(NET + "freeze layer1 with stats\n").to_torch()
    assert module.training
    assert not module.layer1[0].bn1.training
    assert module.layer1[0].training
    module.eval().train()
    assert not module.layer1[0].bn1.training
    assert module.train() is module


def test_training_leaves_the_frozen_part_bit_by_bit() -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads(NET + "freeze all but head with stats\n").to_torch()
    before = {name: tensor.clone() for name, tensor in module.state_dict().items()}
    step = torch.optim.SGD([p for p in module.parameters() if p.requires_grad], 0.5, weight_decay=0.1)
    for _ in range(3):
        step.zero_grad()
        module.train()(torch.randn(4, 3, 16, 16)).square().sum().backward()
        step.step()
    after = module.state_dict()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed == {"head.1.weight", "head.1.bias"}
    assert all(p.grad is None for p in module.parameters() if not p.requires_grad)


def test_weights_of_a_file_go_into_frozen_parts(tmp_path: Any) -> None:
    torch = pytest.importorskip("torch")
    module = archdsl.loads(NET).to_torch()
    archdsl.save(module, tmp_path / "w")
    frozen = archdsl.loads(NET + "freeze all but head\n").to_torch(weights=tmp_path / "w")
    assert not frozen.stem.weight.requires_grad
    assert torch.equal(frozen.stem.weight, module.stem.weight)
