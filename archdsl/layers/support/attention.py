"""Source of attention that PyTorch does not have as a module."""

CAUSAL_ATTENTION = '''
class CausalAttention(nn.MultiheadAttention):
    """Attention in which no step reads a later one."""

    def forward(self, query, key, value):
        size = query.shape[1], key.shape[1]
        later = torch.ones(size, dtype=torch.bool, device=query.device).triu(1)
        plain = self.bias_k is None and not self.add_zero_attn  # one more key is no later one
        return super().forward(query, key, value, attn_mask=later, is_causal=plain, need_weights=False)[0]
'''

ATTEND = '''
class Attend(nn.Module):
    """Scaled dot-product attention of heads side by side; a head of keys and values may serve several of queries."""

    def __init__(self, heads=1, kvheads=None, causal=False, dropout=0, scale=None):
        super().__init__()
        self.heads, self.kvheads = heads, kvheads or heads
        self.causal, self.dropout, self.scale = causal, dropout, scale

    def forward(self, query, key, value):
        query = query.unflatten(2, (self.heads, -1)).transpose(1, 2)
        key = key.unflatten(2, (self.kvheads, -1)).transpose(1, 2)
        value = value.unflatten(2, (self.kvheads, -1)).transpose(1, 2)
        x = F.scaled_dot_product_attention(
            query,
            key,
            value,
            dropout_p=self.dropout if self.training else 0.0,
            is_causal=self.causal,
            scale=self.scale,
            enable_gqa=self.heads != self.kvheads,
        )
        return x.transpose(1, 2).flatten(2)
'''

ROTARY = '''
class Rotary(nn.Module):
    """Turn pairs of channels of each head by angles that grow with the step: the halves of a head, or neighbours."""

    def __init__(self, heads=1, base=10000, dims=None, interleaved=False):
        super().__init__()
        self.heads, self.base, self.dims, self.interleaved = heads, base, dims, interleaved

    def forward(self, x):
        y = x.unflatten(2, (self.heads, -1))
        dims = self.dims or y.shape[3]
        exact = torch.float64 if x.dtype == torch.float64 else torch.float32
        steps = torch.arange(x.shape[1], dtype=exact, device=x.device)
        pairs = torch.arange(0, dims, 2, dtype=exact, device=x.device)
        angles = (steps[:, None] * self.base ** (-pairs / dims))[:, None]
        cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
        turned, kept = y[..., :dims], y[..., dims:]
        if self.interleaved:
            a, b = turned[..., ::2], turned[..., 1::2]
        else:
            a, b = turned.chunk(2, -1)
        a, b = a * cos - b * sin, b * cos + a * sin
        turned = torch.stack((a, b), -1).flatten(3) if self.interleaved else torch.cat((a, b), -1)
        return torch.cat((turned, kept), -1).flatten(2)
'''
