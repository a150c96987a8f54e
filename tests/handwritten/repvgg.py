"""RepVGG by hand, after DingXiaoH/RepVGG, with its names."""

from torch import nn


def conv_bn(before, c, k, stride):
    conv = nn.Conv2d(before, c, k, stride=stride, padding=k // 2, bias=False)
    return nn.ModuleDict({"conv": conv, "bn": nn.BatchNorm2d(c)})


class Layer(nn.Module):
    def __init__(self, before, c, stride, deploy):
        super().__init__()
        self.deploy = deploy
        if deploy:
            self.rbr_reparam = nn.Conv2d(before, c, 3, stride=stride, padding=1)
            return
        self.rbr_dense, self.rbr_1x1 = conv_bn(before, c, 3, stride), conv_bn(before, c, 1, stride)
        self.rbr_identity = nn.BatchNorm2d(c) if before == c and stride == 1 else None

    def forward(self, x):
        if self.deploy:
            return self.rbr_reparam(x).relu()
        y = sum(part["bn"](part["conv"](x)) for part in (self.rbr_dense, self.rbr_1x1))
        return (y if self.rbr_identity is None else y + self.rbr_identity(x)).relu()


class RepVGG(nn.Module):
    def __init__(self, size, deploy, classes):
        super().__init__()
        assert size == "A0"
        before = 48
        self.stage0 = Layer(3, before, 2, deploy)
        for stage, (c, n) in enumerate([(48, 2), (96, 4), (192, 14), (1280, 1)], 1):
            layers = [Layer(before, c, 2, deploy), *(Layer(c, c, 1, deploy) for _ in range(n - 1))]
            setattr(self, f"stage{stage}", nn.Sequential(*layers))
            before = c
        self.linear = nn.Linear(before, classes)

    def forward(self, x):
        x = self.stage4(self.stage3(self.stage2(self.stage1(self.stage0(x)))))
        return self.linear(x.mean((2, 3)))
