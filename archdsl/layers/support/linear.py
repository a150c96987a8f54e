"""Source of fully connected layers that PyTorch does not have."""

RBF = '''
class RBF(nn.Module):
    """Squared distances to fixed prototypes of +1 and -1; load the `prototypes` of an alphabet over them."""

    def __init__(self, in_features, out_features):
        super().__init__()
        x = torch.arange(1998, 1998 + in_features * out_features)
        for _ in range(4):
            x = x * x % 2147483647
        signs = (x >> 13) % 2 * 2.0 - 1
        self.register_buffer("prototypes", signs.view(out_features, in_features))

    def forward(self, x):
        return (x.unsqueeze(1) - self.prototypes).square().sum(2)
'''
