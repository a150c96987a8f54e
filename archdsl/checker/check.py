"""A text checked at one setting of its parameters, or at all that it lists, the numbers of its holes put in."""

from __future__ import annotations

from archdsl.checker.checked import Checked, unread
from archdsl.checker.setting import check_setting
from archdsl.diagnostics import Source
from archdsl.faults.report import Reporter
from archdsl.faults.work import Work
from archdsl.limits import Limits
from archdsl.reading.declare import declarations
from archdsl.reading.reading import Reading, read
from archdsl.reading.setting import Setting
from archdsl.syntax.collector import WithoutCollector
from archdsl.typed import Any


def filled(reading: Reading, settings: list[dict[str, Any]], limits: Limits) -> Reading:
    """A text with the numbers of its holes, found from the claims at all settings; as it is where it has no hole.

    Where there is no one answer, `answer.told` says why, and no number is put in.
    """
    if not reading.holes or reading.answer is not None:
        return reading
    from archdsl.checker.holes.answer import filled

    with WithoutCollector():
        return filled(reading, settings, limits)


def settings(reading: Reading, given: dict[str, Any]) -> list[dict[str, Any]]:
    """The settings at which a file is verified: those of `cases` that agree with what is given, else what is given."""
    found = reading.cases.agreeing(given)
    if found and reading.file is not None and reading.inputs is not None:
        from archdsl.reading.given import agreeing

        declared = declarations(reading.file, Reporter(reading.source, []))
        found = [setting for setting in found if agreeing(declared, reading.inputs, setting)]
    return found or [given]


def check(reading: Reading, given: dict[str, Any], limits: Limits, work: Work | None = None) -> Checked:
    """Check one setting, with the inputs that the caller gives. Holes are filled before.

    Where it fails, texts that mend its faults are looked for. `work` is what was done at other settings: all share the
    limit on visits.
    """
    reading, setting = filled(reading, [given], limits), Setting(given, limits, work or Work(limits.visits))
    written = reading.own.text if reading.answer is None else reading.answer.source.text
    checked = _filled_check(reading, setting)
    if not checked.failed:
        return checked
    from archdsl.checker.fixes.listing import mended_listing
    from archdsl.checker.fixes.mended import MOST_VISITS, mended

    few = limits._replace(visits=min(limits.visits, MOST_VISITS))

    def again(text: str) -> Checked:
        tried = read(Source(reading.own.name, text), few, reading.notation, reading.folder, reading.inputs)
        if reading.answer is None:
            return _with_inputs(tried, Setting.of(given, few))
        from archdsl.checker.holes.beside import with_numbers

        return with_numbers(tried, reading.answer, Setting.of(given, few)) or checked

    with WithoutCollector():
        if reading.notation != "arch":
            return checked._replace(diagnostics=mended_listing(checked, written, again))
        return checked._replace(diagnostics=mended(written, checked.diagnostics, again))


def check_again(reading: Reading, given: dict[str, Any], limits: Limits) -> Checked:
    """Check one setting of a text that is looked at further: no texts that mend its faults are looked for."""
    return _filled_check(filled(reading, [given], limits), Setting.of(given, limits))


def _with_inputs(reading: Reading, setting: Setting) -> Checked:
    """A check with the inputs of the text, or those that the caller gives."""
    if not reading.inputs:
        return check_setting(reading, setting)
    from archdsl.checker.replaced import check_replaced

    return check_replaced(reading, setting)


def _filled_check(reading: Reading, setting: Setting) -> Checked:
    """A check of a text whose holes were filled before."""
    limits = setting.limits
    if len(reading.holes) > limits.holes:  # a bound of reading: nothing is looked at
        assert reading.answer is not None
        return unread(reading.source, reading.answer.told)._replace(parameters=setting.given)
    if reading.holes:  # each without a number is a fault, and none may end the check
        limits = limits._replace(diagnostics=limits.diagnostics + len(reading.holes))
        setting = setting._replace(limits=limits)
    with WithoutCollector():
        checked = _with_inputs(reading, setting)
    checked = checked._replace(prose=reading.prose) if reading.prose else checked
    if reading.answer is None:
        return checked
    from archdsl.checker.holes.answer import placed_back

    return placed_back(checked, reading, setting)
