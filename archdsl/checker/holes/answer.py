"""Numbers put into a text, and what is said of them: one answer, several, none, or a hole that no claim pins."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archdsl.checker.checked import Checked
from archdsl.checker.holes.solve import Fit, Solution, known, solved
from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.expressions.unknown import UNPINNED
from archdsl.limits import Limits
from archdsl.reading.holes import Hole, misplaced
from archdsl.reading.reading import Answer, Found, Reading, read
from archdsl.syntax.tree import Token

if TYPE_CHECKING:
    from archdsl.checker.holes.solve import Miss

_SHOWN = 4  # answers that one message lists


def filled(reading: Reading, settings: list[dict[str, Any]], limits: Limits) -> Reading:
    """The reading of a text with the numbers of its holes; where there is no one answer, the reading that says why."""
    wrong = _unfit(reading, limits)
    if wrong:
        return reading._replace(answer=Answer(reading.own, (), (), wrong))
    if len(known(reading)) == len(reading.holes):  # the caller says what the author does not know: there is no search
        return reading._replace(answer=Answer(reading.own, (), (), []))
    solution, fits = solved(reading, settings, limits, reading.fragment)
    best = _best(solution.fits)
    if len(best) != 1 or solution.limit is not None or solution.unpinned:
        return reading._replace(answer=Answer(reading.own, (), (), _refusal(reading, solution, best, limits)))
    values = dict(sorted(best[0].values.items()))
    others = [(hole, more) for hole, more in solution.spare if fits({**values, **more})]
    others += [(_first_apart(reading.holes, values, fit), fit.values) for fit in solution.fits if fit not in best]
    source = Source(reading.own.name, put(reading.own.text, values))
    answer = Answer(reading.own, tuple(values.items()), _found(reading, values), _also(reading, others))
    return read(source, limits, folder=reading.folder, inputs=reading.inputs)._replace(answer=answer)


def put(text: str, values: dict[int, int]) -> str:
    """A text with numbers in place of its holes, and nothing else changed."""
    pieces, at = [], 0
    for place, number in sorted(values.items()):
        pieces += [text[at:place], str(number)]
        at = place + 1
    return "".join([*pieces, text[at:]])


def placed_back(checked: Checked, answer: Answer) -> Checked:
    """What was found in the text with its numbers, told of the text as it was written."""
    if not answer.values:
        others = [one for one in checked.diagnostics if one.code != UNPINNED]
        told = [one for one in answer.told if all(one.place != other.place for other in others)]
        return checked._replace(diagnostics=sorted([*others, *told], key=lambda one: one.place))
    moved = [_moved(one, answer) for one in checked.diagnostics]
    diagnostics = sorted([*moved, *answer.told], key=lambda one: one.place)
    return checked._replace(diagnostics=diagnostics, holes=answer.found)


def _moved(diagnostic: Diagnostic, answer: Answer) -> Diagnostic:
    """Places in the text itself are moved, those in texts that it uses stand where they were."""
    own = diagnostic.source.base == 0
    related = tuple(
        one
        if (one.source or diagnostic.source).base
        else Related(_back(one.span, answer), one.text, None if own else answer.source)
        for one in diagnostic.related
    )
    if not own:
        return diagnostic._replace(related=related)
    return diagnostic._replace(span=_back(diagnostic.span, answer), source=answer.source, related=related)


def _back(span: Span, answer: Answer) -> Span:
    """A span of the text with its numbers, in the text as it was written: a number is its ?."""
    start, end = span
    for place, number in answer.values:
        longer = len(str(number)) - 1
        start -= min(longer, max(0, start - place))
        end -= min(longer, max(0, end - place - 1))
    return Span(start, max(start, end))


def _best(fits: list[Fit]) -> list[Fit]:
    """The answers with the fewest warnings."""
    least = min((fit.warnings for fit in fits), default=0)
    return [fit for fit in fits if fit.warnings == least]


def _first_apart(holes: tuple[Hole, ...], values: dict[int, int], fit: Fit) -> Hole:
    return next(hole for hole in holes if fit.values[hole.at] != values[hole.at])


def _found(reading: Reading, values: dict[int, int]) -> tuple[Found, ...]:
    return tuple(
        Found(*reading.own.position(hole.at), hole.token.text, values[hole.at], hole.name) for hole in reading.holes
    )


# ---- What is said


def _spelled(holes: tuple[Hole, ...], values: dict[int, int]) -> str:
    """`s = 4, p = 0`: the numbers of some holes, those of one word once where they are equal."""
    words: dict[str, None] = {}
    for hole in holes:
        if hole.at in values:
            words[f"{hole.name} = {values[hole.at]}"] = None
    return ", ".join(words)


def _unfit(reading: Reading, limits: Limits) -> list[Diagnostic]:
    """Too many holes, and holes where the author chooses."""
    assert reading.file is not None
    holes = reading.holes
    if len(holes) > limits.holes:
        at = holes[limits.holes].at
        message = f"{len(holes):,} holes; the limit is {limits.holes:,}"
        hint = "raise it with --limit holes=N"
        return [Diagnostic("limit", message, Span(at, at + 1), reading.own, hint=hint)]
    message = "a ? stands in `cases` or `where`, which say what the author wants"
    return [
        Diagnostic("misplaced", message, Span(token.start, token.end), reading.own, hint="write the number")
        for token in misplaced(reading.file)
    ]


def _also(reading: Reading, others: list[tuple[Hole, dict[int, int]]]) -> list[Diagnostic]:
    """One note for each hole for which other numbers fit too, with warnings."""
    found: dict[Hole, dict[str, None]] = {}
    silent = {reading.own.position(at)[0] for code, at, _ in reading.ignored if code == "other-answer"}
    for hole, values in others:
        if reading.own.position(hole.at)[0] in silent:
            continue
        found.setdefault(hole, {})[str(values[hole.at])] = None
    notes = []
    for hole, numbers in found.items():
        message = f"{hole.name} = {_listed(list(numbers))} fits too, and brings a warning"
        notes.append(Diagnostic("other-answer", message, Span(hole.at, hole.at + 1), reading.own))
    return notes


def _listed(words: list[str]) -> str:
    shown = words[:_SHOWN]
    if len(words) > _SHOWN:
        return f"{', '.join(shown)} ..."
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _refusal(reading: Reading, solution: Solution, best: list[Fit], limits: Limits) -> list[Diagnostic]:
    """Why there is no one answer."""
    if not solution.begun:
        return []  # something is wrong that no number changes: it is told by itself
    if len(best) > 1:
        return [_several(reading, best)]
    if solution.fault is not None:
        return [solution.fault]  # it is told by itself; when it is mended, the holes are looked at again
    if solution.limit is not None:
        return [_limit(reading, solution, limits)]
    if solution.unpinned:
        from archdsl.checker.holes.pins import unpinned

        return unpinned(reading, solution.unpinned)
    return [_none(reading, solution)]


def _several(reading: Reading, fits: list[Fit]) -> Diagnostic:
    """The first answers, and the place of the first hole in which they differ; the others are marked."""
    apart = tuple(hole for hole in reading.holes if len({fit.values[hole.at] for fit in fits}) > 1)
    answers = [_spelled(apart, fit.values) for fit in fits]
    listed = "; ".join(dict.fromkeys(answers[:_SHOWN])) + ("; ..." if len(answers) > _SHOWN else "")
    related = tuple(Related(Span(hole.at, hole.at + 1), "differs, too") for hole in apart[1:_SHOWN])
    message = f"several numbers fit: {listed}"
    hint = "claim more behind the line, or write one of them"
    return Diagnostic("several-answers", message, _at(apart[0]), reading.own, related=related, hint=hint)


def _limit(reading: Reading, solution: Solution, limits: Limits) -> Diagnostic:
    name = solution.limit or "tries"
    hole = (solution.tried or list(reading.holes))[0]
    nearest = f"; the closest: {_nearest(reading, solution)}" if solution.misses else ""
    message = f"no number was found within {getattr(limits, name):,} {name}{nearest}"
    hint = f"write some of the numbers, claim more beside them, or raise it with --limit {name}=N"
    return Diagnostic("limit", message, _at(hole), reading.own, hint=hint)


def _none(reading: Reading, solution: Solution) -> Diagnostic:
    """What comes nearest, and which claims it breaks; or the rule that refuses whatever is tried."""
    hole = (solution.tried or list(reading.holes))[0]
    if not solution.misses:
        because = f": {solution.refusal.message}" if solution.refusal is not None else ""
        return Diagnostic("no-answer", f"no number fits{because}", _at(hole), reading.own)
    nearest = solution.misses[0]
    message = f"no number fits; the closest: {_nearest(reading, solution)}"
    wrong = nearest.wrong[0].at
    said = "wants equal sizes" if isinstance(wrong, Token) else "is claimed here"
    part = reading.source.part(wrong.start)  # a claim may stand in a file that is used
    span = Span(wrong.start - part.base, wrong.end - part.base)
    related = (Related(span, said, None if part is reading.own else part),)
    return Diagnostic("no-answer", message, _at(hole), reading.own, related=related)


def _nearest(reading: Reading, solution: Solution) -> str:
    misses = solution.misses
    apart = {hole.at for hole in reading.holes if len({miss.values.get(hole.at) for miss in misses}) > 1}
    told = tuple(hole for hole in reading.holes if hole.at in apart or hole in solution.tried)
    texts = [_missing(reading, told, miss) for miss in misses]
    return "; ".join(dict.fromkeys(texts))


def _missing(reading: Reading, told: tuple[Hole, ...], miss: Miss) -> str:
    """`p = 1 gives 28 for 27`."""
    figures = dict.fromkeys(f"{equation.derived:,} for {equation.claimed:,}" for equation in miss.wrong)
    return f"{_spelled(told, miss.values) or _spelled(reading.holes, miss.values)} gives {' and '.join(figures)}"


def _at(hole: Hole) -> Span:
    return Span(hole.at, hole.at + 1)
