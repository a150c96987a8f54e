"""Source of dropout that PyTorch does not have."""

STOCHASTIC_DEPTH = '''
class StochasticDepth(nn.Module):
    """In training, zeros in place of whole samples (row) or of a whole batch; the others are divided by 1 - p."""

    def __init__(self, p, mode="row"):
        super().__init__()
        self.p, self.mode = p, mode

    def forward(self, x):
        if not self.training or self.p == 0:
            return x
        samples = x.shape[0] if self.mode == "row" else 1
        kept = x.new_empty([samples] + [1] * (x.dim() - 1)).bernoulli_(1 - self.p)
        return x * (kept if self.p == 1 else kept / (1 - self.p))
'''
