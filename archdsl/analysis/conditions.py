"""The conditions under which a network holds, as they are shown: each once, with the line that needs it.

Loaded only where a size is symbolic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from archdsl.diagnostics import Source, Span
from archdsl.network.nodes import Network, Use, executed, postorder
from archdsl.sizes.condition import Clause, Literal, literal
from archdsl.sizes.size import Size
from archdsl.sizes.wording import worded
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from archdsl.sizes.facts import Facts


class Condition(NamedTuple):
    """A condition on symbolic sizes: `H >= 227`, because of `what` on a line of a file, which says `reason`.

    Of a condition that `where` states, `line` is 0.
    """

    text: str
    line: int
    what: str
    reason: str
    clause: Clause
    file: str = ""

    def holds(self, numbers: Mapping[str, int]) -> bool:
        """Whether it holds where the symbolic sizes have these values."""
        return any(each.holds(numbers) for each in self.clause)

    def __str__(self) -> str:
        return self.text


def conditions(facts: Facts, source: Source) -> list[Condition]:
    """The conditions in the order of the text; what `where` says, or another condition implies, is left out."""
    found: dict[str, Condition] = {}
    for need in facts.needed():
        place = min(need.note.at.start, len(source.text))
        part, span = source.at(Span(place, place))
        line, file = part.position(span.start)[0], part.name
        text = worded(need.clause, need.solutions, need.domain)
        found.setdefault(text, Condition(text, line, need.note.what, need.note.message, need.clause, file))
    return sorted(found.values(), key=lambda condition: condition.line)


def combined(facts: Facts | None, source: Source, more: list[Clause] | None = None) -> list[Condition]:
    """What `where` says and what the network needs, and `more`, together: each once, the strongest."""
    if facts is None:
        return []
    found: dict[str, Condition] = {}
    for need in facts.needed(more or []):
        text = worded(need.clause, need.solutions, need.domain)
        line = source.position(min(need.note.at.start, len(source.text)))[0] if need.note else 0
        what, message = (need.note.what, need.note.message) if need.note else ("where", "")
        found.setdefault(text, Condition(text, line, what, message, need.clause))
    return list(found.values())


def exportable(checked: Any) -> list[Condition]:
    """The conditions, those of `where` included, with which no size is 1: `torch.export` holds such a size fast."""
    if checked.facts is None or checked.network is None or _counts_steps(checked.network):
        return []
    sizes = {size: None for shape in _shapes(checked.network) for size in shape if not isinstance(size, int)}
    found = [literal(size - 2, ">=") for size in sizes]
    return combined(checked.facts, checked.source, [(one,) for one in found if isinstance(one, Literal)])


def _counts_steps(network: Network) -> bool:
    """Whether SCAN counts steps of which there is a symbolic number: an export has the number of its example."""
    every = postorder(network.body, executed)
    return any(
        isinstance(node, Use) and node.applied is not None and not isinstance(node.applied.runs, int) for node in every
    )


def _shapes(network: Network) -> Iterator[tuple[Size, ...]]:
    """Every shape of a network."""
    for port in network.inputs:
        yield port.shape
    for node in postorder(network.body, executed):
        for shape in getattr(node, "outputs", ()):
            yield shape.sizes


def assumed(facts: Facts) -> list[Condition]:
    """What `where` says of the symbolic sizes."""
    return [Condition(worded(clause), 0, "where", "", clause) for clause in facts.given]
