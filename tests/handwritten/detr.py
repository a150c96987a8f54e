"""DETR by hand: a ResNet-50 as torchvision has it, and nn.MultiheadAttention in the layers of the authors' code."""

import torch
from torch import nn


class Bottleneck(nn.Module):
    def __init__(self, before, c, stride):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(before, c, 1, bias=False), nn.BatchNorm2d(c)
        self.conv2, self.bn2 = nn.Conv2d(c, c, 3, stride=stride, padding=1, bias=False), nn.BatchNorm2d(c)
        self.conv3, self.bn3 = nn.Conv2d(c, 4 * c, 1, bias=False), nn.BatchNorm2d(4 * c)
        if before != 4 * c:
            short = nn.Conv2d(before, 4 * c, 1, stride=stride, bias=False), nn.BatchNorm2d(4 * c)
            self.downsample = nn.Sequential(*short)

    def forward(self, x):
        y = self.bn1(self.conv1(x)).relu()
        y = self.bn3(self.conv3(self.bn2(self.conv2(y)).relu()))
        return (y + (self.downsample(x) if hasattr(self, "downsample") else x)).relu()


class Body(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False), nn.BatchNorm2d(64)
        before = 64
        for stage, (c, n) in enumerate([(64, 3), (128, 4), (256, 6), (512, 3)], 1):
            first = Bottleneck(before, c, 1 if stage == 1 else 2)
            before = 4 * c
            setattr(self, f"layer{stage}", nn.Sequential(first, *(Bottleneck(before, c, 1) for _ in range(n - 1))))

    def forward(self, x):
        x = nn.functional.max_pool2d(self.bn1(self.conv1(x)).relu(), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


class Encoder(nn.Module):
    def __init__(self, d, heads, wide):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d, heads, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(d, wide), nn.Linear(wide, d)
        self.norm1, self.norm2 = nn.LayerNorm(d), nn.LayerNorm(d)

    def forward(self, x, places):
        x = self.norm1(x + self.self_attn(x + places, x + places, x)[0])
        return self.norm2(x + self.linear2(self.linear1(x).relu()))


class Decoder(nn.Module):
    def __init__(self, d, heads, wide):
        super().__init__()
        self.self_attn = nn.MultiheadAttention(d, heads, batch_first=True)
        self.multihead_attn = nn.MultiheadAttention(d, heads, batch_first=True)
        self.linear1, self.linear2 = nn.Linear(d, wide), nn.Linear(wide, d)
        self.norm1, self.norm2, self.norm3 = nn.LayerNorm(d), nn.LayerNorm(d), nn.LayerNorm(d)

    def forward(self, x, query, memory, places):
        x = self.norm1(x + self.self_attn(x + query, x + query, x)[0])
        x = self.norm2(x + self.multihead_attn(x + query, memory + places, memory)[0])
        return self.norm3(x + self.linear2(self.linear1(x).relu()))


class DETR(nn.Module):
    def __init__(self, d, heads, L, wide, queries, objects):
        super().__init__()
        self.backbone = nn.ModuleList([nn.ModuleDict({"body": Body()})])
        self.input_proj = nn.Conv2d(2048, d, 1)
        self.query_embed = nn.Embedding(queries, d)
        self.transformer = nn.ModuleDict(
            {
                "encoder": nn.ModuleDict({"layers": nn.ModuleList(Encoder(d, heads, wide) for _ in range(L))}),
                "decoder": nn.ModuleDict(
                    {"layers": nn.ModuleList(Decoder(d, heads, wide) for _ in range(L)), "norm": nn.LayerNorm(d)}
                ),
            }
        )
        self.class_embed = nn.Linear(d, objects + 1)
        layers = nn.Linear(d, d), nn.ReLU(), nn.Linear(d, d), nn.ReLU(), nn.Linear(d, 4)
        self.bbox_embed = nn.ModuleDict({"layers": nn.Sequential(*layers)})

    def forward(self, image, places):
        memory = self.input_proj(self.backbone[0]["body"](image)).flatten(2).transpose(1, 2)
        places = places.flatten(2).transpose(1, 2)
        for layer in self.transformer["encoder"]["layers"]:
            memory = layer(memory, places)
        x = torch.zeros_like(self.query_embed.weight).expand(len(image), -1, -1)
        for layer in self.transformer["decoder"]["layers"]:
            x = layer(x, self.query_embed.weight, memory, places)
        x = self.transformer["decoder"]["norm"](x)
        return self.class_embed(x), self.bbox_embed["layers"](x).sigmoid()
