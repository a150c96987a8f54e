"""What is wrong beside the holes of a text: seen with a few numbers in place of those that are not known.

A hole without a number leaves what depends on it silent. So the text is checked with numbers that the line of the hole
accepts, and what all of these checks report, each in its own words, is a fault of the text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from archdsl.checker.checked import Checked
from archdsl.checker.holes.trial import Fault, fault_of, lines
from archdsl.checker.replaced import check_given
from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.faults.work import PER_VISIT
from archdsl.reading.reading import Answer, Reading
from archdsl.reading.setting import Setting
from archdsl.typed import TypeAlias

Places: TypeAlias = Sequence[tuple[int, int | str]]


def common(reading: Reading, answer: Answer, silent: list[Diagnostic], setting: Setting) -> list[Diagnostic]:
    """What is found with each of some numbers for the holes that have none; `silent` is what is found without any."""
    samples = _samples(reading, answer)
    if len(samples) < 2 or not reading.holes:
        return silent
    checks: list[tuple[dict[int, int], list[Diagnostic]]] = []
    cost = 0
    for values in samples:
        checked = check_given(reading, setting.afresh()._replace(holes=values))
        checks.append((values, checked.diagnostics))
        cost += checked.visits + checked.steps // PER_VISIT + lines(reading)
        if cost > setting.limits.visits // 2 or not any(one.severity == "error" for one in checked.diagnostics):
            break
    if len(checks) == 1:  # too much for a second
        more = [moved(one, answer.source, answer.values) for one in checks[0][1] if one.code == "limit"]
    else:
        more = _shared(checks, answer)
    known = {(one.code, one.place) for one in more}
    return [*(one for one in silent if (one.code, one.place) not in known), *more]


def with_numbers(other: Reading, answer: Answer, setting: Setting) -> Checked | None:
    """What is found in another text that has the same holes, with their numbers; None where there are no numbers.

    Of holes without one, with two numbers: what is right with the one may be wrong with the other.
    """
    whole = [tuple(number for _, number in sample) for sample in answer.samples or (answer.values,)]
    fitting = [numbers for numbers in whole if len(numbers) == len(other.holes)]
    if not fitting:
        return None
    places = [hole.at for hole in other.holes]
    first, *more = [
        check_given(other, setting.afresh()._replace(holes=dict(zip(places, numbers, strict=True))))
        for numbers in dict.fromkeys((fitting[0], fitting[-1]))
    ]
    known = set(map(fault_of, first.diagnostics))
    others = [one for checked in more for one in checked.diagnostics if fault_of(one) not in known]
    visits = first.visits + sum(checked.visits for checked in more)
    return first._replace(diagnostics=[*first.diagnostics, *others], visits=visits)


def _samples(reading: Reading, answer: Answer) -> list[dict[int, int]]:
    """Numbers for all holes of a reading; a search that was ended did not come to every hole."""
    sure = dict(answer.values)
    found = []
    for sample in answer.samples:
        numbers = [number for place, number in sample if place not in sure]
        if len(numbers) == len(reading.holes):
            found.append({hole.at: number for hole, number in zip(reading.holes, numbers, strict=True)})
    return found


def _shared(checks: list[tuple[dict[int, int], list[Diagnostic]]], answer: Answer) -> list[Diagnostic]:
    """What all checks report and no hole changes, of each the words that most of them have."""
    seen: dict[Fault, list[tuple[dict[int, int], Diagnostic]]] = {}
    for values, diagnostics in checks:
        for one in diagnostics:
            seen.setdefault(fault_of(one), []).append((values, one))
    shared = [found for found in seen.values() if len(found) == len(checks)]
    return [_worded(found, answer) for found in shared if _of_text(found, answer)]


def _of_text(found: list[tuple[dict[int, int], Diagnostic]], answer: Answer) -> bool:
    """Whether a fault is none of the holes: one that was set aside, or a warning that is always the same."""
    _, first = found[0]
    if first.severity != "error":
        return all(one == first for _, one in found)
    code, (start, end) = fault_of(moved(first, answer.source, answer.values))
    longer = sum(len(str(number)) - 1 for _, number in answer.values) if first.source.base else 0
    return (code, (start - longer, end - longer)) in answer.aside or start - longer in answer.claims


def _worded(found: list[tuple[dict[int, int], Diagnostic]], answer: Answer) -> Diagnostic:
    """One of the reports of a fault, with the number that it holds for where they differ; a hint holds for all."""
    common_message, _ = Counter(one.message for _, one in found).most_common(1)[0]
    values, chosen = next((values, one) for values, one in found if one.message == common_message)
    alike = all(one == chosen for _, one in found)
    same_hint = all(one.hint == chosen.hint for _, one in found)
    told = moved(chosen._replace(hint=chosen.hint if same_hint else None), answer.source, answer.values)
    if alike:
        return told
    elsewhere = None if told.source is answer.source else answer.source
    places = ((_back(Span(at, at + 1), answer.values), number) for at, number in values.items())
    holes = tuple(Related(span, f"with {number:,} here", elsewhere) for span, number in places)
    return told._replace(related=(*told.related, *holes))


def moved(diagnostic: Diagnostic, source: Source, values: Places) -> Diagnostic:
    """Places in the text itself are moved, those in texts that it uses stand where they were."""
    own = diagnostic.source.base == 0
    related = tuple(
        one
        if (one.source or diagnostic.source).base
        else Related(_back(one.span, values), one.text, None if own else source)
        for one in diagnostic.related
    )
    if not own:
        return diagnostic._replace(related=related)
    return diagnostic._replace(span=_back(diagnostic.span, values), source=source, related=related)


def _back(span: Span, values: Places) -> Span:
    """A span of the text with its numbers, in the text as it was written: a number is its ?."""
    start, end = span
    for place, number in values:
        longer = len(str(number)) - 1
        start -= min(longer, max(0, start - place))
        end -= min(longer, max(0, end - place - 1))
    return Span(start, max(start, end))
