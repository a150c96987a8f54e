"""Activations that are named by an argument of a layer."""

from __future__ import annotations

from archdsl.notations.calls.call import Call
from archdsl.notations.calls.draft import LineDraft
from archdsl.typed import Any
from archdsl.vocabulary.keras import ACTIVATIONS


def activation(draft: LineDraft) -> None:
    """`Activation("relu")` is the kind itself."""
    draft.text = activated(draft, draft.take("activation")) or "ID"


def activated(draft: LineDraft, name: Any) -> str:
    """The line of an activation that an argument names; empty for none."""
    if name is None:
        return ""
    word = str(name.name if isinstance(name, Call) else name).rpartition(".")[2].lower()
    if word not in ACTIVATIONS:
        raise draft.refuse(f"cannot be given activation={word}")
    return ACTIVATIONS[word]
