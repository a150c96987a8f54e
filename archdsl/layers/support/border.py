"""Source of crops, which PyTorch does not have as modules."""

CROP = '''
class Crop(nn.Module):
    """`margin` elements removed at both ends of each axis after the channels."""

    def __init__(self, margin):
        super().__init__()
        self.margin = margin

    def forward(self, x):
        for axis in range(2, x.dim()):
            x = x.narrow(axis, self.margin, x.shape[axis] - 2 * self.margin)
        return x
'''

CROP_SIDES = '''
class CropSides(nn.Module):
    """Elements cut off at each end of each axis after the channels; `sides` has a pair for each."""

    def __init__(self, sides):
        super().__init__()
        self.sides = sides

    def forward(self, x):
        for axis, (before, after) in enumerate(self.sides, 2):
            x = x.narrow(axis, before, x.shape[axis] - before - after)
        return x
'''

CENTER_CROP = '''
class CenterCrop(nn.Module):
    """The middle of each axis after the channels; `size` has what is left of each, None for all."""

    def __init__(self, size):
        super().__init__()
        self.size = size

    def forward(self, x):
        for axis, size in enumerate(self.size, 2):
            if size is not None:
                x = x.narrow(axis, (x.shape[axis] - size) // 2, size)
        return x
'''
