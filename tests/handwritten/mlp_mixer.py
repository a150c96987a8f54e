"""MLP-Mixer by hand, with the names of timm."""

from torch import nn


class Mlp(nn.Module):
    def __init__(self, size, wide):
        super().__init__()
        self.fc1 = nn.Linear(size, wide)
        self.fc2 = nn.Linear(wide, size)

    def forward(self, x):
        return self.fc2(nn.functional.gelu(self.fc1(x)))


class Layer(nn.Module):
    def __init__(self, d, steps, tokens, wide):
        super().__init__()
        self.norm1 = nn.LayerNorm(d, eps=1e-6)
        self.mlp_tokens = Mlp(steps, tokens)
        self.norm2 = nn.LayerNorm(d, eps=1e-6)
        self.mlp_channels = Mlp(d, wide)

    def forward(self, x):
        x = x + self.mlp_tokens(self.norm1(x).transpose(1, 2)).transpose(1, 2)
        return x + self.mlp_channels(self.norm2(x))


class MLPMixer(nn.Module):
    def __init__(self, d, L, patch, tokens, wide, classes, side):
        super().__init__()
        self.stem = nn.ModuleDict({"proj": nn.Conv2d(3, d, patch, stride=patch)})
        self.blocks = nn.Sequential(*(Layer(d, (side // patch) ** 2, tokens, wide) for _ in range(L)))
        self.norm = nn.LayerNorm(d, eps=1e-6)
        self.head = nn.Linear(d, classes)

    def forward(self, x):
        x = self.stem["proj"](x).flatten(2).transpose(1, 2)
        return self.head(self.norm(self.blocks(x)).mean(1))
