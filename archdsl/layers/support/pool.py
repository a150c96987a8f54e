"""Source of pools that PyTorch does not have."""

SUBSAMPLE = '''
class Subsample{n}d(nn.AvgPool{n}d):
    """LeNet's subsampling: the sum of each window times one coefficient per map, plus one bias per map."""

    def __init__(self, channels, kernel_size, stride=None):
        super().__init__(kernel_size, stride)
        self.area = torch.Size(kernel_size).numel()
        self.weight = nn.Parameter(torch.full((channels,), 1 / self.area))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = F.avg_pool{n}d(x, self.kernel_size, self.stride)
        return x * (self.area * self.weight).view(-1, {ones}) + self.bias.view(-1, {ones})
'''

OPEN_MAX_POOL = '''
class OpenMaxPool1d(nn.MaxPool1d):
    """A max pool over steps whose number stays open in torch.export; F.max_pool1d holds it fast."""

    def forward(self, x):
        size, stride, padding, dilation = (1, self.kernel_size), (1, self.stride), (0, self.padding), (1, self.dilation)
        return F.max_pool2d(x.unsqueeze(2), size, stride, padding, dilation, self.ceil_mode).squeeze(2)
'''

PADDED_MAX_POOL = '''
class PaddedMaxPool{n}d(nn.MaxPool{n}d):
    """A max pool that puts -inf around its input first; `padding` is as F.pad has it, last axis first.

    A window may read nothing else: PyTorch's own then writes outside of the tensor in its backward pass.
    """

    def __init__(self, kernel_size, padding, stride=None, dilation=1):
        super().__init__(kernel_size, stride, dilation=dilation)
        self.pads = padding

    def forward(self, x):
        x = F.pad(x, self.pads, value=float("-inf"))
        return F.max_pool{n}d(x, self.kernel_size, self.stride, 0, self.dilation)
'''

PADDED_MAX_POOL_1D = PADDED_MAX_POOL.replace("{n}", "1").replace(
    """value=float("-inf"))
        return F.max_pool1d(x, self.kernel_size, self.stride, 0, self.dilation)""",
    """value=float("-inf")).unsqueeze(2)  # F.max_pool1d holds an open number of steps fast
        return F.max_pool2d(x, (1, self.kernel_size), (1, self.stride), 0, (1, self.dilation)).squeeze(2)""",
)

PADDED_AVG_POOL = '''
class PaddedAvgPool{n}d(nn.AvgPool{n}d):
    """An average pool that puts zeros around its input first; `padding` is as F.pad has it, last axis first.

    The average is over the elements of the input, and those of the padding that are `counted`.
    """

    def __init__(self, kernel_size, padding, counted, stride=None):
        super().__init__(kernel_size, stride)
        self.pads, self.counted = padding, counted
        self.rest = [whole - part for whole, part in zip(padding, counted, strict=True)]

    def forward(self, x):
        ones = F.pad(F.pad(torch.ones_like(x), self.counted, value=1.0), self.rest)
        share = F.avg_pool{n}d(ones, self.kernel_size, self.stride)
        return F.avg_pool{n}d(F.pad(x, self.pads), self.kernel_size, self.stride) / share
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

UNPOOL = '''
class Unpool{n}d(nn.MaxUnpool{n}d):
    """Each element back where the largest one of its window was, found anew from what was pooled."""

    def __init__(self, kernel_size, stride=None, padding=0, ceil_mode=False):
        super().__init__(kernel_size, stride, padding)
        self.ceil_mode = ceil_mode

    def forward(self, x, before):
        _, places = F.max_pool{n}d(
            before, self.kernel_size, self.stride, self.padding, ceil_mode=self.ceil_mode, return_indices=True
        )
        return F.max_unpool{n}d(x, places, self.kernel_size, self.stride, self.padding, before.shape)
'''
