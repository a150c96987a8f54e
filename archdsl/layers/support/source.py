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

STRETCHED = '''
def stretched(tensor, like, axes: int):
    """A tensor of so many axes beside the batch once for each sample of another."""
    return tensor.expand([like.shape[0]] + [-1] * axes)


torch.fx.wrap("stretched")
'''
