"""The JSON Schema of the records, made of their types: `python -m archdsl.reports.schema` writes it."""

from __future__ import annotations

import types
from json import dumps
from typing import Any, Literal, NotRequired, Union, get_args, get_origin, get_type_hints, is_typeddict

from archdsl.data import SCHEMAS
from archdsl.reports import records
from archdsl.reports.records import SCHEMA, CheckRecord, SummaryRecord

PATH = SCHEMAS / f"archdsl-{SCHEMA}.schema.json"
_PLAIN = {bool: "boolean", int: "integer", float: "number", str: "string", type(None): "null"}
_JSON = get_args(get_type_hints(SummaryRecord)["parameters"])[1]
_ORDER = ("boolean", "integer", "number", "string", "null")


def schema() -> dict[str, Any]:
    """The schema: a summary, or the list of a check; each record is a definition of its own."""
    found = [each for each in vars(records).values() if is_typeddict(each)]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"What archdsl writes with --format json, schema {SCHEMA}",
        "description": "An object of `summary`, or the list of objects of `check`. More fields may come.",
        "anyOf": [_reference(SummaryRecord), {"type": "array", "items": _reference(CheckRecord)}],
        "$defs": {_name(each): _record(each) for each in found},
    }


def written() -> str:
    """The schema as its file has it."""
    return dumps(schema(), indent=2) + "\n"


def _name(record: Any) -> str:
    """`layer` for `LayerRecord`."""
    return str(record.__name__).removesuffix("Record").lower()


def _reference(record: Any) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{_name(record)}"}


def _record(record: Any) -> dict[str, Any]:
    hints = get_type_hints(record, include_extras=True)
    properties = {name: _type(hint) for name, hint in hints.items()}
    if "schema" in properties:
        properties["schema"] = {"const": SCHEMA}
    required = [name for name, hint in hints.items() if get_origin(hint) is not NotRequired]
    return {"description": record.__doc__, "type": "object", "required": required, "properties": properties}


def _type(hint: Any) -> dict[str, Any]:
    """The schema of a type. The values of attributes are whatever JSON can hold."""
    if hint == _JSON:
        return {"type": ["boolean", "number", "string", "array", "object", "null"]}
    if is_typeddict(hint):
        return _reference(hint)
    arguments = get_args(hint)
    match get_origin(hint):
        case None:
            return {"type": _PLAIN[hint]}
        case origin if origin is Literal:
            return {"enum": list(arguments)}
        case origin if origin is NotRequired:
            return _type(arguments[0])
        case origin if origin in (Union, types.UnionType):
            return _either([_type(each) for each in arguments])
        case origin if origin is list:
            return {"type": "array", "items": _type(arguments[0])}
    return {"type": "object", "additionalProperties": _type(arguments[1])}


def _either(parts: list[dict[str, Any]]) -> dict[str, Any]:
    """One of several types, plain ones as a list of names."""
    if all(set(part) == {"type"} and isinstance(part["type"], str) for part in parts):
        return {"type": sorted((part["type"] for part in parts), key=_ORDER.index)}
    return {"anyOf": parts}


if __name__ == "__main__":
    PATH.write_text(written(), encoding="utf-8")
