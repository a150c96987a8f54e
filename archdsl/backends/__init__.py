"""Floor 6: what a checked network becomes. Tables, JSON, PyTorch source, and, in `torch/` alone, a running module."""
