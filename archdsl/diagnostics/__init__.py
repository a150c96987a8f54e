"""Floor 1: what went wrong, where, and how it is shown."""

from archdsl.diagnostics.codes import CODES, Code
from archdsl.diagnostics.diagnostic import Diagnostic, Related
from archdsl.diagnostics.error import ArchError
from archdsl.diagnostics.nearest import nearest
from archdsl.diagnostics.source import Source, Sources, Span

__all__ = ["CODES", "ArchError", "Code", "Diagnostic", "Related", "Source", "Sources", "Span", "nearest"]
