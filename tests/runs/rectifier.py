"""Rectifiers in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from torch import Tensor, nn

from runs.tensors import back, leading, made_of

if TYPE_CHECKING:
    from judge import Judge


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    relu = made_of(nn.ReLU)
    relu6 = made_of(nn.ReLU6)
    leakyrelu = made_of(nn.LeakyReLU, slope="negative_slope")
    rrelu = made_of(nn.RReLU, low="lower", high="upper")
    elu = made_of(nn.ELU, alpha="alpha")
    selu = made_of(nn.SELU)
    celu = made_of(nn.CELU, alpha="alpha")
    threshold = made_of(nn.Threshold, threshold="threshold", value="value")
    hardshrink = made_of(nn.Hardshrink, bound="lambd")
    softshrink = made_of(nn.Softshrink, bound="lambd")

    @staticmethod
    def prelu(judge: Judge, path: str, x: Tensor, per: str = "layer", init: float = 0.25) -> Tensor:
        y = leading(x)
        slopes = {"layer": 1, "channel": y.shape[1]}[per]
        return back(judge.module(path, nn.PReLU, slopes, init)(y))
