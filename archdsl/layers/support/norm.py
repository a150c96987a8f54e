"""Source of norms that PyTorch has as functions alone."""

NORMALIZE = '''
class Normalize(nn.Module):
    """x divided by its p-norm along a dimension, or along several together."""

    def __init__(self, p=2, dim=1, eps=1e-12):
        super().__init__()
        self.p, self.dim, self.eps = p, dim, eps

    def forward(self, x):
        return F.normalize(x, self.p, self.dim, self.eps)
'''
