"""Lines of PyTorch in a listing: printed models, `nn.Sequential` and single modules, by PyTorch's own signatures."""
