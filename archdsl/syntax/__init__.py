"""Floor 2: text to tree. Nothing here knows a layer."""

from archdsl.syntax.parser import Parsed, parse, parse_expression, parse_inside

__all__ = ["Parsed", "parse", "parse_expression", "parse_inside"]
