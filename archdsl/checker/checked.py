"""The record of one check: what was found of a text at one setting of its parameters."""

from __future__ import annotations

from archdsl.analysis.cost import Cost, Costs
from archdsl.claims.claims import Claim
from archdsl.diagnostics import Diagnostic, Source, Span
from archdsl.network.nodes import Network
from archdsl.reading.declare import model_name
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from archdsl.analysis.conditions import Condition
    from archdsl.reading.reading import FoundNumber
    from archdsl.sizes.facts import Facts


class Checked(NamedTuple):
    """What a check found. After an error `network` holds what stands up to it, and its totals mean nothing."""

    source: Source
    name: str
    parameters: dict[str, Any]
    network: Network | None
    costs: Costs
    claims: list[Claim]
    diagnostics: list[Diagnostic]
    visits: int
    steps: int = 0
    holes: tuple[FoundNumber, ...] = ()
    facts: Facts | None = None
    conditions: list[Condition] = []  # noqa: RUF012 - what the network needs of its symbolic sizes
    where: list[Condition] = []  # noqa: RUF012 - what `where` says of them

    prose: tuple[Span, ...] = ()  # what of a listing was ignored
    lost: bool = False  # whether a part of the network is missing

    @property
    def failed(self) -> bool:
        return any(diagnostic.severity == "error" for diagnostic in self.diagnostics)

    @property
    def whole(self) -> bool:
        """Whether the network stands, even if something that is claimed of it is wrong."""
        wrong = (one.code for one in self.diagnostics if one.severity == "error")
        held = all(code in ("claim-value", "claim-shape") for code in wrong)
        return self.network is not None and held and not self.lost

    @property
    def totals(self) -> Cost:
        """The cost of the whole network."""
        return self.costs.of(self.network.body) if self.network else Cost()


def unread(source: Source, diagnostics: list[Diagnostic]) -> Checked:
    """What is known of a text that has no tree."""
    return Checked(source, model_name(None, source), {}, None, Costs(), [], diagnostics, 0)
