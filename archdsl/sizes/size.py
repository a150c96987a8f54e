"""Sizes: integers, and exact expressions over symbols such as `T` and `H`.

A symbolic size is a polynomial with integer coefficients over atoms; an atom is a symbol, the floor of a division, or
what of a size is above 0. The polynomial is its normal form: equal sizes are equal objects, `(H + 2 - 3)//2 + 1` twice
and `2*H//2` against `H` alike. Rules use + - * // % and `maximum` on `Size`, compare with < <= > >= and `same`, and
never ask which kind it is. What depends on what is known of the symbols is asked of their `Context`: comparisons, what
the floor of a division comes to, and the text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from archdsl.limits import LARGEST, Limits, raising
from archdsl.typed import TYPE_CHECKING, Any, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from archdsl.typed import Protocol

    class Context(Protocol):
        """What an expression asks about its symbols: the facts of one check."""

        limits: Limits

        @property
        def exploring(self) -> bool:
            """Whether questions are answered one way and then the other."""

        def asked(self, size: Expression, relation: str, question: Callable[[], str]) -> bool:
            """Whether a size is 0 or more (`>=`), or 0 (`==`). Raises Undetermined."""

        def known(self, size: Expression, relation: str) -> bool | None:
            """The same for every size that is allowed; None where it depends on a symbol."""

        def interval(self, name: str) -> tuple[int | None, int | None]:
            """The least and the most that a symbol can be."""

        def floor(self, numerator: Size, divisor: Size) -> Size:
            """`numerator // divisor`, rounded down. Raises ZeroDivisionError, Undetermined."""

        def maximum(self, left: Size, right: Size) -> Size:
            """The larger of two sizes. Raises Undetermined where they are too long."""

        def tidied(self, size: Size) -> Size:
            """A size in the simplest form that what is known allows."""

        def written(self, size: Expression) -> str:
            """A size as text."""

        def spend(self, steps: int) -> None:
            """Count steps of work; raises Stop where they are too many."""


_DEEPEST = 32  # floors within one another
_STEPS = 6  # that a new size costs, beside one for each symbol in it


class Undetermined(Exception):
    """A question whose answer depends on what a symbol stands for."""

    def __init__(self, question: str) -> None:
        self.question = question
        super().__init__(question)


class Excess(NamedTuple):
    """What is too much about a formula, as words, and the bound that it meets; none where only its numbers are."""

    words: str
    limit: str = ""

    @property
    def code(self) -> str:
        """The code of the fault."""
        return "limit" if self.limit else "too-large"

    @property
    def hint(self) -> str | None:
        """How the bound is raised."""
        return raising(self.limit) if self.limit else None


class Symbol(NamedTuple):
    """A size that is symbolic; `context` says what is known of it."""

    name: str
    context: Context


class Floor(NamedTuple):
    """`numerator // divisor`, not further reducible."""

    numerator: Size
    divisor: Size


class Positive(NamedTuple):
    """What of several sizes is above 0: `max(0, a, b)`."""

    sizes: tuple[Size, ...]


Atom: TypeAlias = Symbol | Floor | Positive
Monomial: TypeAlias = tuple[Atom, ...]  # a product of atoms, sorted; () is 1


class Expression:
    """A polynomial over symbols and what is derived from them, immutable and hashable."""

    __slots__ = ("_hash", "_text", "context", "depth", "terms", "weight")

    def __init__(self, terms: dict[Monomial, int]) -> None:
        self.terms = tuple(sorted(terms.items(), key=_term_order)) if len(terms) > 1 else tuple(terms.items())
        atoms = [atom for monomial in terms for atom in monomial]
        first = atoms[0]
        if len(atoms) == 1 and type(first) is Symbol:
            self.weight: int = len(terms) + 1  # all inside counted
            self.depth: int = 1
            self.context: Context = first.context
        else:
            inner = [size for atom in atoms for size in parts(atom) if isinstance(size, Expression)]
            self.weight = len(terms) + len(atoms) + sum([size.weight for size in inner])
            self.depth = 1 + max([size.depth for size in inner], default=0)
            self.context = first.context if isinstance(first, Symbol) else inner[0].context
        self.context.spend(_STEPS + len(atoms))
        self._hash = hash(self.terms)
        self._text: str | None = None

    def exceeds(self, limits: Limits, *, factors: bool = True) -> Excess | None:
        """What is too much about it; None where it is within the bounds."""
        if self.weight > limits.terms:
            return Excess(f"a formula of more than {limits.terms:,} terms", "terms")
        if any(len(monomial) > limits.degree for monomial, _ in self.terms):
            return Excess(f"a formula with a product of more than {limits.degree:,} symbols", "degree")
        if self.depth > _DEEPEST:
            return Excess(f"a formula with more than {_DEEPEST} divisions within one another")
        if factors and any(abs(factor) >= LARGEST for _, factor in self.terms):
            return Excess("a formula with a number larger than any size")
        return None

    # ---- identity

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Expression) and self._hash == other._hash and self.terms == other.terms

    def __hash__(self) -> int:
        return self._hash

    # ---- arithmetic

    def __add__(self, other: Size) -> Size:
        terms = dict(self.terms)
        for monomial, factor in _terms(other):
            terms[monomial] = terms.get(monomial, 0) + factor
        return of(terms)

    __radd__ = __add__

    def __neg__(self) -> Size:
        return of({monomial: -factor for monomial, factor in self.terms})

    def __sub__(self, other: Size) -> Size:
        return self + -other

    def __rsub__(self, other: Size) -> Size:
        return -self + other

    def __mul__(self, other: Size) -> Size:
        if isinstance(other, int):
            return of({monomial: factor * other for monomial, factor in self.terms})
        terms: dict[Monomial, int] = {}
        for left, a in self.terms:
            for right, b in other.terms:
                monomial = tuple(sorted(left + right, key=atom_order))
                terms[monomial] = terms.get(monomial, 0) + a * b
        return of(terms)

    __rmul__ = __mul__

    def __floordiv__(self, other: Size) -> Size:
        return self.context.floor(self, other)

    def __rfloordiv__(self, other: Size) -> Size:
        return self.context.floor(other, self)

    def __mod__(self, other: Size) -> Size:
        return self - (self // other) * other

    def __rmod__(self, other: Size) -> Size:
        return other - (other // self) * self

    # ---- comparisons: what the facts know, what they have to assume, or Undetermined

    def __lt__(self, other: Size) -> bool:
        return _reaches(other - self - 1, self, "<", other)

    def __le__(self, other: Size) -> bool:
        return _reaches(other - self, self, "<=", other)

    def __gt__(self, other: Size) -> bool:
        return _reaches(self - other - 1, self, ">", other)

    def __ge__(self, other: Size) -> bool:
        return _reaches(self - other, self, ">=", other)

    # ---- text

    def __str__(self) -> str:
        if self._text is None:
            self._text = self.context.written(self)
        return self._text

    def __repr__(self) -> str:
        return str(self)


Size: TypeAlias = int | Expression


class Ratio:
    """`numerator / divisor`, of which it is open whether it is an integer; a size only once that is settled."""

    __slots__ = ("context", "divisor", "numerator")

    def __init__(self, numerator: Expression, divisor: Size) -> None:
        self.numerator, self.divisor, self.context = numerator, divisor, numerator.context

    def settled(self) -> Size | Ratio:
        """The integer that it is, or itself where it is none; while ways are explored, that is a question."""
        rest = self.numerator % self.divisor
        if isinstance(rest, Expression) and not self.context.exploring:
            return self.numerator // self.divisor if self.context.known(rest, "==") else self
        return self.numerator // self.divisor if same(rest, 0) else self

    def __repr__(self) -> str:
        return f"({self.numerator})/({self.divisor})"


SYMBOLIC = (Expression, Ratio)  # the types of what depends on a symbol


def symbol(name: str, context: Context) -> Expression:
    """The size that a name stands for."""
    return Expression({(Symbol(name, context),): 1})


def of(terms: Mapping[Monomial, int]) -> Size:
    """The size with these terms; a number where no symbol is left."""
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Expression(kept)


def parts(atom: Atom) -> tuple[Size, ...]:
    """The sizes inside an atom."""
    return () if isinstance(atom, Symbol) else atom.sizes if isinstance(atom, Positive) else tuple(atom)


def symbols(size: Size) -> set[str]:
    """The names on which a size depends."""
    if isinstance(size, int):
        return set()
    names: set[str] = set()
    for monomial, _ in size.terms:
        for atom in monomial:
            names |= {atom.name} if isinstance(atom, Symbol) else set().union(*map(symbols, parts(atom)))
    return names


def total(sizes: Iterable[Size]) -> Size:
    """The sum, in one go."""
    terms: dict[Monomial, int] = {}
    for size in sizes:
        for monomial, factor in _terms(size):
            terms[monomial] = terms.get(monomial, 0) + factor
    return of(terms)


def same(left: Size, right: Size) -> bool:
    """Whether two sizes are equal."""
    difference = left - right
    if isinstance(difference, int):
        return difference == 0
    return difference.context.asked(difference, "==", lambda: f"{left} == {right}")


def maximum(left: Size, right: Size) -> Size:
    """The larger one; `max(...)` where it depends on a symbol which that is."""
    difference = left - right
    if isinstance(difference, int):
        return left if difference >= 0 else right
    return difference.context.maximum(left, right)


def tidied(size: Size) -> Size:
    """A size in the simplest form that the facts allow."""
    return size if isinstance(size, int) else size.context.tidied(size)


def valued(size: Size, numbers: Mapping[str, int]) -> int:
    """The number that a size is where its symbols have these values. Raises KeyError, ZeroDivisionError."""
    if isinstance(size, int):
        return size
    found = 0
    for monomial, factor in size.terms:
        product = factor
        for atom in monomial:
            product *= numbers[atom.name] if isinstance(atom, Symbol) else _atom_value(atom, numbers)
        found += product
    return found


def _atom_value(atom: Floor | Positive, numbers: Mapping[str, int]) -> int:
    if isinstance(atom, Positive):
        return max(0, *(valued(size, numbers) for size in atom.sizes))
    return valued(atom.numerator, numbers) // valued(atom.divisor, numbers)


def _reaches(difference: Size, left: Size, sign: str, right: Size) -> bool:
    """Whether a difference is 0 or more."""
    if isinstance(difference, int):
        return difference >= 0
    return difference.context.asked(difference, ">=", lambda: f"{left} {sign} {right}")


def _terms(size: Size) -> tuple[tuple[Monomial, int], ...]:
    return (((), size),) if isinstance(size, int) else size.terms


def ordered(operator: str, left: Any, right: Any) -> bool:
    """`<`, `<=`, `>` or `>=` of numbers and sizes."""
    match operator:
        case "<":
            return bool(left < right)
        case "<=":
            return bool(left <= right)
        case ">":
            return bool(left > right)
        case _:
            return bool(left >= right)


def atom_order(atom: Atom) -> tuple[str, str]:
    """Where an atom stands in a product."""
    return (type(atom).__name__, _atom_key(atom))


def _term_order(term: tuple[Monomial, int]) -> tuple[int, str]:
    return (-len(term[0]), "*".join(map(_atom_key, term[0])))


def _atom_key(atom: Atom) -> str:
    return atom.name if isinstance(atom, Symbol) else "//".join(map(str, parts(atom)))
