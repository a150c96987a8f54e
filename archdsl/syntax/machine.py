"""The LALR machine: it runs the parse tables that Lark made of `grammars/arch.lark`, and calls the builder.

Lark itself takes a third of a check to be imported. The tests hold every text of theirs against Lark: equal trees, and
equal tokens that would fit where one does not.
"""

from __future__ import annotations

from collections.abc import Callable

from archdsl.syntax.tree import Token
from archdsl.typed import Any, TypeAlias

Row: TypeAlias = dict[str, int]  # token or rule -> the state that it leads to; below 0 a reduction, ~n that by rule n
Parts: TypeAlias = tuple[tuple[int, bool, int], ...]  # a part of a rule, whether it is spread, and how many None before


class Unexpected(Exception):
    """A token that does not fit."""


class Rule:
    """A rule of the grammar: what it makes of its parts; `build` is None where it hands on the one that it has."""

    __slots__ = ("build", "origin", "size")

    def __init__(self, origin: str, size: int, build: Callable[[list[Any]], Any] | None) -> None:
        self.origin, self.size, self.build = origin, size, build


class Tables:
    """The rules of a grammar with their builder, the rows of its states, and where its starts begin and end.

    `handed_on` is what was found out about steps that only hand a value on; it serves further texts, too.
    """

    def __init__(self, made: Any, builder: object) -> None:
        self.rows: tuple[Row, ...] = made.STATES
        self.rules = [_rule(row, builder) for row in made.RULES]
        self.starts: dict[str, int] = made.STARTS
        self.ends: dict[str, int] = made.ENDS
        self.handed_on: dict[tuple[int, int, str], int] = {}


class Machine:
    """The state of one text: the positions in the tables, and the values that stand there."""

    def __init__(self, tables: Tables, start: str) -> None:
        self.tables, self.rows = tables, tables.rows
        self.positions = [tables.starts[start]]
        self.values: list[Any] = []
        self.end = tables.ends[start]

    @property
    def row(self) -> Row:
        """What seems to fit now; some of it only until the rules before it are reduced."""
        return self.rows[self.positions[-1]]

    def shifts(self, kind: str) -> bool:
        """Whether a token of a kind fits, after the reductions before it; `$END` where the text may end."""
        rows, rules, positions = self.rows, self.tables.rules, list(self.positions)
        while (action := rows[positions[-1]].get(kind)) is not None:
            if action >= 0:
                return True
            rule = rules[~action]
            del positions[len(positions) - rule.size :]
            positions.append(rows[positions[-1]][rule.origin])
        return kind == "$END" and positions[-1] == self.end

    def feeder(self) -> Callable[[Token], None]:
        """What takes the next token; it raises Unexpected for one that does not fit, and stands before it then.

        A number is a factor, which is a product, which is a sum, and so on: such steps are taken together. Where they
        lead depends on the two uppermost positions and the token, and is found once.
        """
        rows, rules, handed_on = self.rows, self.tables.rules, self.tables.handed_on
        positions, values = self.positions, self.values

        def feed(token: Token) -> None:
            kind = token.type
            while True:
                action = rows[positions[-1]].get(kind)
                if action is None:
                    raise Unexpected
                if action >= 0:
                    positions.append(action)
                    values.append(token)
                    return
                rule = rules[~action]
                if rule.build is None:
                    key = positions[-2], positions[-1], kind
                    if key not in handed_on:
                        handed_on[key] = self._behind(*key, _hands_on)
                    positions[-1] = handed_on[key]
                    continue
                self._reduce(rule)

        return feed

    def takes(self, name: str, value: Any, first: str) -> bool:
        """Take the value of a whole rule, as if its tokens had been fed, of which `first` is the first's type.

        False where the rule cannot stand here; what was before is reduced all the same, as that token asks.
        """
        rows, rules, positions = self.rows, self.tables.rules, self.positions
        while (action := rows[positions[-1]].get(first)) is not None and action < 0:
            self._reduce(rules[~action])
        state = rows[positions[-1]].get(name)
        if action is None or state is None:
            return False
        positions.append(state)
        self.values.append(value)
        return True

    def finish(self) -> Any:
        """The value of the whole text; raises Unexpected where it may not end."""
        while self.positions[-1] != self.end:
            action = self.row.get("$END")
            if action is None or action >= 0:
                raise Unexpected
            self._reduce(self.tables.rules[~action])
        return self.values[-1]

    def _reduce(self, rule: Rule) -> None:
        positions, values, size = self.positions, self.values, rule.size
        parts = values[len(values) - size :]
        del positions[len(positions) - size :], values[len(values) - size :]
        values.append(parts[0] if rule.build is None else rule.build(parts))
        positions.append(self.rows[positions[-1]][rule.origin])

    def _behind(self, below: int, top: int, kind: str, passed: Callable[[Rule], bool]) -> int:
        """The uppermost position after all rules of one part, as far as they are passed by."""
        rows, rules = self.rows, self.tables.rules
        while (action := rows[top].get(kind, 0)) < 0 and passed(rules[~action]):
            top = rows[below][rules[~action].origin]
        return top

    def taker(self) -> Callable[[str], bool]:
        """A parser that gives no result: called with the types of tokens in order, it says whether each fits."""
        rows, rules, positions = self.rows, self.tables.rules, self.positions
        single: dict[tuple[int, int, str], int] = {}  # after all rules of one part, by the two uppermost positions

        def takes(kind: str) -> bool:
            while True:
                action = rows[positions[-1]].get(kind)
                if action is None:
                    return kind == "$END" and positions[-1] == self.end
                if action >= 0:
                    positions.append(action)
                    return True
                rule = rules[~action]
                if rule.size == 1:
                    key = positions[-2], positions[-1], kind
                    if key not in single:
                        single[key] = self._behind(*key, _is_single)
                    positions[-1] = single[key]
                    continue
                del positions[len(positions) - rule.size :]
                positions.append(rows[positions[-1]][rule.origin])

        return takes


# ---- rules


def _hands_on(rule: Rule) -> bool:
    return rule.build is None


def _is_single(rule: Rule) -> bool:
    return rule.size == 1


def _rule(row: tuple[str, str, int, bool, Parts, int], builder: object) -> Rule:
    """A rule as the tables have it: its name, the method of the builder, how many parts it has, whether one that is
    left alone stands for the whole, the parts that are kept, and how many None stand after them.
    """
    origin, method, size, alone, parts, behind = row
    if alone and size == 1 and parts == ((0, False, 0),) and not behind:
        return Rule(origin, size, None)
    return Rule(origin, size, _build(getattr(builder, method, _itself), size, alone, parts, behind))


def _itself(parts: list[Any]) -> list[Any]:
    """What a rule without a method is: its parts, for the rule that has it."""
    return parts


def _build(
    make: Callable[[list[Any]], Any], size: int, alone: bool, parts: Parts, behind: int
) -> Callable[[list[Any]], Any]:
    """What makes the value of a rule of all of its parts."""
    if not alone and not behind and parts == tuple((place, False, 0) for place in range(size)):
        return make

    def build(children: list[Any]) -> Any:
        kept: list[Any] = []
        for place, spread, before in parts:
            if before:
                kept += [None] * before
            if not spread:
                kept.append(children[place])
            elif kept:
                kept += children[place]
            else:
                kept = children[place]  # nothing else has this list
        if behind:
            kept += [None] * behind
        return kept[0] if alone and len(kept) == 1 else make(kept)

    return build
