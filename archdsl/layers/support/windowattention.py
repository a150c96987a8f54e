"""Source of attention within windows."""

WINDOW_ATTENTION = '''
def window_shift(rows: int, columns: int, shift: tuple[int, int]):
    """How far an image of so many windows is moved up and to the left; a single window is not shifted."""
    return shift[0] if rows > 1 else 0, shift[1] if columns > 1 else 0


def window_bias(bias, x, rows: int, columns: int, h: int, w: int, down: int, right: int):
    """The bias of each window `x`, with -100 for each pair of pixels that a shift brings together."""
    if down == 0 and right == 0:
        return bias
    y = torch.arange(rows * h, device=x.device)
    y = (y >= rows * h - h).long() + (y >= rows * h - down).long()
    z = torch.arange(columns * w, device=x.device)
    z = (z >= columns * w - w).long() + (z >= columns * w - right).long()
    parts = 3 * y.view(rows, 1, h, 1) + z.view(1, columns, 1, w)
    parts = parts.flatten(2).flatten(0, 1)
    apart = (parts[:, :, None] != parts[:, None]).to(x.dtype)[:, None] * -100
    return (bias + apart).repeat(x.shape[0] // (rows * columns), 1, 1, 1)


torch.fx.wrap("window_shift")
torch.fx.wrap("window_bias")


class WindowAttention(nn.Module):
    """Attention within windows of an image whose channels lie last, with a bias for each pair of places in a window."""

    def __init__(
        self, dim, window_size, shift_size, num_heads, qkv_bias=True, proj_bias=True, attention_dropout=0.0, dropout=0.0
    ):
        super().__init__()
        self.window_size, self.shift_size, self.num_heads = window_size, shift_size, num_heads
        self.attention_dropout, self.dropout = attention_dropout, dropout
        height, width = window_size
        table = 0.02 * torch.randn((2 * height - 1) * (2 * width - 1), num_heads)
        self.relative_position_bias_table = nn.Parameter(table)
        rows = torch.arange(height).repeat_interleave(width)
        columns = torch.arange(width).repeat(height)
        down = rows[:, None] - rows + height - 1
        right = columns[:, None] - columns + width - 1
        self.register_buffer("relative_position_index", (down * (2 * width - 1) + right).flatten())
        self.qkv = nn.Linear(dim, 3 * dim, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim, bias=proj_bias)

    def forward(self, x):
        batch, height, width = x.shape[0], x.shape[1], x.shape[2]
        h, w = self.window_size
        x = F.pad(x, (0, 0, 0, -width % w, 0, -height % h))
        rows, columns = x.shape[1] // h, x.shape[2] // w
        down, right = window_shift(rows, columns, self.shift_size)
        x = x.roll((-down, -right), (1, 2))
        x = x.unflatten(1, (rows, h)).unflatten(3, (columns, w)).transpose(2, 3).flatten(3, 4).flatten(0, 2)
        query, key, value = self.qkv(x).unflatten(2, (3, self.num_heads, -1)).permute(2, 0, 3, 1, 4).unbind(0)
        bias = self.relative_position_bias_table[self.relative_position_index]
        bias = bias.unflatten(0, (h * w, h * w)).permute(2, 0, 1)
        bias = window_bias(bias, x, rows, columns, h, w, down, right)
        dropped = self.attention_dropout if self.training else 0.0
        x = F.scaled_dot_product_attention(query, key, value, attn_mask=bias, dropout_p=dropped)
        x = F.dropout(self.proj(x.transpose(1, 2).flatten(2)), self.dropout, self.training)
        x = x.unflatten(0, (batch, rows, columns)).unflatten(3, (h, w)).transpose(2, 3).flatten(3, 4).flatten(1, 2)
        return x.roll((down, right), (1, 2))[:, :height, :width]
'''
