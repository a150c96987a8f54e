"""Source of attention that PyTorch does not have as a module."""

CAUSAL_ATTENTION = '''
class CausalAttention(nn.MultiheadAttention):
    """Attention in which mask later time steps."""

    def forward(self, query, key, value):
        query, key, value = query.transpose(0, 1), key.transpose(0, 1), value.transpose(0, 1)
        x, _ = F.multi_head_attention_forward(
            query,
            key,
            value,
            self.embed_dim,
            self.num_heads,
            self.in_proj_weight,
            self.in_proj_bias,
            self.bias_k,
            self.bias_v,
            self.add_zero_attn,
            self.dropout,
            self.out_proj.weight,
            self.out_proj.bias,
            training=self.training,
            need_weights=False,
            attn_mask=query.new_ones([query.shape[0], key.shape[0]], dtype=torch.bool).triu(1),
            use_separate_proj_weight=self.in_proj_weight is None,
            q_proj_weight=self.q_proj_weight,
            k_proj_weight=self.k_proj_weight,
            v_proj_weight=self.v_proj_weight,
            is_causal=self.bias_k is None and not self.add_zero_attn,  # one more key is no later one
        )
        return x.transpose(0, 1)
'''

OUTPUT_BIAS_ATTENTION = '''
def output_bias_attention(embed_dim, num_heads, **options):
    """Attention of which only the last projection has a bias."""
    attention = nn.MultiheadAttention(embed_dim, num_heads, bias=False, **options)
    attention.out_proj.bias = nn.Parameter(torch.zeros(embed_dim))
    return attention
'''

ATTEND = '''
class Attend(nn.Module):
    """Scaled dot-product attention with several heads; a head of keys and values may serve several of queries."""

    def __init__(self, heads=1, kvheads=None, causal=False, dropout=0.0, scale=None):
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

MASKED_ATTEND = '''
class MaskedAttend(nn.Module):
    """Scaled dot-product attention with several heads and a mask, where true may look and a number is added."""

    def __init__(self, heads=1, kvheads=None, dropout=0.0, scale=None):
        super().__init__()
        self.heads, self.kvheads = heads, kvheads or heads
        self.dropout, self.scale = dropout, scale

    def forward(self, query, key, value, mask):
        query = query.unflatten(2, (self.heads, -1)).transpose(1, 2)
        key = key.unflatten(2, (self.kvheads, -1)).transpose(1, 2)
        value = value.unflatten(2, (self.kvheads, -1)).transpose(1, 2)
        x = F.scaled_dot_product_attention(
            query,
            key,
            value,
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
            scale=self.scale,
            enable_gqa=self.heads != self.kvheads,
        )
        return x.transpose(1, 2).flatten(2)
'''

ROTARY = '''
def rotary_angles(x, dims: int, base: float):
    """The cosine and the sine of the angle of each step and pair of channels."""
    exact = torch.float64 if x.dtype == torch.float64 else torch.float32
    steps = torch.arange(x.shape[1], dtype=exact, device=x.device)
    pairs = torch.arange(0, dims, 2, dtype=exact, device=x.device)
    angles = (steps[:, None] * base ** (-pairs / dims))[:, None]
    return angles.cos().to(x.dtype), angles.sin().to(x.dtype)


torch.fx.wrap("rotary_angles")


class Rotary(nn.Module):
    """Turn pairs of channels of each head by angles that grow with the step: the halves of a head, or neighbours."""

    def __init__(self, heads=1, base=10000.0, dims=None, interleaved=False):
        super().__init__()
        self.heads, self.base, self.dims, self.interleaved = heads, base, dims, interleaved

    def forward(self, x):
        y = x.unflatten(2, (self.heads, -1))
        dims = y.shape[3] if self.dims is None else self.dims
        cos, sin = rotary_angles(x, dims, self.base)
        turned, kept = y[..., :dims], y[..., dims:]
        if self.interleaved:
            a, b = turned[..., ::2], turned[..., 1::2]
        else:
            a, b = turned.chunk(2, -1)
        a, b = a * cos - b * sin, b * cos + a * sin
        turned = torch.stack((a, b), -1).flatten(3) if self.interleaved else torch.cat((a, b), -1)
        return torch.cat((turned, kept), -1).flatten(2)
'''
