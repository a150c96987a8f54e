"""EfficientNet B0 by hand with TensorFlow's `same` padding, and the names of timm."""

import torch.nn.functional as F
from torch import nn


class Same(nn.Conv2d):
    """Windows at ceil(size / stride) places; where the padding is odd, the end has one more."""

    def forward(self, x):
        pads = []
        for size, k, s in zip(reversed(x.shape[2:]), reversed(self.kernel_size), reversed(self.stride), strict=True):
            whole = max((-(-size // s) - 1) * s + k - size, 0)
            pads += [whole // 2, whole - whole // 2]
        return super().forward(F.pad(x, pads))


def norm(c):
    return nn.BatchNorm2d(c, eps=0.001)


class Excite(nn.Module):
    def __init__(self, c, narrow):
        super().__init__()
        self.conv_reduce = nn.Conv2d(c, narrow, 1)
        self.conv_expand = nn.Conv2d(narrow, c, 1)

    def forward(self, x):
        return x * self.conv_expand(F.silu(self.conv_reduce(x.mean((2, 3), keepdim=True)))).sigmoid()


class Plain(nn.Module):
    def __init__(self, before, c):
        super().__init__()
        self.conv_dw, self.bn1 = Same(before, before, 3, groups=before, bias=False), norm(before)
        self.se = Excite(before, before // 4)
        self.conv_pw, self.bn2 = nn.Conv2d(before, c, 1, bias=False), norm(c)

    def forward(self, x):
        return self.bn2(self.conv_pw(self.se(F.silu(self.bn1(self.conv_dw(x))))))


class MBConv(nn.Module):
    def __init__(self, before, c, k, s):
        super().__init__()
        wide = 6 * before
        self.added = s == 1 and before == c
        self.conv_pw, self.bn1 = nn.Conv2d(before, wide, 1, bias=False), norm(wide)
        self.conv_dw, self.bn2 = Same(wide, wide, k, stride=s, groups=wide, bias=False), norm(wide)
        self.se = Excite(wide, before // 4)
        self.conv_pwl, self.bn3 = nn.Conv2d(wide, c, 1, bias=False), norm(c)

    def forward(self, x):
        y = F.silu(self.bn2(self.conv_dw(F.silu(self.bn1(self.conv_pw(x))))))
        y = self.bn3(self.conv_pwl(self.se(y)))
        return x + y if self.added else y


class EfficientNetTF(nn.Module):
    def __init__(self, side, classes):
        super().__init__()
        self.conv_stem, self.bn1 = Same(3, 32, 3, stride=2, bias=False), norm(32)
        stages, before = [nn.Sequential(Plain(32, 16))], 16
        for k, s, c, n in ((3, 2, 24, 2), (5, 2, 40, 2), (3, 2, 80, 3), (5, 1, 112, 3), (5, 2, 192, 4), (3, 1, 320, 1)):
            stages.append(nn.Sequential(*(MBConv(c if i else before, c, k, 1 if i else s) for i in range(n))))
            before = c
        self.blocks = nn.Sequential(*stages)
        self.conv_head, self.bn2 = nn.Conv2d(320, 1280, 1, bias=False), norm(1280)
        self.classifier = nn.Linear(1280, classes)

    def forward(self, x):
        x = self.blocks(F.silu(self.bn1(self.conv_stem(x))))
        return self.classifier(F.silu(self.bn2(self.conv_head(x))).mean((2, 3)))
