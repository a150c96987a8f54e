"""Rectifiers in PyTorch."""

from __future__ import annotations

from math import isinf
from typing import TYPE_CHECKING

from torch import Tensor, nn

from support.drawn import Refused
from support.runs.tensors import DELIBERATE, back, leading, made_of

if TYPE_CHECKING:
    from support.judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    relu = made_of(nn.ReLU)
    relu6 = made_of(nn.ReLU6)
    leakyrelu = made_of(nn.LeakyReLU, slope="negative_slope")
    rrelu = made_of(nn.RReLU, low="lower", high="upper")
    elu = made_of(nn.ELU, alpha="alpha")
    selu = made_of(nn.SELU)
    threshold = made_of(nn.Threshold, threshold="threshold", value="value")
    hardshrink = made_of(nn.Hardshrink, bound="lambd")
    softshrink = made_of(nn.Softshrink, bound="lambd")

    @staticmethod
    def celu(judge: Judge, path: str, x: Tensor, alpha: float = 1) -> Tensor:
        if alpha != 0 and isinf(1 / alpha):
            raise Refused(DELIBERATE["celu"])
        return nn.CELU(alpha)(x)

    @staticmethod
    def prelu(judge: Judge, path: str, x: Tensor, per: str = "layer", init: float = 0.25) -> Tensor:
        y = leading(x)
        slopes = {"layer": 1, "channel": y.shape[1]}[per]
        return back(judge.module(path, nn.PReLU, slopes, init)(y))
