"""What a check says in a terminal: one line for a file that holds, its diagnostics where it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from archdsl.checker.checked import Checked
from archdsl.claims.claims import Claim
from archdsl.diagnostics import Diagnostic, Source
from archdsl.diagnostics.inert import inert
from archdsl.reading.reading import FoundNumber
from archdsl.reports.values import shown as shown_value
from archdsl.sizes.size import Size
from archdsl.typed import TYPE_CHECKING

if TYPE_CHECKING:
    from archdsl.checker.fixes.apply import Done

_FEW = 6  # values of a parameter, or conditions, that one line lists


def line(checks: list[Checked]) -> str:
    """`specs/alexnet.arch: AlexNet  22 layers, 62,378,344 params, 1.135 G macs, 11 claims hold`.

    `checks` are all settings of one file; several are reported as ranges.
    """
    totals = [checked.totals for checked in checks]
    parts = [f"{len(checks)} settings ({_settings(checks)})"] if len(checks) > 1 else []
    parts.append(_counted(_range([total.layers for total in totals], _exact), "layer"))
    parts.append(f"{_range([total.params for total in totals], _exact)} params")
    parts.append(f"{_range([total.macs for total in totals], scaled)} macs")
    parts += _claims([claim for checked in checks for claim in checked.claims])
    needs = list(dict.fromkeys(each.text for checked in checks for each in checked.conditions))
    where = f", for {_some(needs)}" if needs else ""
    prose = _passed_over(checks[0])
    return inert(f"{checks[0].source.name}: {checks[0].name}  {', '.join(parts)}{where}{prose}")


def _passed_over(checked: Checked) -> str:
    """The lines of a listing that are not in its total."""
    if not checked.prose:
        return ""
    from archdsl.reports.reading import passed_over

    return f"; {passed_over(checked.source, checked.prose)}"


def _claims(claims: list[Claim]) -> list[str]:
    """How many claims hold, and how many were not judged."""
    hold = sum(claim.holds is True for claim in claims)
    unjudged = sum(claim.holds is None for claim in claims)
    parts = ["1 claim holds" if hold == 1 else f"{hold:,} claims hold"] if hold else []
    return [*parts, f"{unjudged:,} not checked"] if unjudged else parts


def blocks(checked: Checked, number: int) -> str:
    """`blocks/residual.arch: 2 blocks`: of a file that has nothing else."""
    return inert(f"{checked.source.name}: {_counted(str(number), 'block')}")


def _some(conditions: list[str]) -> str:
    """Conditions one after the other, and how many are left out."""
    more = len(conditions) - _FEW
    return f"{', '.join(conditions[:_FEW])}{f' and {more:,} more conditions' if more > 0 else ''}"


def holes(checked: Checked) -> list[str]:
    """`net.arch:3:28: p = 0` for each word with holes, in the order of the text."""
    lines, found = [], list(checked.holes)
    while found:
        first = found[0]
        places = [place for place, letter in enumerate(first.text) if letter == "?"]
        columns = [first.column + place - places[0] for place in places]
        ours = [one for one in found if one.line == first.line and one.column in columns]
        whole = len(ours) == len(places)  # else the word has holes without a number, and each is told by itself
        number = _word(first, ours) if whole else str(first.value)
        lines.append(inert(f"{checked.source.name}:{first.line}:{first.column}: {first.name} = {number}"))
        found = found[len(ours) if whole else 1 :]
    return lines


def fixes(source: Source, done: Sequence[Done], unwritten: bool) -> list[str]:
    """`fixed net.arch:3:1: CONV 64 3x3 (unknown-kind)` for each fix, in the order of the text."""
    word = "would fix" if unwritten else "fixed"
    return [inert(f"{word} {source.name}:{one.line}:{one.column}: {one.title} ({one.code})") for one in done]


def _word(first: FoundNumber, ours: list[FoundNumber]) -> str:
    """A word with the numbers of its holes, without the letter of an option."""
    word = first.text
    for one in ours:
        word = word.replace("?", str(one.value), 1)
    return word[1:] if len(word) > 1 and word[0] == first.name and first.text[1] in "?0123456789" else word


def _counted(figure: str, what: str) -> str:
    return f"{figure} {what}" if figure == "1" else f"{figure} {what}s"


def _range(figures: list[Size], text: Callable[[Size], str]) -> str:
    """The smallest and the largest figure, once where all are equal; symbolic ones as they come."""
    if all(isinstance(figure, int) for figure in figures):
        figures = sorted(figures)
    texts = [text(figure) for figure in figures]
    return texts[0] if texts[0] == texts[-1] else f"{texts[0]}..{texts[-1]}"


def _settings(checks: list[Checked]) -> str:
    """The parameters that differ, each with its values in the order of the settings."""
    names = [name for name in checks[0].parameters if len(_values(checks, name)) > 1]
    return ", ".join(f"{name}={_listed(_values(checks, name))}" for name in names) or "equal"


def _values(checks: list[Checked], name: str) -> list[str]:
    """The different values of a parameter."""
    return list(dict.fromkeys(_plain(checked.parameters.get(name)) for checked in checks))


def _listed(values: list[str]) -> str:
    """All values where they are few, else the first and the last."""
    return "|".join(values) if len(values) <= _FEW else f"{values[0]}..{values[-1]}"


def setting(checked: Checked) -> str:
    """`depth=32, option=A`: the parameters at which a file was checked."""
    return inert(", ".join(f"{name}={_plain(value)}" for name, value in checked.parameters.items()))


def _plain(value: object) -> str:
    return shown_value(value).strip('"')


def _exact(size: Size) -> str:
    return f"{size:,}" if isinstance(size, int) else str(size)


def scaled(size: Size) -> str:
    """A count to four digits: 1.135 G, 341.3 k; small ones and expressions in full."""
    if not isinstance(size, int) or size < 100_000:
        return _exact(size)
    for letter, power in (("T", 12), ("G", 9), ("M", 6), ("k", 3)):
        if size >= 10**power:
            decimals = max(0, 4 - len(str(size // 10**power)))
            digits = (size * 10**decimals + 10**power // 2) // 10**power
            text = f"{digits // 10**decimals:,}"
            return f"{text}.{digits % 10**decimals:0{decimals}} {letter}" if decimals else f"{text} {letter}"
    return _exact(size)


def rendered(diagnostics: list[Diagnostic], most: int, color: bool) -> Iterator[str]:
    """The diagnostics as text, errors before warnings where not all are shown, and how many are not."""
    from archdsl.diagnostics.render import render

    shown = diagnostics
    if len(diagnostics) > most:
        order = {"error": 0, "warning": 1, "note": 2}
        shown = sorted(diagnostics, key=lambda diagnostic: order[diagnostic.severity])[:most]
    for diagnostic in shown:
        yield render(diagnostic, color)
    if len(diagnostics) > most:
        yield f"… and {len(diagnostics) - most:,} more; --limit diagnostics=N shows more"


def tally(severities: dict[str, int]) -> str:
    """`2 errors, 1 warning`."""
    order = [severity for severity in ("error", "warning", "note") if severities.get(severity)]
    return ", ".join(_counted(f"{severities[severity]:,}", severity) for severity in order)
