"""The messages about holes: several solutions, none, a limit, or that no claim pins the number."""

from __future__ import annotations

from archdsl.checker.holes.settle import Settled
from archdsl.checker.holes.solve import Fit, Miss, Solution
from archdsl.diagnostics import Diagnostic, Related, Span
from archdsl.limits import Limits, raising
from archdsl.reading.holes import Hole
from archdsl.reading.reading import Reading
from archdsl.syntax.tree import Token
from archdsl.typed import Any

_SHOWN = 8  # answers that one message lists where there are no others
_FIRST = 4  # of more than can be listed


def messages(reading: Reading, found: Settled, settings: list[dict[str, Any]], limits: Limits) -> list[Diagnostic]:
    """The errors of holes without a number, and notes about other numbers for those that have one."""
    errors = [_none(reading, failure) for failure in found.failures]
    open_form = _symbolic(reading, found, settings, limits)
    if found.best > 1 and not found.failures:
        errors.append(_several(reading, found, open_form))
    elif found.limit is not None:
        errors.append(_limit(reading, found, limits, open_form))
    if found.free:
        from archdsl.checker.holes.pins import unpinned

        errors += unpinned(reading, found.free, open_form)
    return errors if errors else _also(reading, found)


def _symbolic(reading: Reading, found: Settled, settings: list[dict[str, Any]], limits: Limits) -> dict[int, str]:
    """For holes without a number: what leaves the size symbolic, by the place of each."""
    left = [hole for hole in reading.holes if hole.at not in found.values]
    if found.failures or not left or reading.inputs is not None:
        return {}
    from archdsl.checker.holes.symbolic import open_forms

    samples = [{**dict(sample), **found.values} for sample in found.samples[:_FIRST]] or [found.values]
    return open_forms(reading, left, samples, settings, limits)


# ---- numbers, as they are listed


def _spelled(holes: tuple[Hole, ...], values: dict[int, int]) -> str:
    """`s = 4, p = 0`: the numbers of some holes, those of one word once where they are equal."""
    words: dict[str, None] = {}
    for hole in holes:
        if hole.at in values:
            words[f"{hole.name} = {values[hole.at]}"] = None
    return ", ".join(words)


def _listed(holes: tuple[Hole, ...], answers: list[dict[int, int]], complete: bool) -> str:
    """`input = 7, 8`, of several holes `kernel = 1, p = 0; kernel = 3, p = 1`; dots at the end say that there are, or
    may be, others.
    """
    words = list(dict.fromkeys(_spelled(holes, values) for values in answers))
    shown = words if complete and len(words) <= _SHOWN else words[:_FIRST]
    parted = [word.partition(" = ") for word in shown]
    alone = all("," not in number and name == parted[0][0] for name, _, number in parted)
    text = f"{parted[0][0]} = {', '.join(number for _, _, number in parted)}" if alone else "; ".join(shown)
    return text if complete and shown == words else f"{text}{',' if alone else ';'} ..."


# ---- several answers


def _several(reading: Reading, found: Settled, open_form: dict[int, str]) -> Diagnostic:
    """The answers, and the place of the first hole in which they differ; the others are marked."""
    best = found.answers[: found.best]
    apart = tuple(hole for hole in reading.holes if len({fit.values.get(hole.at) for fit in best}) > 1)
    listed = _listed(apart, [fit.values for fit in best], found.complete)
    related = tuple(Related(Span(hole.at, hole.at + 1), "differs, too") for hole in apart[1:_FIRST])
    fewest = "" if len(found.answers) == found.best and not found.spare else _fewest(best[0])
    message = f"several numbers fit{fewest}: {listed}"
    hint = "add a claim to the line, or write one of these numbers"
    hint = next((f"{open_form[hole.at]}; or {hint}" for hole in apart if hole.at in open_form), hint)
    return Diagnostic("several-answers", message, _at(apart[0]), reading.own, related=related, hint=hint)


def _fewest(fit: Fit) -> str:
    """What the answers listed have before others that fit, too."""
    return " with the fewest warnings" if fit.warnings else " without a warning"


def _also(reading: Reading, found: Settled) -> list[Diagnostic]:
    """One note for each hole for which other numbers fit too, with warnings."""
    others = list(found.spare)
    for fit in found.answers[1:]:
        hole = next((hole for hole in reading.holes if fit.values.get(hole.at) != found.values.get(hole.at)), None)
        others += [(hole, fit.values)] if hole is not None else []
    numbers: dict[Hole, list[dict[int, int]]] = {}
    silent = {reading.own.position(at)[0] for code, at, _ in reading.ignored if code == "other-answer"}
    for hole, values in others:
        if hole.at in values and reading.own.position(hole.at)[0] not in silent:
            numbers.setdefault(hole, []).append({hole.at: values[hole.at]})
    return [_note(reading, hole, answers, found.complete) for hole, answers in numbers.items()]


def _note(reading: Reading, hole: Hole, answers: list[dict[int, int]], complete: bool) -> Diagnostic:
    fits = "fits too, but gives" if len(answers) == 1 else "fit too, but give"
    message = f"{_listed((hole,), answers, complete)} {fits} a warning"
    return Diagnostic("other-answer", message, _at(hole), reading.own)


# ---- a limit, and no answer


def _limit(reading: Reading, found: Settled, limits: Limits, open_form: dict[int, str]) -> Diagnostic:
    solution = found.limit
    assert solution is not None
    name = solution.limit or "tries"
    hole = (solution.tried or list(reading.holes))[0]
    bound = f"{getattr(limits, name):,} {name}"
    if found.answers:
        fits = _spelled(reading.holes, found.answers[0].values)
        message = f"{fits} fits, and whether other numbers fit was not decided within {bound}"
    else:
        nearest = f"; the closest: {_nearest(reading, solution)}" if solution.misses else ""
        message = f"no number was found within {bound}{nearest}"
    hint = f"write some of the numbers, add claims, or {raising(name)}"
    hint = next((f"{open_form[one.at]}; or {hint}" for one in reading.holes if one.at in open_form), hint)
    return Diagnostic("limit", message, _at(hole), reading.own, hint=hint)


def _none(reading: Reading, solution: Solution) -> Diagnostic:
    """What comes nearest, and which claims it breaks; or the rule that refuses whatever is tried."""
    hole = (solution.tried or list(reading.holes))[0]
    if not solution.misses:
        refusal = solution.refusal
        because = f": {refusal.message}" if refusal is not None else ""
        source = None if refusal is None or refusal.source.base == 0 else refusal.source
        related = () if refusal is None else (Related(refusal.span, "rejects every number", source),)
        return Diagnostic("no-answer", f"no number fits{because}", _at(hole), reading.own, related=related)
    nearest = solution.misses[0]
    message = f"no number fits; the closest: {_nearest(reading, solution)}"
    wrong = nearest.wrong[0].at
    said = "requires equal sizes" if isinstance(wrong, Token) else "is claimed here"
    part, span = reading.source.at(wrong)  # a claim may stand in a file that is used
    related = (Related(span, said, None if part is reading.own else part),)
    return Diagnostic("no-answer", message, _at(hole), reading.own, related=related)


def _nearest(reading: Reading, solution: Solution) -> str:
    misses = solution.misses
    apart = {hole.at for hole in reading.holes if len({miss.values.get(hole.at) for miss in misses}) > 1}
    shown = tuple(hole for hole in reading.holes if hole.at in apart or hole in solution.tried)
    texts = [_missing(reading, shown, miss) for miss in misses]
    return "; ".join(dict.fromkeys(texts))


def _missing(reading: Reading, shown: tuple[Hole, ...], miss: Miss) -> str:
    """`p = 1 gives 28 for 27`."""
    figures = dict.fromkeys(f"{equation.derived:,} for {equation.claimed:,}" for equation in miss.wrong)
    return f"{_spelled(shown, miss.values) or _spelled(reading.holes, miss.values)} gives {' and '.join(figures)}"


def _at(hole: Hole) -> Span:
    return Span(hole.at, hole.at + 1)
