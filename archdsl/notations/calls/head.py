"""The line of a layer from the arguments that another library has for it."""

from __future__ import annotations

import re

from archdsl.layers.values import Switch
from archdsl.notations.calls.arguments import attribute_by
from archdsl.notations.calls.call import Call
from archdsl.notations.calls.draft import LineDraft
from archdsl.notations.calls.spelling import is_default, one, spelled
from archdsl.typed import Any
from archdsl.vocabulary.arguments import ARGUMENTS, FROM_INPUT, IGNORED, IGNORED_ENDS

_PARAMETERS = ("heads", "wide", "dropout", "act", "prenorm", "bias", "eps")  # of the blocks of std.transformer


def head_of(draft: LineDraft) -> str:
    """The line of a draft: every argument that is left is a value of the kind, says nothing, or cannot be given."""
    _hold_input(draft)
    for name in (*draft.given, *(name for name in draft.defaults if name not in draft.given)):
        given = name in draft.given
        value = draft.given[name] if given else draft.defaults[name]
        attribute = attribute_of(draft, name)
        if attribute is not None and attribute not in draft.attributes:
            draft.attributes[attribute] = _converted(draft, attribute, value)
        elif given and not _says_nothing(draft, name, value):
            raise draft.refuse(f"cannot be given {name}={value if not isinstance(value, tuple) else list(value)} here")
    words = [draft.row.behind] if draft.row.behind else []
    return " ".join([*_head(draft), *words, *draft.words])


def _head(draft: LineDraft) -> list[str]:
    if draft.kind is None:
        return [_block(draft)]
    digit = re.search(r"[123](?=[dD](?:Transpose)?$)", draft.name)
    axes = int(digit.group()) if digit else draft.around.rank - 1 if draft.around.rank is not None else None
    return [spelled(draft.kind, draft.attributes, axes)]


def _block(draft: LineDraft) -> str:
    """A block of the shipped library: values by its parameters, the first without a name."""
    words = [draft.row.kind]
    for number, (name, value) in enumerate(draft.attributes.items()):
        if value is None:
            continue
        if isinstance(value, bool):
            words.append(name if value else f"no{name}")
        else:
            words.append(str(value) if number == 0 else f"{name}={value}")
    return " ".join(words)


def _says_nothing(draft: LineDraft, name: str, value: Any) -> bool:
    """Whether an argument may be left out: what the library has anyway, or what is no part of a network."""
    if name in draft.defaults and one(value) == draft.defaults[name]:
        return True
    return name in IGNORED or name.endswith(IGNORED_ENDS) or name in FROM_INPUT or value is None


def attribute_of(draft: LineDraft, argument: str) -> str | None:
    """The attribute that an argument of a library gives."""
    if draft.kind is None:
        return next((name for name in ARGUMENTS.get(argument, ()) if name in _PARAMETERS), None)
    return attribute_by(draft.kind, argument)


def _converted(draft: LineDraft, name: str, value: Any) -> Any:
    """A value as an attribute has it: words in small letters, None as the default."""
    if draft.kind is None or value is None:
        return value
    attribute = draft.kind.attributes[name]
    if isinstance(value, Call):
        raise draft.refuse(f"cannot be given {value.name} as {name}")
    if isinstance(value, str) and attribute.type.choices:
        return value.lower()
    if isinstance(value, tuple):
        return tuple("same" if item is None and "same" in attribute.type.choices else item for item in value)
    if isinstance(value, str) and not attribute.required and not is_default(attribute, value):
        raise draft.refuse(f'cannot be given {name}="{value}"')
    return bool(value) if isinstance(attribute.type, Switch) and isinstance(value, int) else value


def _hold_input(draft: LineDraft) -> None:
    """Hold what a call states of its input against the input; it is no part of the line."""
    for name in FROM_INPUT:
        if attribute_of(draft, name) is not None or name not in draft.given:
            continue
        stated, came = draft.given.pop(name), draft.around.channels
        known = FROM_INPUT[name] and isinstance(stated, int) and isinstance(came, int)
        if known and stated != came:
            raise draft.refuse(f"has {name}={stated}, and its input has {came} channels ({draft.around.shape})")
