"""The list of the specs with params and macs: `python -m archdsl.reports.catalogue` writes `specs/README.md`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from archdsl.checker.check import check, settings
from archdsl.checker.checked import Checked
from archdsl.data import SPECS
from archdsl.diagnostics import ArchError, Source
from archdsl.limits import Limits
from archdsl.reading.reading import Reading, read
from archdsl.sizes.size import Size
from archdsl.typed import Any

HEAD = """\
# The specs

Published networks, each with its published figures as claims, and with a comment that names the source and any figure
of the source that contradicts arithmetic. `archdsl check specs` verifies all of them at every setting below; a setting
is given by name, as in `archdsl summary specs/vgg.arch config=A`. The specs in `torchvision` use the names of its
`state_dict`, so its published weights load with `strict=True`. Macs are multiply-accumulates of one forward pass; the
text in brackets is the comment of the spec after the claim.

This page is generated: `python -m archdsl.reports.catalogue`.

| spec | network | setting | params | macs |
|---|---|---|---:|---:|
"""


def catalogue(folder: Path = SPECS) -> str:
    """The list as Markdown: a row for each spec of a folder and each setting that it is verified at.

    Raises ArchError where a spec does not hold.
    """
    return HEAD + "".join(line for path in _specs(folder) for line in _lines(path, folder, Limits()))


def _specs(folder: Path) -> list[Path]:
    """The specs of a folder, then those of the folders in it."""
    return sorted(folder.rglob("*.arch"), key=lambda path: (len(path.parts), path))


def _lines(path: Path, folder: Path, limits: Limits) -> Iterator[str]:
    source = Source(path.name, path.read_text(encoding="utf-8"))
    reading = read(source, limits)
    place = path.relative_to(folder).as_posix()
    first = f"[{place}]({place}) | {_title(source.text)}"
    for setting in settings(reading, {}):
        checked = _checked(reading, setting, limits)
        macs = f"{_figure(checked.totals.macs)}{_note(checked)}"
        yield f"| {first} | {_written(setting)} | {_figure(checked.totals.params)} | {macs} |\n"
        first = " | "


def _note(checked: Checked) -> str:
    """The comment after the `expect` that claims the macs of this setting, in brackets."""
    lines = checked.source.text.splitlines()
    claiming = {claim.line for claim in checked.claims if claim.text.split()[-1] == "macs"}
    for line in sorted(claiming):
        statement, _, comment = lines[line - 1].partition("#")
        if "expect" in statement.split() and comment.strip():
            return f" ({comment.strip()})"
    return ""


def _checked(reading: Reading, setting: dict[str, Any], limits: Limits) -> Checked:
    checked = check(reading, setting, limits)
    if checked.failed:
        raise ArchError(checked.diagnostics)
    return checked


def _title(text: str) -> str:
    """The first sentence of the comment at the top, without its full stop."""
    return text.partition("\n")[0].removeprefix("#").strip().removesuffix(".").replace("|", "\\|")


def _written(setting: dict[str, Any]) -> str:
    """A setting as the command line takes it."""
    return " ".join(f"`{name}={_value(value)}`" for name, value in setting.items())


def _value(value: Any) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _figure(size: Size) -> str:
    """A count; one that depends on a symbolic size as its expression."""
    return f"{size:,}" if isinstance(size, int) else f"`{size}`"


if __name__ == "__main__":
    (SPECS / "README.md").write_text(catalogue(), encoding="utf-8")
