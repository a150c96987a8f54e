"""Lists of values: `keep` puts a value on one, `take` reads the newest and removes it, `all` reads each; ranges of names."""

from __future__ import annotations

from typing import Any

import pytest

import archdsl
from archdsl.analysis.receptive import fields_of_outputs
from archdsl.diagnostics import Diagnostic, Source
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.syntax import parse, tree
from archdsl.syntax.format.format import formatted

IMAGE = "input x: 8x8x4\n"
UNET = """\
model UNet(depth=3, width=4)
input HxWx3
block PAIR(c) { CONV c 3x3 p1; RELU; CONV c 3x3 p1; RELU }
for i in 1..depth { PAIR width*2**(i-1); keep skips; MAXPOOL 2 }
PAIR width*2**depth
for i in 1..depth { UPCONV in//2 2x2 s2; CONCAT <- take skips, _; PAIR in//2 }
CONV 2 1x1
"""


def told(text: str, **limits: int) -> list[Diagnostic]:
    try:
        return archdsl.loads(text, limits=Limits(**limits) if limits else None).diagnostics
    except archdsl.ArchError as error:
        return error.diagnostics


def message(text: str) -> str:
    """The one thing that is said of a text."""
    (found,) = told(text)
    return f"{found.code}: {found.message}"


def marked(text: str, diagnostic: Diagnostic) -> tuple[str, list[str]]:
    """What a message marks, and what its related places mark."""
    spans = (diagnostic.span, *(one.span for one in diagnostic.related))
    first, *others = [text[span.start : span.end] for span in spans]
    return first, others


# ---- what lists mean: the same network as with names


@pytest.mark.parametrize(
    ("listed", "named"),
    [
        ("CONV 4 3x3 p1; keep s; RELU; ADD <- take s, _", "a: CONV 4 3x3 p1\nRELU; ADD <- a, _"),
        ("keep s; RELU; keep s; TANH; ADD <- take s, _; SUB <- take s, _", "a: RELU\nb: TANH\nc: ADD <- a, b\nSUB <- x, c"),
        ("keep s; RELU; keep s; CONCAT <- all s, _, take s", "a: RELU\nCONCAT <- x, a, a, a"),
        ("a: RELU; TANH; keep s <- a; ADD <- _, take s", "a: RELU\nTANH; ADD <- _, a"),
        ("keep s; RELU; keep s; SUB <- take s, take s", "a: RELU\nSUB <- a, x"),
        ("for i in 1..3 { CONV 4 3x3 p1; keep s }\nCONCAT <- all s", "a: CONV 4 3x3 p1\nb: CONV 4 3x3 p1\nc: CONV 4 3x3 p1\nCONCAT <- a, b, c"),
        ("for i in 1..2 { keep b{i}; RELU; keep b{i}; TANH }\nCONCAT <- all b1, take b2", "a: RELU\nb: TANH\nc: RELU\nTANH; CONCAT <- x, a, c"),
        ("if 1 < 2 { keep s } else { RELU }\nTANH; ADD <- _, take s", "TANH; ADD <- _, x"),
        ("if 1 > 2 { keep s }\nkeep s; TANH; ADD <- _, take s", "TANH; ADD <- _, x"),
        ("keep s; if 1 < 2 { RELU <- take s; TANH }", "RELU; TANH"),
        ("CONCAT { { RELU; keep s; TANH }; ID <- take s }", "a: RELU\nb: TANH\nCONCAT <- b, a"),
        ("RELU; CONCAT { keep s; TANH; SIGMOID <- take s }", "RELU; CONCAT { TANH; SIGMOID }"),
        ("RELU; keep s; CONCAT { for i in 1..2 { CONV i 1x1 }; ID <- take s }", "RELU; CONCAT { CONV 1 1x1; CONV 2 1x1; ID }"),
        ("g: { RELU; keep s; TANH }\nADD <- _, take s", "a: RELU\nb: TANH\nADD <- b, a"),
        ("g: { h: { RELU; keep s }; TANH; ADD <- take s, _ }", "a: RELU\nTANH; ADD <- a, _"),
        ("keep s; { ADD <- _, all s } x3", "{ ADD <- _, x } x3"),
        ("keep s; RELU; keep t; keep s <- take t; CONCAT <- all s", "a: RELU\nCONCAT <- x, a"),
        ("c1: RELU; c2: TANH; c3: SIGMOID; CONCAT <- c{1..3}", "c1: RELU\nc2: TANH\nc3: SIGMOID\nCONCAT <- c1, c2, c3"),
        ("let n = 2\nc1: RELU; c2: TANH; CONCAT <- _, c{1..n}, c{n..n}", "c1: RELU\nc2: TANH\nCONCAT <- c2, c1, c2, c2"),
        ("g1: { a: RELU; TANH }; g2: { a: TANH; RELU }; CONCAT <- g{1..2}.a", "a: RELU\nTANH\nb: TANH\nCONCAT <- a, b"),
        ("for i in 1..2 { e{2*(i-1)}: RELU; TANH }\nCONCAT <- e{2*(1-1)}, e2", "a: RELU\nTANH\nb: RELU\nCONCAT <- a, b"),
        ("d1: CONV 2 3x3; let i = 1\nUPSAMPLE size=[d{i}.height, d{i}.width + 1]", "CONV 2 3x3; UPSAMPLE size=[6, 7]"),
    ],
)  # fmt: skip
def test_a_list_reads_what_was_kept_on_it(listed: str, named: str) -> None:
    one, other = archdsl.loads(IMAGE + listed), archdsl.loads(IMAGE + named)
    assert [str(port.shape) for port in one.outputs] == [str(port.shape) for port in other.outputs]
    assert (one.params, one.macs) == (other.params, other.macs)
    assert fields_of_outputs(one.network) == fields_of_outputs(other.network)
    assert_same_numbers(one, other)


def assert_same_numbers(one: Any, other: Any) -> None:
    """Two networks with the same tensors in the same order, whatever these are called, give the same numbers."""
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    ours, theirs = one.to_torch().eval(), other.to_torch().eval()
    for tensor, like in zip(ours.parameters(), theirs.parameters(), strict=True):
        tensor.data.copy_(like.data)
    image = torch.randn(2, 4, 8, 8)
    torch.testing.assert_close(ours(image), theirs(image))


def test_outputs_of_lists_and_ranges_have_names() -> None:
    text = (
        f"{IMAGE}for i in 1..2 {{ c{{i}}: CONV 4 3x3; keep maps }}\nkeep t; RELU\noutput _, take t, all maps, c{{1..2}}"
    )
    model = archdsl.loads(text)
    assert [port.name for port in model.outputs] == ["output", "t", "maps.0", "maps.1", "c1", "c2"]
    assert [port.shape for port in model.outputs[2:4]] == [(6, 6, 4), (4, 4, 4)]
    torch = pytest.importorskip("torch")
    found = model.to_torch()(torch.randn(2, 4, 8, 8))
    assert torch.equal(found[2], found[4]) and torch.equal(found[1], found[5])


def test_each_use_of_a_block_begins_with_empty_lists() -> None:
    block = "block SUM(n) { for i in 1..n { CONV in 3x3 p1; keep s }\nADD <- all s }\n"
    model = archdsl.loads(f"{block}{IMAGE}a: SUM 2; SUM 2 x3; SHARE a; SUM 1; keep s; ADD <- _, take s")
    assert model.params == (2 + 3 * 2 + 1) * (4 * 4 * 9 + 4)
    inner = "block INNER { RELU <- take s }\n"
    assert (
        message(f"{inner}{IMAGE}keep s; INNER; ADD <- _, take s") == "unknown-name: nothing above is kept on a list s"
    )


def test_a_model_in_use_has_lists_of_its_own(tmp_path: Any) -> None:
    (tmp_path / "part.arch").write_text("model Part\ninput 8x8x4\nkeep s; CONV 4 3x3 p1; ADD <- take s, _")
    (tmp_path / "whole.arch").write_text('use "part.arch"\ninput 8x8x4\nkeep s; PART; PART; ADD <- _, take s')
    model = archdsl.load(tmp_path / "whole.arch")
    assert (model.params, model.diagnostics) == (2 * 148, [])


@pytest.mark.parametrize("depth", [0, 1, 3])
def test_a_u_net_of_any_depth_is_that_of_pytorch(depth: int) -> None:
    torch = pytest.importorskip("torch")
    from torch import nn

    def pair(before: int, c: int) -> Any:
        return nn.Sequential(nn.Conv2d(before, c, 3, padding=1), nn.ReLU(), nn.Conv2d(c, c, 3, padding=1), nn.ReLU())

    widths = [4 * 2**i for i in range(depth + 1)]
    down = [pair(before, c) for before, c in zip([3, *widths], widths, strict=False)]
    up = [nn.ConvTranspose2d(2 * c, c, 2, stride=2) for c in widths[-2::-1]]
    back = [pair(2 * c, c) for c in widths[-2::-1]]
    head = nn.Conv2d(4, 2, 1)

    def forward(x: Any) -> Any:
        kept = []
        for part in down[:-1]:
            kept.append(part(x))
            x = nn.functional.max_pool2d(kept[-1], 2)
        x = down[-1](x)
        for widen, part in zip(up, back, strict=True):
            x = part(torch.cat([kept.pop(), widen(x)], 1))
        return head(x)

    model = archdsl.loads(UNET, depth=depth)
    module = model.to_torch().eval()
    steps = [part for pairs in zip(up, back, strict=True) for part in pairs]
    theirs = [tensor for part in (*down, *steps, head) for tensor in part.parameters()]
    for ours, like in zip(module.parameters(), theirs, strict=True):
        ours.data.copy_(like.data)
    for sizes in ((16, 24), (8, 40)):
        x = torch.randn(2, 3, *sizes)
        torch.testing.assert_close(module(x), forward(x))
    assert model.params == sum(tensor.numel() for tensor in theirs)


def test_symbolic_sizes_and_numbers_agree() -> None:
    model = archdsl.loads(UNET)
    assert [str(condition) for condition in model.conditions] == ["H % 8 == 0", "W % 8 == 0"]
    assert model.count("macs", H=16, W=32) == archdsl.loads(UNET, H=16, W=32).macs


# ---- the words stay words


def test_take_all_and_keep_stay_names() -> None:
    text = """\
block take(all=4) { CONV all 3x3 p1 }
block all(keep) { CONV keep 3x3 p1 }
input 8x8x4
take: take 4
all:  all keep=4     <- take
keep: RELU           <- all
ADD                  <- take, all, keep
freeze all but all, keep
keep list;  CONCAT   <- take list, all
"""
    assert told(text) == []
    with pytest.raises(archdsl.ArchError):
        archdsl.loads("block keep { RELU }\ninput 4\nkeep 3")  # a line that begins with the word keeps


def test_take_by_itself_is_a_name() -> None:
    file = parse(Source("x", "ADD <- take, all, take all, all take\noutput all, all s"), Limits()).file
    assert file is not None
    reads = file.lines[0].statements[0].reads  # type: ignore[union-attr]
    assert [type(read) for read in reads] == [tree.Token, tree.Token, tree.FromList, tree.FromList]
    assert [read.text for read in reads] == ["take", "all", "take all", "all take"]


def test_format() -> None:
    text = "keep   s;RELU;keep t<-a  ->8x8\nCONCAT <-   take   s,all  t , c{1..n}\n"
    found = formatted(Source("x", text), REGISTRY, Limits())
    assert found.text is None  # `keep t <- a` reads, and claims nothing
    text = "keep   s;RELU;keep t->8x8\nCONCAT <-   take   s,all  t , c{1..n}\n"
    found = formatted(Source("x", text), REGISTRY, Limits())
    assert found.text == "keep s;  RELU;  keep t                            -> 8x8\nCONCAT  <- take s, all t, c{1..n}\n"


# ---- messages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keep s; ADD <- _, take s; ADD <- _, take s", "missing-input: nothing is left on s: 1 kept, 2 taken"),
        ("keep s; keep s; ADD <- take s, take s; ADD <- _, all s", "missing-input: nothing is left on s: 2 kept, 2 taken"),
        ("keep s; ADD <- take s, take s", "missing-input: nothing is left on s: 1 kept, 2 taken"),
        ("ADD <- _, take s", "unknown-name: nothing above is kept on a list s"),
        ("ADD <- _, all s; keep s", "unknown-name: nothing above is kept on a list s"),
        ("if 1 > 2 { keep s }\nADD <- _, all s", "unknown-name: nothing above is kept on a list s"),
        ("s: RELU; ADD <- _, take s", "unknown-name: s is the name of a layer, and `take` reads a list"),
        ("keep s; ADD <- _, s; ADD <- _, take s", "unknown-name: s is a list, and what is on it is read by `take s` or `all s`"),
        ("keep s; CONV s.height 3x3; ADD <- _, take s", "unknown-name: s is a list, and what is on it is read by `take s` or `all s`"),
        ("keep s\ns: RELU <- take s", "duplicate-name: s is the name of a list and of a layer: a name is one or the other"),
        ("s: RELU\nkeep s", "duplicate-name: s is the name of a list and of a layer: a name is one or the other"),
        ("keep x", "duplicate-name: x is the name of a list and of a layer: a name is one or the other"),
        ("keep s\ng: { s: RELU; ADD <- _, x }\nADD <- _, take s", "duplicate-name: s is the name of a list and of a layer: a name is one or the other"),
        ("g: { s: RELU; ADD <- _, x }\nkeep s", "duplicate-name: s is the name of a list and of a layer: a name is one or the other"),
        ("keep _", "invalid-name: `_` is not a name, and cannot be that of a list"),
        ("keep a.b", "invalid-name: the name 'a.b' has a dot, which separates the parts of a path"),
        ("a: RELU\nkeep s <- a, x", "wrong-inputs: `keep` puts one value on a list, got 2"),
        ("keep s; keep s; keep t <- all s", "wrong-inputs: `keep` puts one value on a list, got 2"),
        ("{ CONV 4 3x3 p1; keep s } x3", "misplaced: `keep` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("keep s; { ADD <- _, take s } x(2 + 1)", "misplaced: `take` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("keep s; CONV 4 3x3 p1 x2 <- take s", "misplaced: `take` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("{ CONCAT { RELU; ID <- take s } } x1", "misplaced: `take` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("g: { if yes { for i in 1..2 { h{i}: { RELU; keep s } } } } x2", "misplaced: `keep` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("ADD { { RELU; keep s } x2 }", "misplaced: `keep` cannot be repeated: equal copies are one part, and a list changes from copy to copy"),
        ("c1: RELU; ADD <- _, c{1..0}", "wrong-inputs: no name in c{1..0}: it counts from 1 up to 0"),
        ("c1: RELU; c3: RELU; ADD <- _, c{1..3}", "unknown-name: no layer above is named c2; c{1..3} reads c2, too"),
        ("c1: RELU; ADD <- _, c{1..2}{1..2}", "wrong-type: c{1..2}{1..2} has 2 ranges, and a name can have one"),
        ("c{1..2}: RELU", "wrong-type: c{1..2} is a range of names, allowed only after <- and in `output`, `freeze` and `init`"),
        ("LINEAR c{1..2}", "wrong-type: a name with braces is not a value of out"),
        ("LINEAR (c{1..2}*2)", "wrong-type: c{1..2} is a name, and a value is expected here"),
        ("keep c{1..2}", "wrong-type: c{1..2} is a range of names, allowed only after <- and in `output`, `freeze` and `init`"),
        ("let i = 1\nLINEAR (c{i}*2)", "wrong-type: c{i} is a name, and a value is expected here"),
        ("c1: RELU; ADD <- _, c{1..yes}", "wrong-type: the ends of a range must be integers, not yes"),
        ("let n = 10**9\nc1: RELU; ADD <- _, c{1..n}", "limit: a range of 1,000,000,000 names; the limit is 100,000"),
    ],
)  # fmt: skip
def test_messages(text: str, expected: str) -> None:
    assert message(IMAGE + text) == expected


def test_the_lines_that_kept_are_shown() -> None:
    text = f"{IMAGE}keep s; RELU; keep s\nADD <- take s, take s\nADD <- _, take s"
    (found,) = told(text)
    assert marked(text, found) == ("take s", ["s", "s"])
    assert [one.text for one in found.related] == ["kept here", "kept here"]


def test_a_nearer_list_is_proposed() -> None:
    (found,) = told(f"{IMAGE}keep skips\nCONV 4 3x3 p1; ADD <- _, take skip")
    assert found.hint == "CONV 4 3x3 p1; ADD <- _, take skips"


def test_a_repeat_is_proposed_as_a_loop() -> None:
    (found,) = told(f"{IMAGE}{{ CONV 4 3x3 p1; keep s }} x3\nADD <- all s")
    assert found.hint == "for i in 1..3 { ... }"
    assert told(f"{IMAGE}for i in 1..3 {{ CONV 4 3x3 p1; keep s }}\nADD <- all s") == []


@pytest.mark.parametrize(
    "line",
    ["ADD <- take s, _", "ADD { ID <- take s; RELU }", "CONCAT { { RELU <- take s; CONV 4 1x1 }; RELU }"],
)
def test_a_shape_that_does_not_fit_shows_what_was_taken(line: str) -> None:
    text = f"{IMAGE}for i in 1..2 {{ CONV 4 3x3; keep s }}\nCONV 4 2x2 s2\n{line}; ADD <- take s, take s"
    found = next(one for one in told(text) if one.code == "shape-mismatch")
    kept = [one for one in found.related if "kept here" in one.text]
    assert [one.text for one in kept] == ["`take` got the 4x4x4 kept here"]
    assert text[kept[0].span.start - 5 : kept[0].span.end] == "keep s"


def test_what_runs_again_uses_no_list_of_what_is_around() -> None:
    for inside in ("RELU; keep s", "ADD <- _, take s", "ADD <- _, all s", "m: CONCAT { ID; RELU <- take s }"):
        text = f"{IMAGE}keep s; keep s\ng: {{ {inside} }}\nSHARE g <- x\nCONCAT <- _, all s"
        found = next(one for one in told(text) if one.code == "not-shareable")
        assert found.message == "g uses a list of values, which is outside of it; SHARE can replace only its input"
    assert told(f"{IMAGE}keep s\na: CONV 4 3x3 p1  <- take s\nSHARE a") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("keep s; RELU", "nothing reads what is kept on s here"),
        ("for i in 1..3 { RELU; keep s }\nADD <- _, take s", "2 of the 3 values kept on s here are never read"),
        ("for i in 1..3 { RELU; keep s }\nADD <- take s, take s", "1 of the 3 values kept on s here is never read"),
        ("RELU; keep s\nTANH <- x", "nothing reads what is kept on s here"),
        ("for i in 1..2 { keep s{i}; RELU }\nADD <- _, take s1", "1 of the 2 values kept on s{i} here is never read"),
    ],
)
def test_what_is_kept_and_never_read_is_a_warning(text: str, expected: str) -> None:
    (found,) = told(IMAGE + text)
    assert (found.code, found.severity, found.message) == ("unused-result", "warning", expected)
    silenced = f"{IMAGE}{text}".replace(";", "\n").replace("\n", "  # archdsl: ignore[unused-result]\n")
    assert told(silenced) == []


@pytest.mark.parametrize(
    "text",
    [
        "CONV 4 3x3 p1; keep s -> 8x8x4, 148 params",
        "y, h: SPLIT [1, 3]; keep s -> 8x8x1, 8x8x3\nkeep h2 <- h\nCONCAT <- _, take h2",
        "for i in 1..2 { CONV 4 3x3 p1; keep s } -> 8x8x4\nADD <- _, take s",
    ],
)
def test_the_claims_of_a_line_may_follow_keep(text: str) -> None:
    report = archdsl.check(f"{IMAGE}{text}\nCONCAT <- _, all s")
    assert report.diagnostics == [] and report.claims and all(claim.holds for claim in report.claims)


def test_after_a_wrong_claim_what_was_kept_is_in_doubt() -> None:
    text = f"{IMAGE}CONV 4 3x3; keep s -> 8x8x4\nADD <- _, take s\nADD <- x, _"
    assert [one.code for one in told(text)] == ["claim-shape"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("keep s; FOO 3 <- take s; ADD <- _, take s", ["unknown-kind", "missing-input"]),
        ("for i in 1..foo { keep s; keep s }\nADD <- take s, take s", ["unknown-name"]),
        ("keep s; if foo { keep s }\nADD <- take s, take s", ["unknown-name"]),
        ("CONV 4 (3; keep s\nADD <- _, take s", ["syntax"]),
        ("CONV 4 3x3 q7; keep s\nADD <- x, take s", ["unknown-option"]),
        ("keep s; RELU { ADD <- _, take s }\nADD <- x, take s", ["misplaced"]),
        ("keep s\nADD <- nosuch, take s\nCONCAT <- x, take s", ["unknown-name", "missing-input"]),
    ],
)
def test_one_fault_is_told_once(text: str, codes: list[str]) -> None:
    assert [one.code for one in told(IMAGE + text)] == codes


# ---- holes, limits, reports


def test_holes_beside_lists() -> None:
    text = (
        f"{IMAGE}for i in 1..2 {{ CONV ? 3x3 p1; keep s }}\nCONV ? 3x3 p1; keep s -> 8x8x6\nCONCAT <- all s -> 8x8x16"
    )
    assert archdsl.loads(text).params == archdsl.loads(text.replace("?", "5", 1).replace("?", "6", 1)).params
    text = f"{IMAGE}keep s\nCONV ? 3x3 p1\nADD <- take s, _ -> 8x8x4"
    assert archdsl.loads(text).params == 148


def test_what_all_reads_is_bounded() -> None:
    dense = "input 8x8x4\nfor i in 1..{n} {{ CONV 4 3x3 p1; keep s }}\nfor i in 1..{n} {{ ADD <- _, all s }}"
    assert told(dense.format(n=200)) == []
    (found,) = told(dense.format(n=2_000))
    assert found.code == "limit" and "steps" in found.message
    names = "input 8x8x4\nfor i in 1..{n} {{ c{{i}}: CONV 4 3x3 p1 }}\nfor i in 1..{n} {{ ADD <- _, c{{1..{n}}} }}"
    (found,) = told(names.format(n=2_000))
    assert found.code == "limit" and "steps" in found.message
    (found,) = told("input 4\nfor i in 1..9 { keep s }\nADD <- all s", list=8)
    assert (found.code, found.message) == ("limit", "a `for` of 9 iterations; the limit is 8")
    found, *_ = told("input 4\nfor i in 1..5 { keep s; keep s }\nADD <- all s", list=8)
    assert (found.code, found.message) == ("limit", "more than 8 values on the list s")


def test_json_says_what_a_line_reads() -> None:
    model = archdsl.loads(
        f"{IMAGE}for i in 1..2 {{ c{{i}}: CONV 4 3x3 p1; keep s }}\nADD <- all s, _\nADD <- _, take s, c{{1..2}}"
    )
    assert [layer["reads"] for layer in model.to_json()["layers"]][2:] == [["c1", "c2", "c2"], ["2", "c2", "c1", "c2"]]


def test_a_frozen_part_may_keep() -> None:
    model = archdsl.loads(
        f"{IMAGE}g: {{ CONV 4 3x3 p1; keep s; CONV 4 3x3 p1 }}\nADD <- take s, _\nCONV 1 1x1\nfreeze g"
    )
    assert (model.params, model.trainable) == (2 * 148 + 5, 5)


# ---- source


GROUPS = """\
input 16x16x3
encoder: { for i in 1..2 { level{i}: CONV 4*i 3x3 p1; keep skips; MAXPOOL 2 } }
CONV 16 3x3 p1
decoder: {
  for i in 1..2 { up{i}: UPCONV in//2 2x2 s2; CONCAT <- take skips, _; mix{i}: CONV in//2 3x3 p1 }
}
"""


def test_groups_that_share_a_list_are_classes_that_give_and_take_it() -> None:
    torch = pytest.importorskip("torch")
    model = archdsl.loads(GROUPS)
    source = model.to_source()
    assert "nn.Module()" not in source
    assert "y, level1, level2 = self.encoder(x)" in source
    assert "def forward(self, x, level1, level2):" in source
    flat = GROUPS.replace("encoder: {", "{").replace("decoder: {", "{")
    ours, theirs = model.to_torch().eval(), archdsl.loads(flat).to_torch().eval()
    for tensor, like in zip(ours.parameters(), theirs.parameters(), strict=True):
        tensor.data.copy_(like.data)
    image = torch.randn(2, 3, 16, 16)
    torch.testing.assert_close(ours(image), theirs(image))
    names = [name for name, _ in ours.named_parameters()][::2]
    assert names == ["encoder.level1.weight", "encoder.level2.weight", "1.weight", *(f"decoder.{part}.weight" for part in ("up1", "mix1", "up2", "mix2"))]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "g: { a: CONV 4 3x3 p1; TANH; b: RELU }\nCONCAT <- g.a, g.b, g",  # the result is read by its name, too
        "g: { keep s; CONV 4 3x3 p1 }\nADD <- _, take s",  # the input of a group
        "a: RELU\ng: { TANH; ADD <- _, a; h: { SIGMOID; ADD <- _, a; keep s }; ADD <- _, a }\nADD <- _, take s",
        "a: RELU\ng: { { ADD <- _, a; CONV 4 1x1 } x2; keep s; TANH }\nCONCAT <- _, a, take s",
        "a: RELU\ng: { TANH; ADD <- _, a } x3\nADD <- _, a",
        "CONCAT { g: { CONV 4 3x3 p1; keep s; TANH }; h: { SIGMOID; ADD <- _, take s } }",
    ],
)
def test_values_that_cross_the_braces_of_a_named_group(text: str) -> None:
    named = archdsl.loads(IMAGE + text)
    if "g." in text:
        flat = archdsl.loads(IMAGE + "a: CONV 4 3x3 p1\nTANH; b: RELU\nCONCAT <- a, b, b")
    else:
        flat = archdsl.loads(IMAGE + text.replace("g: ", "").replace("h: ", ""))
    assert named.macs == flat.macs
    assert_same_numbers(named, flat)
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        named.to_torch()(torch.randn(1, 4, 8, 8))
    assert counter.get_total_flops() == 2 * named.macs
