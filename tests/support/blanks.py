"""Numbers of right texts taken away and found again: `python -m support.blanks specs 2`, or `drawn 5000`, from tests/.

Of what is found, this says whether it is honest: the number that stood there, or one that is better by the rules of the
language (fewer warnings, equal sides), or several, or that no claim pins it, or that a limit was reached.
"""

from __future__ import annotations

import random
import re
import sys
from collections import Counter
from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

from archdsl.checker.check import check, filled, settings
from archdsl.checker.checked import Checked
from archdsl.checker.holes.answer import put
from archdsl.diagnostics import Source
from archdsl.limits import Limits
from archdsl.reading.reading import Reading, read
from archdsl.syntax import tree
from archdsl.syntax.tree import Token

SPECS = Path(__file__).parents[2] / "specs"
LIMITS = Limits()
HONEST = {"exact", "better", "several", "unpinned", "limit"}
_OPTION = re.compile(r"[a-z][0-9]+(?:x[0-9]+)*")
Span = tuple[int, int]


class Outcome(NamedTuple):
    """What became of a text whose numbers were blanked; `detail` for those that read it."""

    verdict: str
    detail: Any
    seconds: float


# ---- numbers that can be blanked


def lines(text: str) -> list[list[Span]]:
    """For each line with a claim, the places of the numbers among its values, options and repeats."""
    file = read(Source("text.arch", text), LIMITS).file
    assert file is not None
    found = []
    stack: list[Any] = list(file.lines)
    while stack:
        line = stack.pop()
        layers = [one for one in line.statements if isinstance(one, tree.LayerStatement)]
        for one in line.statements:
            for body in _bodies(one):
                stack += body.lines
        if any(one.claims for one in layers):
            spans = sorted(span for one in layers for span in _numbers(one))
            found += [spans] if spans else []
    return sorted(found)


def _bodies(statement: Any) -> list[tree.Body]:
    match statement:
        case tree.If(arms, otherwise):
            return [*(body for _, body in arms), *([otherwise] if otherwise else [])]
        case tree.LayerStatement() | tree.For() | tree.Block():
            return [statement.body] if statement.body is not None else []
    return []


def _numbers(layer: tree.LayerStatement) -> Iterator[Span]:
    stack: list[tree.LayerStatement] = [layer]
    while stack:
        one = stack.pop()
        for argument in one.arguments:
            value = argument.value
            if isinstance(value, Token) and (
                value.type == "DIMS"
                or (value.type == "NUMBER" and value.text.isdigit())
                or (argument.name is None and value.type == "WORD" and _OPTION.fullmatch(value.text))
            ):
                for digits in re.finditer("[0-9]+", value.text):
                    yield value.start + digits.start(), value.start + digits.end()
        repeat = one.repeat
        if isinstance(repeat, Token) and repeat.type == "NUMBER":
            yield repeat.end - len(repeat.text), repeat.end
        if one.body is not None and one.kind is None:
            stack += [
                inner for line in one.body.lines for inner in line.statements if isinstance(inner, tree.LayerStatement)
            ]


def blanked(text: str, spans: tuple[Span, ...]) -> str:
    for start, end in sorted(spans, reverse=True):
        text = f"{text[:start]}?{text[end:]}"
    return text


# ---- what was found


def outcome(text: str, spans: tuple[Span, ...], limits: Limits = LIMITS) -> Outcome:
    """Blank some numbers, look for them, and hold what is found against them."""
    wanted = [int(text[start:end]) for start, end in sorted(spans)]
    reading = read(Source("text.arch", blanked(text, spans)), limits)
    start = perf_counter()
    answered = filled(reading, settings(reading, {}), limits)
    seconds = perf_counter() - start
    answer = answered.answer
    assert answer is not None
    found = [one.value for one in answer.found]
    if len(found) == len(wanted):
        holding = [check(answered, given, limits) for given in settings(answered, {})]
        if any(one.failed for one in holding):
            return Outcome("does not fit", found, seconds)
        better = found != wanted and _better(text, answered.source.text)
        verdict = "exact" if found == wanted else "better" if better else "other"
        return Outcome(verdict, (found, wanted), seconds)
    sure = dict(answer.values)
    numbers = [sure.get(hole.at, number) for hole, number in zip(reading.holes, wanted, strict=True)]
    if numbers != wanted and not _better(text, _put(reading, numbers)):
        return Outcome("other", (answer.values, wanted), seconds)
    code = answer.told[0].code if answer.told else "silent"
    verdict = {"several-answers": "several", "unpinned-hole": "unpinned"}.get(code, code)
    return Outcome(verdict, (wanted, [one.message for one in answer.told]), seconds)


def _put(reading: Reading, numbers: list[int]) -> str:
    """The text with numbers for all holes."""
    return put(reading.own.text, {hole.at: number for hole, number in zip(reading.holes, numbers, strict=True)})


def _better(text: str, other: str) -> bool:
    """Whether another text of the same claims holds, with fewer warnings or more equal sides."""
    checks = [
        [check(reading, given, LIMITS) for given in settings(reading, {})] for reading in map(_read, (text, other))
    ]
    before, after = checks
    if any(one.failed for one in after):
        return False
    return sum(map(_warnings, after)) < sum(map(_warnings, before)) or _sides(other) > _sides(text)


def _read(text: str) -> Reading:
    return read(Source("text.arch", text), LIMITS)


def _warnings(checked: Checked) -> int:
    return sum(one.severity == "warning" for one in checked.diagnostics)


def _sides(text: str) -> int:
    """How many sizes of two numbers have them equal."""
    return len(re.findall(r"(?<![0-9x])([0-9]+)x\1(?![0-9x])", text.replace("->", "#")))


# ---- networks drawn at random, with claims that the checker makes


def drawn(seed: int) -> str:
    """A small network; most of its lines claim their shape, some their parameters, and the whole its totals."""
    rng = random.Random(f"holes:{seed}")
    rows = [f"input {rng.choice((16, 24, 28, 32))}x{rng.choice((16, 24, 28, 32))}x{rng.choice((1, 3, 8))}"]
    for _ in range(rng.randrange(2, 7)):
        row = _row(rng)
        if not check(read(Source("drawn.arch", "\n".join([*rows, row])), LIMITS), {}, LIMITS).failed:
            rows.append(row)
    rows.append(rng.choice((f"FC {rng.randrange(2, 60)}", "RELU")))
    return _claiming(rows, rng)


def _row(rng: random.Random) -> str:
    kernel = rng.choice((1, 2, 3, 3, 5))
    out, stride, pad = rng.choice((4, 6, 8, 12, 16)), rng.choice((1, 1, 2, 3)), rng.randrange((kernel + 1) // 2 + 1)
    conv = f"CONV {out} {kernel}x{rng.choice((kernel, kernel, 3))} s{stride} p{pad}"
    same = rng.choice((4, 8))
    return rng.choice(
        (
            *(
                conv,
                conv,
                conv,
                f"{conv}; RELU",
                f"{conv}; BN; RELU",
                f"CONV {out} {kernel} s={stride} pad={pad} nobias",
            ),
            f"CONV {out} 3x3 p1 g{rng.choice((1, 2, 4))}",
            f"MAXPOOL {rng.choice((2, 3))}x{rng.choice((2, 3))} s{rng.choice((1, 2))}",
            f"AVGPOOL {rng.choice((2, 3))} s2",
            f"{{ CONV {out} 3x3 p1; RELU }} x{rng.randrange(1, 4)}",
            f"CONCAT {{ CONV {out} 1x1; CONV {same} 3x3 p1 }}",
            f"{{ CONV {same} 1x1; ADD {{ ID; CONV {same} 3x3 p1 }} }}",
        )
    )


def _claiming(rows: list[str], rng: random.Random) -> str:
    """The rows with claims behind them, as the checker derives them."""
    known: list[str] = rows[:1]
    before = 0
    for row in rows[1:]:
        plain = [one.partition(" ->")[0] for one in known]
        checked = check(read(Source("drawn.arch", "\n".join([*plain, row])), LIMITS), {}, LIMITS)
        assert checked.network is not None
        shape = checked.network.outputs[0].shape
        params = checked.totals.params
        assert isinstance(params, int)
        claims = ["x".join(map(str, shape))] if rng.random() < 0.75 else []
        claims += [f"{params - before:,} params"] if rng.random() < 0.4 else []
        known.append(f"{row} -> {', '.join(claims)}" if claims else row)
        before = params
    if rng.random() < 0.7:
        known.append(f"expect {before:,} params, {checked.totals.macs:,} macs")
    return "\n".join(known)


def draws(count: int, first: int = 0) -> Iterator[tuple[str, tuple[Span, ...]]]:
    """Texts with one to three numbers to blank."""
    for seed in range(first, first + count):
        rng = random.Random(f"blanks:{seed}")
        text = drawn(seed)
        spans = [span for line in lines(text) for span in line]
        if spans:
            yield text, tuple(sorted(rng.sample(spans, min(len(spans), rng.choice((1, 1, 2, 3))))))


def of_specs(together: int) -> Iterator[tuple[str, str, tuple[Span, ...]]]:
    """Every number, or every pair of numbers, of every line with a claim in the specs."""
    for path in sorted(SPECS.glob("*.arch")):
        text = path.read_text(encoding="utf-8")
        for line in lines(text):
            for spans in combinations(line, together):
                yield path.stem, text, spans


def main() -> None:
    what, number = sys.argv[1], int(sys.argv[2])
    tally: Counter[str] = Counter()
    slowest = 0.0
    cases = of_specs(number) if what == "specs" else (("drawn", *draw) for draw in draws(number))
    for name, text, spans in cases:
        found = outcome(text, spans)
        tally[found.verdict] += 1
        slowest = max(slowest, found.seconds)
        if found.verdict not in HONEST:
            print(f"{name}: {found.verdict}: {found.detail}\n{blanked(text, spans) if name == 'drawn' else spans}\n")
    total = sum(tally.values())
    shares = ", ".join(f"{verdict} {count} ({count / total:.1%})" for verdict, count in tally.most_common())
    print(f"{total} texts: {shares}; the slowest took {slowest:.2f} s")


if __name__ == "__main__":
    main()
