"""The fault of a command that is called wrongly."""

from __future__ import annotations


class Usage(Exception):
    """Wrong use of the command line, in words."""
