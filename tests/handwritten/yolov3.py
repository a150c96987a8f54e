"""YOLOv3 by hand: Darknet-53 and three heads, as the table and the text of the paper have them."""

import torch
from torch import nn


class CBL(nn.Module):
    def __init__(self, before, c, k=3, s=1):
        super().__init__()
        self.conv = nn.Conv2d(before, c, k, stride=s, padding=k // 2, bias=False)
        self.bn = nn.BatchNorm2d(c)

    def forward(self, x):
        return nn.functional.leaky_relu(self.bn(self.conv(x)), 0.1)


class Residual(nn.Sequential):
    def __init__(self, c):
        super().__init__(CBL(c, c // 2, 1), CBL(c // 2, c))

    def forward(self, x):
        return x + super().forward(x)


def neck(before, c):
    return nn.Sequential(CBL(before, c, 1), CBL(c, 2 * c), CBL(2 * c, c, 1), CBL(c, 2 * c), CBL(2 * c, c, 1))


class Head(nn.Module):
    def __init__(self, before, c, boxes):
        super().__init__()
        self.add_module("0", CBL(before, c))
        self.conv = nn.Conv2d(c, boxes, 1)

    def forward(self, x):
        return self.conv(self.get_submodule("0")(x))


class YOLOv3(nn.Module):
    def __init__(self, width, labels, side):
        super().__init__()
        boxes, w = 3 * (5 + labels), width
        self.stem = CBL(3, w)
        for stage, n in ((1, 1), (2, 2), (3, 8), (4, 8), (5, 4)):
            c = 2**stage * w
            setattr(self, f"stage{stage}", nn.Sequential(CBL(c // 2, c, 3, 2), *(Residual(c) for _ in range(n))))
        self.neck1, self.coarse = neck(32 * w, 16 * w), Head(16 * w, 32 * w, boxes)
        self.up1 = nn.Sequential(CBL(16 * w, 8 * w, 1))
        self.neck2, self.middle = neck(24 * w, 8 * w), Head(8 * w, 16 * w, boxes)
        self.up2 = nn.Sequential(CBL(8 * w, 4 * w, 1))
        self.neck3, self.fine = neck(12 * w, 4 * w), Head(4 * w, 8 * w, boxes)

    def forward(self, x):
        third = self.stage3(self.stage2(self.stage1(self.stem(x))))
        fourth = self.stage4(third)
        first = self.neck1(self.stage5(fourth))
        up = nn.functional.interpolate(self.up1(first), scale_factor=2)
        second = self.neck2(torch.cat([up, fourth], 1))
        up = nn.functional.interpolate(self.up2(second), scale_factor=2)
        return self.coarse(first), self.middle(second), self.fine(self.neck3(torch.cat([up, third], 1)))
