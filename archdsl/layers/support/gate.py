"""Source of gates that PyTorch does not have."""

SWIGLU = '''
class SwiGLU(nn.Module):
    """silu(first half) * second half of a dimension."""

    def __init__(self, dim):
        super().__init__()
        self.dim = dim

    def forward(self, x):
        first, second = x.chunk(2, self.dim)
        return F.silu(first) * second
'''
