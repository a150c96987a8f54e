"""Numbers put into a text, and what is found in it with them, reported of the text as it was written."""

from __future__ import annotations

import re
from collections.abc import Mapping

from archdsl.checker.checked import Checked
from archdsl.checker.holes.beside import common, moved
from archdsl.checker.holes.messages import messages
from archdsl.checker.holes.settle import Settling, known
from archdsl.checker.setting import check_setting
from archdsl.diagnostics import Diagnostic, Related, Source, Span
from archdsl.expressions.unknown import UNPINNED
from archdsl.limits import Limits, raising
from archdsl.reading.holes import misplaced
from archdsl.reading.reading import Answer, FoundNumber, Reading, read
from archdsl.reading.setting import Setting
from archdsl.typed import Any

_OF_SYMBOLS = ("undetermined", "claim-shape", "claim-value", "limit", "too-large")  # faults that a number may not have


def filled(reading: Reading, settings: list[dict[str, Any]], limits: Limits) -> Reading:
    """The reading of a text with the numbers that were found for its holes, and what is to be said of the others."""
    wrong = _unfit(reading, limits)
    if wrong:
        return reading._replace(answer=Answer(reading.own, (), (), wrong))
    if len(known(reading)) == len(reading.holes):  # the caller says what the author does not know: there is no search
        return reading._replace(answer=Answer(reading.own, (), (), []))
    found = Settling(reading, settings, limits).settled()
    values = dict(sorted(found.values.items()))
    said = messages(reading, found, settings, limits)
    samples = tuple(tuple(sorted(sample.items())) for sample in found.samples)
    symbols = _symbols(reading, values) if samples else ()
    claims = frozenset(key[0] for key in found.aside.equations)
    answer = Answer(
        *(reading.own, tuple(values.items()), _found(reading, values), said, samples, symbols),
        *(found.aside.faults, claims),
    )
    if not values:
        return reading._replace(answer=answer)
    source = Source(reading.own.name, put(reading.own.text, values))
    return read(source, limits, folder=reading.folder, inputs=reading.inputs)._replace(answer=answer)


def _symbols(reading: Reading, values: dict[int, int]) -> tuple[tuple[int, str], ...]:
    """A name for each hole without a number, where all of them are sizes of inputs."""
    from archdsl.checker.holes.symbolic import input_names

    left = {hole.at for hole in reading.holes if hole.at not in values}
    names = input_names(reading, left)
    return tuple(sorted(names.items())) if names.keys() == left else ()


def put(text: str, values: Mapping[int, int | str]) -> str:
    """A text with numbers, or names, in place of its holes, and nothing else changed."""
    pieces, at = [], 0
    for place, number in sorted(values.items()):
        pieces += [text[at:place], str(number)]
        at = place + 1
    return "".join([*pieces, text[at:]])


def placed_back(checked: Checked, reading: Reading, setting: Setting) -> Checked:
    """What was found in the text with its numbers, told of the text as it was written.

    Where some holes have no number, what depends on them is silent; what is wrong there whatever their numbers are is
    seen with some numbers put in.
    """
    answer = reading.answer
    assert answer is not None
    said_of_text = [one for one in checked.diagnostics if not _unfilled(one)]
    own = common(reading, answer, [moved(one, answer.source, answer.values) for one in said_of_text], setting)
    found = _at_any_size(reading, answer, setting)
    own += [one for one in found if all((one.code, one.place) != (other.code, other.place) for other in own)]
    said = [one for one in answer.told if all(one.place != other.place for other in own)]
    if any(one.code == "limit" for one in own):  # the text itself is too much, not the search
        said = [one for one in said if one.code != "limit"]
    if not said and reading.holes and all(one.severity != "error" for one in own):
        said = [moved(one, answer.source, answer.values) for one in checked.diagnostics if _unfilled(one)]
    return checked._replace(diagnostics=sorted([*own, *said], key=lambda one: one.place), holes=answer.found)


def _unfilled(diagnostic: Diagnostic) -> bool:
    """Whether it says only that a hole of the text itself has no number."""
    return diagnostic.code == UNPINNED and diagnostic.source.base == 0


def _at_any_size(reading: Reading, answer: Answer, setting: Setting) -> list[Diagnostic]:
    """What a rule refuses whatever sizes the inputs have, which are symbolic here."""
    if not answer.symbols or not reading.holes or reading.inputs is not None:
        return []
    values: list[tuple[int, int | str]] = sorted([*answer.values, *answer.symbols])
    text = Source(answer.source.name, put(answer.source.text, dict(values)))
    checked = check_setting(read(text, setting.limits, folder=reading.folder), setting.afresh()._replace(holes=None))
    return [
        _named(moved(one, answer.source, values), answer)
        for one in checked.diagnostics
        if one.severity == "error" and one.code not in _OF_SYMBOLS
    ]


def _named(diagnostic: Diagnostic, answer: Answer) -> Diagnostic:
    """With the places that the names in a message stand for."""
    names = set(re.findall("[A-Z]", diagnostic.message))
    more = tuple(
        Related(Span(at, at + 1), f"{name} is this size", None if diagnostic.source is answer.source else answer.source)
        for at, name in answer.symbols
        if name in names
    )
    return diagnostic._replace(related=(*diagnostic.related, *more))


def _found(reading: Reading, values: dict[int, int]) -> tuple[FoundNumber, ...]:
    return tuple(
        FoundNumber(*reading.own.position(hole.at), hole.token.text, values[hole.at], hole.name)
        for hole in reading.holes
        if hole.at in values
    )


def _unfit(reading: Reading, limits: Limits) -> list[Diagnostic]:
    """Too many holes, and holes where the author chooses."""
    assert reading.file is not None
    holes = reading.holes
    if len(holes) > limits.holes:
        at = holes[limits.holes].at
        message = f"{len(holes):,} holes; the limit is {limits.holes:,}"
        hint = raising("holes")
        return [Diagnostic("limit", message, Span(at, at + 1), reading.own, hint=hint)]
    message = "a ? is not allowed in `cases` or `where`"
    return [
        Diagnostic("misplaced", message, Span(token.start, token.end), reading.own, hint="write the number")
        for token in misplaced(reading.file)
    ]
