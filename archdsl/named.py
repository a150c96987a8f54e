"""Named tuples, made without the machinery of `typing`, which compiles every annotation: a fifth of a check.

A type checker sees `typing.NamedTuple`; what is made is the same but for bases beside it.
"""

from __future__ import annotations

from collections import namedtuple

new = tuple.__new__  # `new(Value, (1, shape))`: with all fields, and in a third of the time of the class
TYPE_CHECKING = False  # as `typing` has it, which is not imported here

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
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
