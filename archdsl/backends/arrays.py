"""A symbolic size for many values of its symbols at once: integers or NumPy arrays, always exact."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import index

from archdsl.sizes.size import Atom, Floor, Positive, Size, Symbol, symbols, valued
from archdsl.typed import TYPE_CHECKING, Any, TypeAlias, overload

if TYPE_CHECKING:
    from numpy import int64, integer
    from numpy.typing import NDArray

    Whole: TypeAlias = int | integer

_CHUNK = 2**15  # elements worked on at once: what stays in a core's cache
_LARGEST = 2**63  # integers of an array lie below


class Formula:
    """A count as a function of the symbolic dimensions.

    `formula(width=64)` is a number, `formula(width=numpy.arange(1, 1000))` an array; arrays for several names are
    broadcast against one another. `names` are those of its symbols, and `str` is the formula as Python writes it.
    """

    def __init__(self, size: Size, known: tuple[str, ...]) -> None:
        used = symbols(size)
        self.size = size
        self.names = tuple(name for name in known if name in used)
        self._known = known  # values of what is open elsewhere in the network are taken, too

    def __str__(self) -> str:
        return str(self.size)

    def __repr__(self) -> str:
        return f"<formula of {', '.join(self.names) or 'nothing'}: {self}>"

    @overload
    def __call__(self, **values: Whole) -> int: ...  # type: ignore[overload-overlap]  # of numbers alone

    @overload
    def __call__(self, **values: Whole | Sequence[int] | NDArray[integer]) -> NDArray[int64]: ...

    def __call__(self, **values: Whole | Sequence[int] | NDArray[integer]) -> int | NDArray[int64]:
        """The count for integers or arrays of integers, as many as there are names.

        Arrays give an array of int64, or of Python's own integers where the count may be 2**63 or more. It does not ask
        whether the network holds at these sizes; `Model.allows` does. Raises TypeError for other names or values.
        """
        missing = [f"{name} is not given" for name in self.names if name not in values]
        unknown = [f"nothing is called {name}" for name in values if name not in self._known]
        if wrong := [*missing, *unknown]:
            raise TypeError(f"the formula needs {', '.join(self.names) or 'no values'}, and {wrong[0]}")
        if not any(hasattr(value, "__len__") or hasattr(value, "dtype") for value in values.values()):
            return valued(self.size, {name: _whole(name, value) for name, value in values.items()})
        return _over_arrays(self.size, values)


def _whole(name: str, value: Any) -> int:
    try:
        if not isinstance(value, bool):
            return index(value)
    except Exception:  # whatever the type of the value does when it is asked
        pass
    raise TypeError(f"{name} must be an integer or an array of integers, not {type(value).__name__}")


def _over_arrays(size: Size, values: Mapping[str, Any]) -> Any:
    """The sizes for arrays of values, in the shape that they are broadcast to."""
    import numpy

    arrays = {name: _array(name, value) for name, value in values.items()}
    shape = numpy.broadcast_shapes(*(array.shape for array in arrays.values()))
    most = {name: max((abs(int(array.max())), abs(int(array.min())))) for name, array in arrays.items() if array.size}
    exact = not all(array.size for array in arrays.values()) or _bound(size, most) < _LARGEST
    kind = numpy.int64 if exact else object
    flat = {name: numpy.broadcast_to(array.astype(kind), shape).reshape(-1) for name, array in arrays.items()}
    found = numpy.empty(shape, dtype=kind).reshape(-1)
    for start in range(0, found.size, _CHUNK):
        part = slice(start, start + _CHUNK)
        found[part] = SymbolArrays({name: array[part] for name, array in flat.items()}).of(size)
    return found.reshape(shape)


def _array(name: str, value: Any) -> Any:
    import numpy

    try:
        array = numpy.asarray(value)
    except Exception:  # lists of unequal lengths, or within one another without end
        raise TypeError(
            f"{name} must be an integer or an array of integers, and this cannot be converted to an array"
        ) from None
    if array.dtype.kind not in "iu" and not (array.dtype == object and all(type(n) is int for n in array.flat)):
        raise TypeError(f"{name} must hold integers, not {array.dtype}")
    return array


def _bound(size: Size, most: Mapping[str, int]) -> int:
    """A number that nothing on the way to a size exceeds, where the symbols are at most so large."""
    if isinstance(size, int):
        return abs(size)
    found = 0
    for monomial, factor in size.terms:
        product = abs(factor)
        for atom in monomial:
            product *= max(1, _bound_of(atom, most))
        found += product
    return found


def _bound_of(atom: Atom, most: Mapping[str, int]) -> int:
    match atom:
        case Symbol(name, _):
            return most[name]
        case Floor(numerator, divisor):
            return _bound(numerator, most) + 1 + (0 if isinstance(divisor, int) else _bound(divisor, most))
        case Positive(sizes):
            return max(_bound(size, most) for size in sizes)


class SymbolArrays:
    """The arrays of the symbols, and of what was worked out from them."""

    def __init__(self, arrays: Mapping[str, Any]) -> None:
        self._arrays = arrays
        self._atoms: dict[Atom, Any] = {}
        self._products: dict[tuple[Atom, ...], Any] = {}

    def of(self, size: Size) -> Any:
        """A size, element by element."""
        if isinstance(size, int):
            return size
        found: Any = 0
        for monomial, factor in size.terms:
            found = found + (self._product(monomial) * factor if monomial else factor)
        return found

    def _product(self, monomial: tuple[Atom, ...]) -> Any:
        """A product of atoms, from the one without the last."""
        if len(monomial) == 1:
            return self._atom(monomial[0])
        if monomial not in self._products:
            self._products[monomial] = self._product(monomial[:-1]) * self._atom(monomial[-1])
        return self._products[monomial]

    def _atom(self, atom: Atom) -> Any:
        if isinstance(atom, Symbol):
            return self._arrays[atom.name]
        if atom not in self._atoms:
            self._atoms[atom] = self._derived(atom)
        return self._atoms[atom]

    def _derived(self, atom: Floor | Positive) -> Any:
        if isinstance(atom, Floor):
            return self.of(atom.numerator) // self.of(atom.divisor)
        largest = 0
        for size in atom.sizes:
            above = self.of(size) - largest
            largest = largest + above * (above > 0)
        return largest
