"""LeNet-5: LeCun, Bottou, Bengio, Haffner 1998, "Gradient-Based Learning Applied to Document Recognition"."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

# Table I: the maps of S2 that each map of C3 reads.
C3_TABLE = [
    [0, 1, 2], [1, 2, 3], [2, 3, 4], [3, 4, 5], [0, 4, 5], [0, 1, 5],
    [0, 1, 2, 3], [1, 2, 3, 4], [2, 3, 4, 5], [0, 3, 4, 5], [0, 1, 4, 5], [0, 1, 2, 5],
    [0, 1, 3, 4], [1, 2, 4, 5], [0, 2, 3, 5],
    [0, 1, 2, 3, 4, 5],
]  # fmt: skip


def squash(x: Tensor) -> Tensor:
    return 1.7159 * torch.tanh(2 / 3 * x)


class Subsampling(nn.Module):
    """The sum of each 2x2 window, times a trained coefficient, plus a trained bias; one of each per map."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.coefficient = nn.Parameter(torch.full((channels, 1, 1), 0.25))
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))

    def forward(self, x: Tensor) -> Tensor:
        return self.coefficient * F.avg_pool2d(x, 2, divisor_override=1) + self.bias


class TableConv2d(nn.Module):
    """A convolution whose output maps each read only the input maps that the table lists for them."""

    def __init__(self, table: list[list[int]], kernel_size: int) -> None:
        super().__init__()
        self.table = table
        self.convs = nn.ModuleList(nn.Conv2d(len(maps), 1, kernel_size) for maps in table)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([conv(x[:, maps]) for conv, maps in zip(self.convs, self.table, strict=True)], dim=1)


class RBF(nn.Module):
    """The squared distance to a fixed prototype of +1 and -1 for each class."""

    def __init__(self, in_features: int, num_classes: int) -> None:
        super().__init__()
        generator = torch.Generator().manual_seed(0)
        prototypes = torch.randint(0, 2, (num_classes, in_features), generator=generator) * 2.0 - 1.0
        self.register_buffer("prototypes", prototypes)

    def forward(self, x: Tensor) -> Tensor:
        return (x.unsqueeze(1) - self.prototypes).square().sum(dim=2)


class LeNet5(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.c1 = nn.Conv2d(1, 6, 5)
        self.s2 = Subsampling(6)
        self.c3 = TableConv2d(C3_TABLE, 5)
        self.s4 = Subsampling(16)
        self.c5 = nn.Conv2d(16, 120, 5)
        self.f6 = nn.Linear(120, 84)
        self.output = RBF(84, 10)

    def forward(self, x: Tensor) -> Tensor:  # 1x32x32
        x = squash(self.c1(x))  # 6x28x28
        x = squash(self.s2(x))  # 6x14x14
        x = squash(self.c3(x))  # 16x10x10
        x = squash(self.s4(x))  # 16x5x5
        x = squash(self.c5(x))  # 120x1x1
        x = torch.flatten(x, 1)
        x = squash(self.f6(x))  # 84
        return self.output(x)  # 10
