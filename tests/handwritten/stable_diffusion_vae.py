"""The autoencoder of Stable Diffusion by hand, after CompVis/stable-diffusion; the levels of `up` as they run."""

import torch
import torch.nn.functional as F
from torch import nn


def norm(groups, c):
    return nn.GroupNorm(groups, c, eps=1e-6)


class Residual(nn.Module):
    def __init__(self, before, c, groups):
        super().__init__()
        self.norm1, self.conv1 = norm(groups, before), nn.Conv2d(before, c, 3, padding=1)
        self.norm2, self.conv2 = norm(groups, c), nn.Conv2d(c, c, 3, padding=1)
        if before != c:
            self.nin_shortcut = nn.Conv2d(before, c, 1)

    def forward(self, x):
        y = self.conv2(F.silu(self.norm2(self.conv1(F.silu(self.norm1(x))))))
        return y + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class Attention(nn.Module):
    def __init__(self, c, groups):
        super().__init__()
        self.norm = norm(groups, c)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(c, c, 1) for _ in range(4))

    def forward(self, x):
        y = self.norm(x)
        q, k, v = (one(y).flatten(2) for one in (self.q, self.k, self.v))
        weights = (q.mT @ k / q.shape[1] ** 0.5).softmax(2)
        return x + self.proj_out((v @ weights.mT).view_as(x))


class Middle(nn.Module):
    def __init__(self, c, groups):
        super().__init__()
        self.block_1, self.block_2 = Residual(c, c, groups), Residual(c, c, groups)
        self.attn_1 = Attention(c, groups)

    def forward(self, x):
        return self.block_2(self.attn_1(self.block_1(x)))


class Level(nn.Module):
    def __init__(self, before, c, groups, n, **last):
        super().__init__()
        self.block = nn.Sequential(Residual(before, c, groups), *(Residual(c, c, groups) for _ in range(n - 1)))
        for name, part in last.items():
            self.add_module(name, nn.ModuleDict({"conv": part}))

    def forward(self, x):
        x = self.block(x)
        if hasattr(self, "downsample"):
            x = self.downsample["conv"](F.pad(x, (0, 1, 0, 1)))
        if hasattr(self, "upsample"):
            x = self.upsample["conv"](F.interpolate(x, scale_factor=2))
        return x


class Encoder(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.conv_in = nn.Conv2d(3, width, 3, padding=1)
        self.down, before = nn.Sequential(), width
        for i, c in enumerate((width, 2 * width, 4 * width, 4 * width)):
            last = {"downsample": nn.Conv2d(c, c, 3, stride=2)} if i < 3 else {}
            self.down.append(Level(before, c, groups, 2, **last))
            before = c
        self.mid = Middle(before, groups)
        self.norm_out, self.conv_out = norm(groups, before), nn.Conv2d(before, 8, 3, padding=1)

    def forward(self, x):
        return self.conv_out(F.silu(self.norm_out(self.mid(self.down(self.conv_in(x))))))


class Decoder(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        before = 4 * width
        self.conv_in = nn.Conv2d(4, before, 3, padding=1)
        self.mid, self.up = Middle(before, groups), nn.Sequential()
        for i, c in enumerate((4 * width, 4 * width, 2 * width, width)):
            last = {"upsample": nn.Conv2d(c, c, 3, padding=1)} if i < 3 else {}
            self.up.append(Level(before, c, groups, 3, **last))
            before = c
        self.norm_out, self.conv_out = norm(groups, before), nn.Conv2d(before, 3, 3, padding=1)

    def forward(self, x):
        return self.conv_out(F.silu(self.norm_out(self.up(self.mid(self.conv_in(x))))))


class StableDiffusionVAE(nn.Module):
    def __init__(self, width, groups):
        super().__init__()
        self.encoder, self.quant_conv = Encoder(width, groups), nn.Conv2d(8, 8, 1)
        self.post_quant_conv, self.decoder = nn.Conv2d(4, 4, 1), Decoder(width, groups)

    def forward(self, image):
        mean, log = self.quant_conv(self.encoder(image)).chunk(2, 1)
        latent = mean + torch.exp(0.5 * log.clamp(-30, 20)) * torch.randn_like(mean)
        return self.decoder(self.post_quant_conv(latent)), mean, log
