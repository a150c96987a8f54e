"""ConvMixer by hand: the code of the paper's Figure 3, with its names, and RELU where it is asked for."""

from torch import nn


class Residual(nn.Module):
    def __init__(self, fn):
        super().__init__()
        self.fn = fn

    def forward(self, x):
        return self.fn(x) + x


class ConvMixer(nn.Sequential):
    def __init__(self, d, depth, kernel, relu, patch, classes):
        act = nn.ReLU if relu else nn.GELU
        layers = [
            nn.Sequential(
                Residual(nn.Sequential(nn.Conv2d(d, d, kernel, groups=d, padding="same"), act(), nn.BatchNorm2d(d))),
                nn.Conv2d(d, d, 1),
                act(),
                nn.BatchNorm2d(d),
            )
            for _ in range(depth)
        ]
        stem = nn.Conv2d(3, d, patch, stride=patch), act(), nn.BatchNorm2d(d)
        super().__init__(*stem, *layers, nn.AdaptiveAvgPool2d((1, 1)), nn.Flatten(), nn.Linear(d, classes))
