"""The conditions under which a network holds, as they are shown: each once, with the line that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from archdsl.diagnostics import Source

if TYPE_CHECKING:
    from archdsl.ir.condition import Clause
    from archdsl.ir.facts import Facts


class Condition(NamedTuple):
    """What the network needs of its open sizes: `H >= 227`, because of `what` on a line, which says `reason`.

    Of a condition that `where` states, `line` is 0.
    """

    text: str
    line: int
    what: str
    reason: str
    clause: Clause

    def holds(self, numbers: Mapping[str, int]) -> bool:
        """Whether it holds where the open sizes have these values."""
        return any(each.holds(numbers) for each in self.clause)

    def __str__(self) -> str:
        return self.text


def conditions(facts: Facts | None, source: Source) -> list[Condition]:
    """The conditions in the order of the text; what `where` says, or another condition implies, is left out."""
    if facts is None:
        return []
    from archdsl.ir.wording import worded

    found: dict[str, Condition] = {}
    for need in facts.needed():
        place = min(need.note.at.start, len(source.text))
        line = source.position(place)[0]
        text = worded(need.clause, need.solutions, need.domain)
        found.setdefault(text, Condition(text, line, need.note.what, need.note.message, need.clause))
    return sorted(found.values(), key=lambda condition: condition.line)


def assumed(facts: Facts | None) -> list[Condition]:
    """What `where` says of the open sizes."""
    if facts is None:
        return []
    from archdsl.ir.wording import worded

    return [Condition(worded(clause, None, None), 0, "where", "", clause) for clause in facts.given]
