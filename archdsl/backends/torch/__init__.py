"""Source to a running module: the one folder that imports torch, and the one place that runs generated source."""

from archdsl.backends.torch.run import build

__all__ = ["build"]
