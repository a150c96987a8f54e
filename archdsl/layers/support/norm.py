"""Source of norms that PyTorch has as functions alone."""

NORMALIZE = '''
class Normalize(nn.Module):
    """x divided by its p-norm along a dimension."""

    def __init__(self, p=2.0, dim=1, eps=1e-12):
        super().__init__()
        self.p, self.dim, self.eps = p, dim, eps

    def forward(self, x):
        return F.normalize(x, self.p, self.dim, self.eps)
'''

NORMALIZE_ALL = '''
class NormalizeAll(nn.Module):
    """x divided by the p-norm of all elements of a sample together."""

    def __init__(self, p=2.0, eps=1e-12):
        super().__init__()
        self.p, self.eps = p, eps

    def forward(self, x):
        return F.normalize(x.flatten(1), self.p, 1, self.eps).view_as(x)
'''
