"""What must hold for any text: only ArchError leaves the API, and each diagnostic has a code, a place and an inert form."""

from __future__ import annotations

import json
from typing import Any

import archdsl
from archdsl.diagnostics import CODES, Diagnostic
from archdsl.diagnostics.render import render
from archdsl.limits import Limits

QUICK = Limits(visits=2_000, tries=100)  # of a million copies that differ two thousand are as good a test
_LONG = 5_000  # parameters of a network whose source is written


def broken(text: str, limits: Limits = QUICK, **given: Any) -> str | None:
    """What is broken when a text is loaded, and laid out and compiled where it holds; None where nothing is."""
    return diagnosed(text, limits, **given)[0]


def diagnosed(text: str, limits: Limits = QUICK, **given: Any) -> tuple[str | None, list[Diagnostic]]:
    """What is broken when a text is loaded, laid out and compiled, and the diagnostics of it."""
    try:
        model = archdsl.loads(text, limits=limits, **given)
        found = [*model.diagnostics, *_laid_out(model)]
    except archdsl.ArchError as error:
        found = error.diagnostics
        if not any(diagnostic.severity == "error" for diagnostic in found):
            return "ArchError without an error", found
        str(error)
    except BaseException as fault:  # the fault that is looked for
        return f"{type(fault).__name__}: {fault}", []
    return next((wrong for diagnostic in found if (wrong := misshapen(diagnostic, text))), None), found


def _laid_out(model: archdsl.Model) -> list[Diagnostic]:
    """Everything that a model gives, as text; its source where that is not long."""
    try:
        for text in (model.summary(), json.dumps(model.to_json())):
            assert text
        if isinstance(model.totals.layers, int) and model.totals.layers < _LONG:
            compile(model.to_source(), "<source>", "exec")
    except archdsl.ArchError as error:
        return error.diagnostics
    return []


def misshapen(diagnostic: Diagnostic, text: str) -> str | None:
    """What is wrong with a diagnostic itself; None where nothing is."""
    start, end = diagnostic.span
    if diagnostic.code not in CODES:
        return f"unknown code {diagnostic.code}"
    own = diagnostic.source
    places = [(own, diagnostic.span), *((related.source or own, related.span) for related in diagnostic.related)]
    for source, span in places:
        whole = text if source.base == 0 else source.text
        if not 0 <= span.start <= span.end <= len(whole):
            return f"{diagnostic.code}: span {span} outside a text of {len(whole)}"
    record = diagnostic.to_json()
    lines = (text if own.base == 0 else own.text).split("\n")
    line, column = diagnostic.source.position(start)
    if not (1 <= line <= len(lines) and 1 <= column <= len(lines[line - 1]) + 1):
        return f"{diagnostic.code}: line {line}, column {column}"
    if (record["line"], record["column"]) != (line, column) or diagnostic.source.position(end) < (line, column):
        return f"{diagnostic.code}: {record}"
    if not diagnostic.message or diagnostic.hint == "":
        return f"{diagnostic.code}: an empty message or hint"
    return hidden(render(diagnostic))


def hidden(printed: str) -> str | None:
    """A character in printed text that moves, colours, hides or reorders; None where there is none."""
    return next(
        (f"prints U+{ord(letter):04X}" for letter in printed if letter != "\n" and not letter.isprintable()), None
    )
