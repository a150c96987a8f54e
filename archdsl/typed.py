"""The names of `typing`, without its import, which costs a tenth of a check; and named tuples made without it.

A type checker sees those of `typing`. While the program runs, a name that only annotations need stands for nothing, and
a named tuple is made of the names of its fields alone: `typing` compiles the annotation of each, and `collections` the
constructor of every class, of which a check has a hundred.
"""

from __future__ import annotations

from collections import (  # type: ignore[attr-defined]
    _tuplegetter,
    namedtuple,
)
from collections.abc import Iterable
from types import CodeType, FunctionType

TYPE_CHECKING = False  # type checkers take a name such as this for true
new = tuple.__new__  # `new(Value, (1, shape))`: with all fields, and in a third of the time of the class

_CODES: dict[int, CodeType] = {}  # of constructors, by the number of fields


class _Named(tuple):  # type: ignore[type-arg]
    """What every named tuple has beside its fields, as those of `collections` have it."""

    __slots__ = ()
    _fields: tuple[str, ...] = ()

    @classmethod
    def _make(cls, values: Iterable[object]) -> _Named:
        made = new(cls, values)
        if len(made) != len(cls._fields):
            raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, here {len(made)} values")
        return made

    def _replace(self, /, **values: object) -> _Named:
        made = new(type(self), map(values.pop, self._fields, self))
        if values:
            raise ValueError(f"{type(self).__name__} has no fields {list(values)}")
        return made

    def _asdict(self) -> dict[str, object]:
        return dict(zip(self._fields, self, strict=True))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map('{}={!r}'.format, self._fields, self))})"

    def __getnewargs__(self) -> tuple[object, ...]:
        return tuple(self)


def _constructor(fields: tuple[str, ...], defaults: tuple[object, ...]) -> FunctionType:
    """`__new__` of a named tuple. `collections` compiles it once for each number of fields; it is given their names."""
    count = len(fields)
    if count not in _CODES:
        _CODES[count] = namedtuple("_OfSize", [f"field{place}" for place in range(count)]).__new__.__code__
    code = _CODES[count].replace(co_varnames=("cls", *fields))
    return FunctionType(code, {"_tuple_new": new}, "__new__", defaults)


if TYPE_CHECKING:
    from typing import Any as Any
    from typing import BinaryIO as BinaryIO
    from typing import ClassVar as ClassVar
    from typing import Generic as Generic
    from typing import Literal as Literal
    from typing import NamedTuple as NamedTuple
    from typing import NoReturn as NoReturn
    from typing import Protocol as Protocol
    from typing import SupportsIndex as SupportsIndex
    from typing import TextIO as TextIO
    from typing import TypeAlias as TypeAlias
    from typing import TypeVar as TypeVar
    from typing import cast as cast
    from typing import overload as overload
else:

    class _Nothing:
        """Stands where a type would: in an alias, behind a class, within brackets."""

        __slots__ = ()

        def __class_getitem__(cls, _: object) -> type:
            return cls

    Any = BinaryIO = ClassVar = Generic = Literal = NoReturn = Protocol = SupportsIndex = TextIO = TypeAlias = _Nothing

    def TypeVar(name: str, **_: object) -> type:
        return _Nothing

    def cast(_: object, value: object) -> object:
        return value

    def overload(function: object) -> object:
        return function

    class _Making(type):
        """Makes a named tuple of a class that names its fields."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            given = {field: body[field] for field in fields if field in body}
            body |= {field: _tuplegetter(place, None) for place, field in enumerate(fields)}
            body |= {
                "__slots__": (),
                "__match_args__": fields,
                "__new__": _constructor(fields, tuple(given.values())),
                "_fields": fields,
                "_field_defaults": given,
            }
            return type(name, (_Named,), body)

    class NamedTuple(metaclass=_Making):
        """The base of a class that becomes a named tuple of its fields, in their order."""
