"""Masks of attention: what a mask must be, and how PyTorch computes where a query may look."""

from __future__ import annotations

from archdsl.layers.refusal import Refusal
from archdsl.sizes.shape import Shape
from archdsl.sizes.size import Size, same

_MEANS = {"mask": "true: may look", "padding": "true: a real step"}
_ADDED = 'float("-inf")'


def check_mask(kind: str, mask: Shape, queries: Size, keys: Size, heads: Size) -> None:
    """Refuse a mask that is not queries x keys, or queries x keys x heads, of truth values or of numbers."""
    if mask.dtype == "int64":
        message = f"mask of {kind} is bool ({_MEANS['mask']}) or numbers that are added, and {mask} contains integers"
        raise Refusal("dtype-mismatch", message, blame="mask")
    wanted = Shape((queries, keys), mask.dtype)
    if mask.rank not in (2, 3):
        each = Shape((queries, keys, heads), mask.dtype)
        message = f"mask of {kind} must be {wanted}, queries and keys, or {each}, a mask for each head; it is {mask}"
        raise Refusal("rank-mismatch", message, blame="mask")
    axes = (("first", queries, "queries"), ("second", keys, "keys"), ("third", heads, "heads"))
    for size, (place, expected, what) in zip(mask.sizes, axes, strict=False):
        if not same(size, expected):
            message = f"mask of {kind} is {mask}: its {place} axis must be {expected}, the {what}, not {size}"
            raise Refusal("shape-mismatch", message, blame="mask")


def check_padding(kind: str, padding: Shape, keys: Size) -> None:
    """Refuse what is not one truth value for each key."""
    if padding.dtype != "bool":
        contains = "integers" if padding.dtype == "int64" else "features"
        message = f"padding of {kind} is bool ({_MEANS['padding']}), and {padding} contains {contains}"
        raise Refusal("dtype-mismatch", message, blame="padding")
    wanted = Shape((keys,), "bool")
    if padding.rank != 1:
        message = f"padding of {kind} must be {wanted}, one value for each key, and it is {padding}"
        raise Refusal("rank-mismatch", message, blame="padding")
    if not same(padding.sizes[0], keys):
        message = f"padding of {kind} is {padding}: its axis must be {keys}, the keys, not {padding.sizes[0]}"
        raise Refusal("shape-mismatch", message, blame="padding")


def looked_at(
    mask: int | None, padding: int | None, inputs: tuple[Shape, ...], *, causal: bool
) -> tuple[str, bool, int]:
    """Where queries may look, of a mask, a padding or both: the text, whether it is of truth values, and its axes.

    `mask` and `padding` are their places among the inputs. A text with an operator is in brackets.
    """
    if mask is None:
        text = f"{{{padding}}}"
        return (f"{text}[:, None].expand(-1, {{0}}.shape[1], -1).tril()", True, 2) if causal else (text, True, 1)
    text, truths, rank = f"{{{mask}}}", inputs[mask].dtype == "bool", inputs[mask].rank
    if causal:
        later = f"torch.ones_like({text}, dtype=torch.bool).triu(1)"
        text = f"{text}.tril()" if truths else f"{text}.masked_fill({later}, {_ADDED})"
    if padding is not None:
        real = f"{{{padding}}}[:, None{', None' * (rank - 2)}]"
        text = f"({text} & {real})" if truths else f"{text}.masked_fill(~{real}, {_ADDED})"
    return text, truths, rank
