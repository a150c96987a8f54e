"""PointNet by hand, after fxia22/pointnet.pytorch, with its names."""

import torch
from torch import nn


class Turn(nn.Module):
    def __init__(self, k):
        super().__init__()
        self.k = k
        self.conv1, self.conv2, self.conv3 = nn.Conv1d(k, 64, 1), nn.Conv1d(64, 128, 1), nn.Conv1d(128, 1024, 1)
        self.fc1, self.fc2, self.fc3 = nn.Linear(1024, 512), nn.Linear(512, 256), nn.Linear(256, k * k)
        for number, c in enumerate((64, 128, 1024, 512, 256), 1):
            setattr(self, f"bn{number}", nn.BatchNorm1d(c))

    def forward(self, points):
        x = self.bn1(self.conv1(points)).relu()
        x = self.bn3(self.conv3(self.bn2(self.conv2(x)).relu())).relu().amax(2)
        x = self.fc3(self.bn5(self.fc2(self.bn4(self.fc1(x)).relu())).relu())
        turned = x.view(-1, self.k, self.k) + torch.eye(self.k)
        return (points.mT @ turned).mT


class Features(nn.Module):
    def __init__(self):
        super().__init__()
        self.stn, self.fstn = Turn(3), Turn(64)
        self.conv1, self.conv2, self.conv3 = nn.Conv1d(3, 64, 1), nn.Conv1d(64, 128, 1), nn.Conv1d(128, 1024, 1)
        self.bn1, self.bn2, self.bn3 = nn.BatchNorm1d(64), nn.BatchNorm1d(128), nn.BatchNorm1d(1024)

    def forward(self, points):
        x = self.fstn(self.bn1(self.conv1(self.stn(points))).relu())
        return self.bn3(self.conv3(self.bn2(self.conv2(x)).relu())).amax(2)


class PointNet(nn.Module):
    def __init__(self, n, classes):
        super().__init__()
        self.feat = Features()
        self.fc1, self.fc2, self.fc3 = nn.Linear(1024, 512), nn.Linear(512, 256), nn.Linear(256, classes)
        self.bn1, self.bn2 = nn.BatchNorm1d(512), nn.BatchNorm1d(256)

    def forward(self, points):
        x = self.bn1(self.fc1(self.feat(points.mT))).relu()
        return self.fc3(self.bn2(self.fc2(x)).relu())
