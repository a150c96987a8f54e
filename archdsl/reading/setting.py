"""What a text is checked at: the values that are given, within limits, and the scope that they make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from archdsl.expressions.scope import HOLES, Scope, Words
from archdsl.faults.report import Reporter
from archdsl.faults.work import Work
from archdsl.limits import Limits
from archdsl.reading.declare import Declarations, parameters
from archdsl.reading.where import define_symbols, facts_of, symbol_names
from archdsl.syntax import tree
