"""AlexNet's shapes, parameters and multiply-accumulates from PyTorch alone, on the meta device, briefly."""

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode


def count(module: nn.Module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())


torch.set_default_device("meta")
model = nn.Sequential(
    *(nn.Conv2d(3, 96, 11, stride=4), nn.ReLU(), nn.MaxPool2d(3, 2), nn.LocalResponseNorm(5)),
    *(nn.Conv2d(96, 256, 5, padding=2), nn.ReLU(), nn.MaxPool2d(3, 2), nn.LocalResponseNorm(5)),
    *(nn.Conv2d(256, 384, 3, padding=1), nn.ReLU()),
    *(nn.Conv2d(384, 384, 3, padding=1), nn.ReLU()),
    *(nn.Conv2d(384, 256, 3, padding=1), nn.ReLU(), nn.MaxPool2d(3, 2)),
    *(nn.Flatten(), nn.Linear(9216, 4096), nn.ReLU(), nn.Dropout()),
    *(nn.Linear(4096, 4096), nn.ReLU(), nn.Dropout(), nn.Linear(4096, 1000)),
)
for layer in model:
    layer.register_forward_hook(lambda layer, _, y: print(layer, tuple(y.shape), count(layer)))
with torch.no_grad(), FlopCounterMode(display=False) as counter:
    model(torch.empty(1, 3, 227, 227))
print(count(model), "params,", counter.get_total_flops() // 2, "macs")
