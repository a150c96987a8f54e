"""Source of softmaxes that PyTorch does not have."""

SOFTMAX_ALL = '''
class {module}All(nn.Module):
    """{module} over all elements of a sample together."""

    def forward(self, x):
        return {function}(x.flatten(1), 1).view_as(x)
'''
