"""GoogLeNet with both auxiliary classifiers: Szegedy et al. 2014, "Going Deeper with Convolutions"."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Inception(nn.Module):
    """Table 1's six numbers: 1x1, 3x3 reduce, 3x3, 5x5 reduce, 5x5, pool projection."""

    def __init__(self, in_channels: int, c1: int, r3: int, c3: int, r5: int, c5: int, cp: int) -> None:
        super().__init__()
        self.branch1 = nn.Sequential(nn.Conv2d(in_channels, c1, 1), nn.ReLU(inplace=True))
        self.branch2 = nn.Sequential(
            nn.Conv2d(in_channels, r3, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(r3, c3, 3, padding=1),
            nn.ReLU(inplace=True),
        )
        self.branch3 = nn.Sequential(
            nn.Conv2d(in_channels, r5, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(r5, c5, 5, padding=2),
            nn.ReLU(inplace=True),
        )
        self.branch4 = nn.Sequential(
            nn.MaxPool2d(3, stride=1, padding=1),
            nn.Conv2d(in_channels, cp, 1),
            nn.ReLU(inplace=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([self.branch1(x), self.branch2(x), self.branch3(x), self.branch4(x)], dim=1)


class AuxiliaryHead(nn.Module):
    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.pool = nn.AvgPool2d(5, stride=3)
        self.conv = nn.Conv2d(in_channels, 128, 1)
        self.fc1 = nn.Linear(4 * 4 * 128, 1024)
        self.dropout = nn.Dropout(0.7)
        self.fc2 = nn.Linear(1024, num_classes)

    def forward(self, x: Tensor) -> Tensor:
        x = F.relu(self.conv(self.pool(x)))  # 128x4x4
        x = F.relu(self.fc1(torch.flatten(x, 1)))
        return self.fc2(self.dropout(x))


class GoogLeNet(nn.Module):
    def __init__(self, num_classes: int = 1000) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(3, 64, 7, stride=2, padding=3),  # 64x112x112
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),  # 64x56x56
            nn.LocalResponseNorm(5, alpha=5e-4, k=2),
            nn.Conv2d(64, 64, 1),
            nn.ReLU(inplace=True),
            nn.Conv2d(64, 192, 3, padding=1),  # 192x56x56
            nn.ReLU(inplace=True),
            nn.LocalResponseNorm(5, alpha=5e-4, k=2),
            nn.MaxPool2d(3, stride=2, ceil_mode=True),  # 192x28x28
        )
        self.inception3a = Inception(192, 64, 96, 128, 16, 32, 32)
        self.inception3b = Inception(256, 128, 128, 192, 32, 96, 64)
        self.pool3 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception4a = Inception(480, 192, 96, 208, 16, 48, 64)
        self.inception4b = Inception(512, 160, 112, 224, 24, 64, 64)
        self.inception4c = Inception(512, 128, 128, 256, 24, 64, 64)
        self.inception4d = Inception(512, 112, 144, 288, 32, 64, 64)
        self.inception4e = Inception(528, 256, 160, 320, 32, 128, 128)
        self.pool4 = nn.MaxPool2d(3, stride=2, ceil_mode=True)
        self.inception5a = Inception(832, 256, 160, 320, 32, 128, 128)
        self.inception5b = Inception(832, 384, 192, 384, 48, 128, 128)
        self.avgpool = nn.AvgPool2d(7)
        self.dropout = nn.Dropout(0.4)
        self.fc = nn.Linear(1024, num_classes)
        self.aux1 = AuxiliaryHead(512, num_classes)
        self.aux2 = AuxiliaryHead(528, num_classes)

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:  # 3x224x224
        x = self.stem(x)  # 192x28x28
        x = self.inception3a(x)  # 256x28x28
        x = self.inception3b(x)  # 480x28x28
        x = self.pool3(x)  # 480x14x14
        x = self.inception4a(x)  # 512x14x14
        aux1 = self.aux1(x)
        x = self.inception4b(x)
        x = self.inception4c(x)
        x = self.inception4d(x)  # 528x14x14
        aux2 = self.aux2(x)
        x = self.inception4e(x)  # 832x14x14
        x = self.pool4(x)  # 832x7x7
        x = self.inception5a(x)
        x = self.inception5b(x)  # 1024x7x7
        x = torch.flatten(self.avgpool(x), 1)  # 1024
        return self.fc(self.dropout(x)), aux1, aux2
