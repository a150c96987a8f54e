"""A fault that is not the holes': numbers meet all claims that are judged, and it stands whatever these numbers are."""

from __future__ import annotations

from archdsl.checker.holes.equations import Key
from archdsl.checker.holes.trial import Attempt
from archdsl.diagnostics import Diagnostic
from archdsl.syntax.tree import Token


class Elsewhere:
    """For each set of holes that had numbers: the claims that were ever judged, and the faults where they hold."""

    def __init__(self) -> None:
        self._judged: dict[frozenset[int], set[Key]] = {}
        self._faults: dict[frozenset[int], dict[tuple[object, ...], tuple[Diagnostic, frozenset[Key]]]] = {}

    def note(self, values: dict[int, int], found: Attempt) -> None:
        """Note what came of some numbers; nothing where a hole without one was in the way."""
        if found.unfilled or not values:
            return
        holes = frozenset(values)
        claims = {key[1:]: one for key, one in found.equations.items() if not isinstance(one.at, Token)}
        self._judged.setdefault(holes, set()).update(claims)
        fault = found.refusal or found.unequal
        if fault is not None and all(one.holds for one in claims.values()):
            same = self._faults.setdefault(holes, {})
            name = (fault.code, fault.span, fault.message)
            known = same[name][1] if name in same else frozenset[Key]()
            same[name] = fault, max(known, frozenset(claims), key=len)

    def fault(self) -> Diagnostic | None:
        """The one fault behind all numbers with which every claim that was ever judged holds; None without one."""
        holes = max(self._judged, key=len, default=frozenset[int]())
        judged = self._judged.get(holes, set())
        found = [fault for fault, held in self._faults.get(holes, {}).values() if held >= judged]
        return found[0] if len(found) == 1 else None
