"""Source of convolutions that PyTorch does not have."""

TABLE_CONV = '''
def table_maps(numbers: list[int], like):
    """Numbers of maps as a tensor beside another."""
    return torch.tensor(numbers, device=like.device)


torch.fx.wrap("table_maps")


class TableConv{n}d(nn.Module):
    """A convolution whose output maps read only the input maps that a table lists; no other connection exists."""

    def __init__(self, in_channels, table, kernel_size, stride=1, padding=0, dilation=1, bias=True):
        super().__init__()
        self.sources = [source for row in table for source in row]
        self.targets = [target for target, row in enumerate(table) for _ in row]
        self.maps, self.pairs = len(table), len(self.sources)
        conv = nn.Conv{n}d(self.pairs, self.pairs, kernel_size, groups=self.pairs, bias=False)
        self.weight = conv.weight
        self.bias = nn.Parameter(torch.zeros(len(table))) if bias else None
        self.stride, self.padding, self.dilation = stride, padding, dilation

    def forward(self, x):
        x = x.index_select(1, table_maps(self.sources, x))
        x = F.conv{n}d(x, self.weight, None, self.stride, self.padding, self.dilation, groups=self.pairs)
        y = x.new_zeros([x.shape[0], self.maps, {sizes}]).index_add(1, table_maps(self.targets, x), x)
        return y if self.bias is None else y + self.bias.view(-1, {ones})
'''

POSITION_CONV = '''
class PositionConv{n}d(nn.Conv{n}d):
    """A convolution with a bias of its own at each output position; `bias` is the shape of the bias."""

    def __init__(self, in_channels, out_channels, kernel_size, bias, **options):
        super().__init__(in_channels, out_channels, kernel_size, bias=False, **options)
        self.bias = nn.Parameter(torch.zeros(bias))

    def forward(self, x):
        y, bias = self._conv_forward(x, self.weight, None), self.bias
        return y if bias is None else y + bias
'''

_SIDES_CONV = """
class {name}{n}d(nn.Conv{n}d):
    {doc}

    def __init__(self, in_channels, out_channels, kernel_size, padding, padding_mode="zeros", **options):
        super().__init__(in_channels, out_channels, kernel_size, **options)
        self.pads = padding
        self.pad_mode = "constant" if padding_mode == "zeros" else padding_mode

    def forward(self, x):
        return self._conv_forward(F.pad(x, self.pads, mode=self.pad_mode), self.weight, self.bias)
"""

_ASYMMETRIC = '''\
"""A convolution with unequal padding at the two ends of an axis; `padding` is as F.pad has it, last axis first."""\
'''

_PADDED = '''\
"""A convolution that puts its padding around the input first; `padding` is as F.pad has it, last axis first.

    PyTorch's own (2.13) can end the process where no window reads an element of the input along the last axis.
    """\
'''

ASYMMETRIC_CONV = _SIDES_CONV.replace("{name}", "AsymmetricConv").replace("{doc}", _ASYMMETRIC)

PADDED_CONV = _SIDES_CONV.replace("{name}", "PaddedConv").replace("{doc}", _PADDED)

ASYMMETRIC_TABLE_CONV = (
    TABLE_CONV.replace("class TableConv", "class AsymmetricTableConv")
    .replace("x = x.index_select", "x = F.pad(x, self.padding).index_select")
    .replace("None, self.stride, self.padding,", "None, self.stride, 0,")
)

ASYMMETRIC_POSITION_CONV = '''
class AsymmetricPositionConv{n}d(nn.Conv{n}d):
    """A convolution with a bias at each output position and unequal padding, as F.pad has it, last axis first."""

    def __init__(self, in_channels, out_channels, kernel_size, bias, padding, padding_mode="zeros", **options):
        super().__init__(in_channels, out_channels, kernel_size, bias=False, **options)
        self.pads = padding
        self.pad_mode = "constant" if padding_mode == "zeros" else padding_mode
        self.bias = nn.Parameter(torch.zeros(bias))

    def forward(self, x):
        y, bias = self._conv_forward(F.pad(x, self.pads, mode=self.pad_mode), self.weight, None), self.bias
        return y if bias is None else y + bias
'''
