"""Source of tensors that are not learned."""

CONSTANT = '''
class Constant(nn.Module):
    """A tensor whose elements are all one value, made for each batch with the device and the dtype of `like`."""

    def __init__(self, size, value=0):
        super().__init__()
        self.size, self.value = size, value

    def forward(self, like):
        return like.new_full(self.size, self.value).expand(like.shape[0], *self.size)
'''

VALUES = '''
def tensor_like(like, rows: list[list[float]], size: list[int]):
    """A tensor of these numbers for each sample of another, with its device and its dtype."""
    tensor = torch.tensor(rows, dtype=like.dtype, device=like.device)
    return tensor.view(size).expand([like.shape[0]] + [-1] * len(size))


torch.fx.wrap("tensor_like")


class Values(nn.Module):
    """A tensor of numbers, made for each batch with the device and the dtype of `like`."""

    def __init__(self, rows, size):
        super().__init__()
        self.rows, self.size = rows, list(size)

    def forward(self, like):
        return tensor_like(like, self.rows, self.size)
'''

SINUSOID = '''
def sinusoid(like, steps: int, channels: int):
    """Sines of each step in the even channels, cosines in the odd ones, with the device and the dtype of `like`."""
    exact = torch.float64 if like.dtype == torch.float64 else torch.float32
    pairs = torch.arange(0, channels, 2, dtype=exact, device=like.device)
    angles = torch.arange(steps, dtype=exact, device=like.device)[:, None] * 10000.0 ** (-pairs / channels)
    return torch.stack((angles.sin(), angles.cos()), 2).flatten(1)[:, :channels].to(like.dtype)


torch.fx.wrap("sinusoid")
'''

STRETCHED = '''
def stretched(tensor, like, axes: int):
    """A tensor of so many axes beside the batch once for each sample of another."""
    return tensor.expand([like.shape[0]] + [-1] * axes)


torch.fx.wrap("stretched")
'''
