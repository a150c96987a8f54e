"""Source of relative positions."""

DISTANCE_BUCKETS = '''
def distance_buckets(query, key, buckets: int, spread: float, onesided: bool):
    """The bucket of how far each step of `key` is from each of `query`; near ones have their own, far ones share.

    `spread` is the logarithm of the distance from which all share the last bucket, over that of the first shared one.
    """
    steps = torch.arange(query.shape[1], device=query.device)[:, None]
    ahead = torch.arange(key.shape[1], device=query.device) - steps
    later = (ahead > 0).long() * (0 if onesided else buckets // 2)
    count = buckets if onesided else buckets // 2
    distance = (-ahead).clamp(min=0) if onesided else ahead.abs()
    near = count // 2
    grown = torch.log(distance.clamp(min=1).float() / near) / spread * (count - near)
    far = (near + grown.long()).clamp(max=count - 1)
    return later + torch.where(distance < near, distance, far)


torch.fx.wrap("distance_buckets")
'''

PIXEL_DISTANCES = '''
def pixel_distances(x):
    """The number of the difference between the places of each two pixels of an image, row by row."""
    height, width = x.shape[2], x.shape[3]
    rows = torch.arange(height, device=x.device).repeat_interleave(width)
    columns = torch.arange(width, device=x.device).repeat(height)
    down = rows[:, None] - rows + height - 1
    return down * (2 * width - 1) + columns[:, None] - columns + width - 1


torch.fx.wrap("pixel_distances")
'''
