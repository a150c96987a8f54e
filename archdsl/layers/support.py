"""Source of the few modules that PyTorch does not have; a compiled file holds those that it needs."""

TABLE_CONV = '''
class TableConv{n}d(nn.Module):
    """A convolution whose output maps read only the input maps that a table lists; no other connection exists."""

    def __init__(self, in_channels, table, kernel_size, stride=1, padding=0, dilation=1, bias=True):
        super().__init__()
        sources = [source for row in table for source in row]
        targets = [target for target, row in enumerate(table) for _ in row]
        self.register_buffer("sources", torch.tensor(sources), persistent=False)
        self.register_buffer("targets", torch.tensor(targets), persistent=False)
        self.maps = len(table)
        conv = nn.Conv{n}d(len(sources), len(sources), kernel_size, groups=len(sources), bias=False)
        self.weight = conv.weight
        self.bias = nn.Parameter(torch.zeros(len(table))) if bias else None
        self.stride, self.padding, self.dilation = stride, padding, dilation

    def forward(self, x):
        x = x.index_select(1, self.sources)
        x = F.conv{n}d(x, self.weight, None, self.stride, self.padding, self.dilation, groups=len(self.weight))
        y = x.new_zeros(x.shape[0], self.maps, *x.shape[2:]).index_add(1, self.targets, x)
        return y if self.bias is None else y + self.bias.view(-1, *[1] * {n})
'''

POSITION_CONV = '''
class PositionConv{n}d(nn.Conv{n}d):
    """A convolution with a bias of its own at each output position; `bias` is the shape of the bias."""

    def __init__(self, in_channels, out_channels, kernel_size, bias, **options):
        super().__init__(in_channels, out_channels, kernel_size, bias=False, **options)
        self.bias = nn.Parameter(torch.zeros(bias))

    def forward(self, x):
        return self._conv_forward(x, self.weight, None) + self.bias
'''

ASYMMETRIC_CONV = '''
class AsymmetricConv{n}d(nn.Conv{n}d):
    """A convolution with unequal padding at the two ends of an axis; `padding` is as F.pad has it, last axis first."""

    def __init__(self, in_channels, out_channels, kernel_size, padding, padding_mode="zeros", **options):
        super().__init__(in_channels, out_channels, kernel_size, **options)
        self.pads = padding
        self.pad_mode = "constant" if padding_mode == "zeros" else padding_mode

    def forward(self, x):
        return super().forward(F.pad(x, self.pads, mode=self.pad_mode))
'''

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
        return self._conv_forward(F.pad(x, self.pads, mode=self.pad_mode), self.weight, None) + self.bias
'''

SUBSAMPLE = '''
class Subsample{n}d(nn.AvgPool{n}d):
    """LeNet's subsampling: the sum of each window times one coefficient per map, plus one bias per map."""

    def __init__(self, channels, kernel_size, stride=None):
        super().__init__(kernel_size, stride)
        self.area = torch.Size(kernel_size).numel()
        self.weight = nn.Parameter(torch.full((channels,), 1 / self.area))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        ones = [1] * {n}
        return super().forward(x) * (self.area * self.weight).view(-1, *ones) + self.bias.view(-1, *ones)
'''

OPEN_MAX_POOL = '''
class OpenMaxPool1d(nn.MaxPool1d):
    """A max pool over steps whose number stays open in torch.export; F.max_pool1d holds it fast."""

    def forward(self, x):
        window = (1, self.kernel_size), (1, self.stride), (0, self.padding), (1, self.dilation), self.ceil_mode
        return F.max_pool2d(x.unsqueeze(2), *window).squeeze(2)
'''

GLOBAL_AVG_POOL = '''
class GlobalAvgPool(nn.Module):
    """The average of each channel over all positions."""

    def forward(self, x):
        return x.flatten(2).mean(2)
'''

GLOBAL_MAX_POOL = '''
class GlobalMaxPool(nn.Module):
    """The largest element of each channel over all positions."""

    def forward(self, x):
        return x.flatten(2).amax(2)
'''

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

SCALED_TANH = '''
class ScaledTanh(nn.Module):
    """amplitude * tanh(slope * x)."""

    def __init__(self, amplitude=1, slope=1):
        super().__init__()
        self.amplitude, self.slope = amplitude, slope

    def forward(self, x):
        return self.amplitude * torch.tanh(self.slope * x)
'''

SOFTMAX_ALL = '''
class SoftmaxAll(nn.Module):
    """Softmax over all elements of a sample together."""

    def forward(self, x):
        return F.softmax(x.flatten(1), 1).view_as(x)
'''
