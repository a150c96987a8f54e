"""Norms over the last axes in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import AXES, DELIBERATE, OWN, kept, trailing

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def ln(judge: Judge, path: str, x: Tensor, axes: Any = "channels", eps: float = 1e-5, affine: bool = True,
           bias: bool = True) -> Tensor:  # fmt: skip
        return normed(judge, path, x, nn.LayerNorm, axes, eps, affine, bias=bias)

    @staticmethod
    def rmsnorm(
        judge: Judge, path: str, x: Tensor, axes: Any = "channels", eps: float | None = None, affine: bool = True
    ) -> Tensor:
        return normed(judge, path, x, nn.RMSNorm, axes, eps, affine)


def normed(
    judge: Judge, path: str, x: Tensor, make: Any, axes: Any, eps: float | None, affine: bool, **more: bool
) -> Tensor:
    """Turn the axes to the end, those that are not normalised before them in the order of one of the two layouts."""
    if eps is not None and eps < 0:
        raise Refused(DELIBERATE["eps"])
    names = AXES[x.dim() - 2]
    whole = names if x.dim() <= 3 else ("channels", *names[:-1])
    wanted = whole if axes == "all" else tuple(axes) if isinstance(axes, list) else (axes,)
    layouts = [names, ("channels", *names[:-1])]
    found = [order for order in layouts if wanted and order[len(order) - len(wanted) :] == wanted]
    if not found:
        raise Refused(OWN["last"])
    turned = trailing(x).permute(0, *(1 + names.index(name) for name in found[0]))
    module = judge.module(path, make, tuple(turned.shape[-len(wanted) :]), eps, affine, **more)
    return kept(module(turned).permute(0, *(1 + found[0].index(name) for name in names)))
