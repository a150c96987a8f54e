"""The names of `typing`, without its import, which costs a tenth of a check; and named tuples made without it.

A type checker sees those of `typing`. While the program runs, a name that only annotations need stands for nothing, and
a named tuple is made of the names of its fields alone: `typing` compiles the annotation of each.
"""

from __future__ import annotations

from collections import namedtuple

TYPE_CHECKING = False  # type checkers take a name such as this for true
new = tuple.__new__  # `new(Value, (1, shape))`: with all fields, and in a third of the time of the class

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

    _OF_CLASSES = frozenset(("__module__", "__qualname__", "__annotations__"))

    class _Making(type):
        """Makes a named tuple of a class that names its fields."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, object]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body.get("__annotations__", ()))
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(name, fields, defaults=defaults, module=body["__module__"])
            made.__qualname__, made.__annotations__ = body["__qualname__"], body.get("__annotations__", {})
            for key, value in body.items():
                if key not in _OF_CLASSES and key not in fields:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Making):
        """The base of a class that becomes a named tuple of its fields, in their order."""
