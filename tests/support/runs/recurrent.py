"""Recurrent layers in PyTorch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from support.drawn import Refused

if TYPE_CHECKING:
    from support.judge import Judge

INPUTS = {"RNN": (1, 2), "GRU": (1, 2), "LSTM": (1, 3)}  # states to begin with beside the steps


class Runs:
    """Each kind in PyTorch: `x` as values are kept, the attributes by the language's names."""

    @staticmethod
    def rnn(judge: Judge, path: str, x: Tensor, *states: Tensor, nonlinearity: str = "tanh", **values: Any) -> Any:
        return recurrence(judge, path, nn.RNN, x, states, values, nonlinearity=nonlinearity)

    @staticmethod
    def gru(judge: Judge, path: str, x: Tensor, *states: Tensor, **values: Any) -> Any:
        return recurrence(judge, path, nn.GRU, x, states, values)

    @staticmethod
    def lstm(judge: Judge, path: str, x: Tensor, *states: Tensor, proj: int = 0, **values: Any) -> Any:
        return recurrence(judge, path, nn.LSTM, x, states, values, proj_size=proj)


def recurrence(judge: Judge, path: str, kind: Any, x: Tensor, states: tuple[Tensor, ...], values: dict[str, Any],
               **more: Any) -> list[Tensor]:  # fmt: skip
    """All steps or the last states of the top layer, and the states, the batch in front."""
    if x.dim() != 3 or any(state.dim() != 3 for state in states):
        raise Refused("one sequence, and a row for each state")
    last, both = values.pop("last", False), values.get("bidirectional", False)
    hidden, layers = values.pop("hidden"), values.pop("layers", 1)
    module = judge.module(path, kind, x.shape[-1], hidden, layers, batch_first=True, **values, **more)
    begin = [state.transpose(0, 1).contiguous() for state in states]
    if begin:
        y, ends = module(x, tuple(begin) if kind is nn.LSTM else begin[0])
    else:
        y, ends = module(x)
    found = list(ends) if kind is nn.LSTM else [ends]
    if last:
        y = torch.cat([found[0][-2], found[0][-1]], 1) if both else found[0][-1]
    return [y, *(state.transpose(0, 1) for state in found)]
