"""The dueling network by hand, as section 3 and section 4.2 of the paper have it."""

from torch import nn


class DuelingDQN(nn.Module):
    def __init__(self, actions):
        super().__init__()
        self.conv1 = nn.Conv2d(4, 32, 8, stride=4)
        self.conv2 = nn.Conv2d(32, 64, 4, stride=2)
        self.conv3 = nn.Conv2d(64, 64, 3)
        self.value = nn.Sequential(nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, 1))
        self.advantage = nn.Sequential(nn.Linear(3136, 512), nn.ReLU(), nn.Linear(512, actions))

    def forward(self, x):
        x = self.conv3(self.conv2(self.conv1(x).relu()).relu()).relu().flatten(1)
        value, advantage = self.value(x), self.advantage(x)
        return value + advantage - advantage.mean(1, keepdim=True)
