"""ResNet-50 with the strides where the paper puts them: He, Zhang, Ren, Sun 2015, "Deep Residual Learning"."""

import torch
from torch import Tensor, nn


class Bottleneck(nn.Module):
    """Stride in the first 1x1 convolution; the output has four times the channels of the middle."""

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, channels, 1, stride=stride, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.conv2 = nn.Conv2d(channels, channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(channels)
        self.conv3 = nn.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * channels)
        self.relu = nn.ReLU(inplace=True)
        self.downsample = None
        if stride != 1 or in_channels != 4 * channels:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, 4 * channels, 1, stride=stride, bias=False),
                nn.BatchNorm2d(4 * channels),
            )

    def forward(self, x: Tensor) -> Tensor:
        identity = x if self.downsample is None else self.downsample(x)
        out = self.relu(self.bn1(self.conv1(x)))
        out = self.relu(self.bn2(self.conv2(out)))
        out = self.bn3(self.conv3(out))
        return self.relu(out + identity)


def make_layer(in_channels: int, channels: int, blocks: int, stride: int = 1) -> nn.Sequential:
    layers = [Bottleneck(in_channels, channels, stride)]
    for _ in range(1, blocks):
        layers.append(Bottleneck(4 * channels, channels))
    return nn.Sequential(*layers)


class ResNet50(nn.Module):
    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = make_layer(64, 64, 3)
        self.layer2 = make_layer(256, 128, 4, stride=2)
        self.layer3 = make_layer(512, 256, 6, stride=2)
        self.layer4 = make_layer(1024, 512, 3, stride=2)
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.fc = nn.Linear(2048, num_classes)

    def forward(self, x: Tensor) -> Tensor:  # 3x224x224
        x = self.relu(self.bn1(self.conv1(x)))  # 64x112x112
        x = self.maxpool(x)  # 64x56x56
        x = self.layer1(x)  # 256x56x56
        x = self.layer2(x)  # 512x28x28
        x = self.layer3(x)  # 1024x14x14
        x = self.layer4(x)  # 2048x7x7
        x = torch.flatten(self.avgpool(x), 1)  # 2048
        return self.fc(x)
