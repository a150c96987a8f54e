"""HRNet by hand, after HRNet-Image-Classification, with its names."""

import torch.nn.functional as F
from torch import nn


def cn(before, c, k=3, s=1, bias=False):
    return [nn.Conv2d(before, c, k, stride=s, padding=k // 2, bias=bias), nn.BatchNorm2d(c)]


def cnr(before, c, s=1, bias=False):
    return nn.Sequential(*cn(before, c, 3, s, bias), nn.ReLU())


class Residual(nn.Module):
    def __init__(self, before, *convs):
        super().__init__()
        for number, conv in enumerate(convs, 1):
            setattr(self, f"conv{number}", conv[0])
            setattr(self, f"bn{number}", conv[1])
        self.last = len(convs)
        c = convs[-1][1].num_features
        self.downsample = nn.Sequential(*cn(before, c, 1)) if before != c else nn.Identity()

    def forward(self, x):
        y = x
        for number in range(1, self.last + 1):
            y = getattr(self, f"bn{number}")(getattr(self, f"conv{number}")(y))
            y = y.relu() if number < self.last else y
        return (y + self.downsample(x)).relu()


def basic(c):
    return Residual(c, cn(c, c), cn(c, c))


def bottleneck(before, c):
    return Residual(before, cn(before, c, 1), cn(c, c), cn(c, 4 * c, 1))


class Exchange(nn.Module):
    def __init__(self, n, width):
        super().__init__()
        c = [2**i * width for i in range(n)]
        self.branches = nn.ModuleList(nn.Sequential(*(basic(one) for _ in range(4))) for one in c)
        self.fuse_layers = nn.ModuleList(nn.ModuleList(self.path(c, i, j) for j in range(n)) for i in range(n))

    @staticmethod
    def path(c, i, j):
        if j >= i:
            return nn.Sequential(*cn(c[j], c[i], 1)) if j > i else nn.Identity()
        steps = [cnr(c[j], c[j], 2) for _ in range(i - j - 1)]
        return nn.Sequential(*steps, nn.Sequential(*cn(c[j], c[i], 3, 2)))

    def forward(self, maps):
        maps = [branch(x) for branch, x in zip(self.branches, maps, strict=True)]
        found = []
        for i, row in enumerate(self.fuse_layers):
            parts = [path(x) for path, x in zip(row, maps, strict=True)]
            parts = [F.interpolate(x, scale_factor=2.0 ** (j - i)) if j > i else x for j, x in enumerate(parts)]
            found.append(sum(parts).relu())
        return found


class HRNet(nn.Module):
    def __init__(self, width, classes):
        super().__init__()
        self.conv1, self.bn1 = cn(3, 64, 3, 2)
        self.conv2, self.bn2 = cn(64, 64, 3, 2)
        self.layer1 = nn.Sequential(bottleneck(64, 64), *(bottleneck(256, 64) for _ in range(3)))
        new = nn.ModuleDict({"1": nn.Sequential(cnr(256, 2 * width, 2))})
        self.transition1 = nn.ModuleDict({"0": cnr(256, width), **new})
        self.transition2 = nn.ModuleDict({"2": nn.Sequential(cnr(2 * width, 4 * width, 2))})
        self.transition3 = nn.ModuleDict({"3": nn.Sequential(cnr(4 * width, 8 * width, 2))})
        self.stage2 = nn.Sequential(Exchange(2, width))
        self.stage3 = nn.Sequential(*(Exchange(3, width) for _ in range(4)))
        self.stage4 = nn.Sequential(*(Exchange(4, width) for _ in range(3)))
        sizes = [(2**i * width, 2**i * 32) for i in range(4)]
        self.incre_modules = nn.ModuleList(nn.Sequential(bottleneck(*pair)) for pair in sizes)
        self.downsamp_modules = nn.ModuleList(cnr(2**i * 128, 2**i * 256, 2, bias=True) for i in range(3))
        self.final_layer = nn.Sequential(*cn(1024, 2048, 1, bias=True))
        self.classifier = nn.Linear(2048, classes)

    def forward(self, x):
        x = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu())).relu()
        x = self.layer1(x)
        maps = self.stage2([self.transition1["0"](x), self.transition1["1"](x)])
        maps = self.stage3([*maps, self.transition2["2"](maps[-1])])
        maps = self.stage4([*maps, self.transition3["3"](maps[-1])])
        maps = [part(x) for part, x in zip(self.incre_modules, maps, strict=True)]
        x = maps[0]
        for down, other in zip(self.downsamp_modules, maps[1:], strict=True):
            x = other + down(x)
        return self.classifier(self.final_layer(x).relu().mean((2, 3)))
