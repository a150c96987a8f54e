"""The names of torch.nn.functional, and functions of torch and methods of its tensors, and what each is here."""

from __future__ import annotations

_LOSS = "is a loss, which belongs to training and not to the network"
_GIVEN = "takes its weights as tensors; in a spec, a layer has its own"
_INNER = "is not a layer but an internal of torch.nn.functional"

FUNCTIONS = f"""
adaptive_avg_pool1d adaptive_avg_pool2d adaptive_avg_pool3d = ADAPTIVEAVGPOOL(input, output_size)
adaptive_max_pool1d adaptive_max_pool2d adaptive_max_pool3d = ADAPTIVEMAXPOOL(input, output_size,
  return_indices=False)
alpha_dropout = ALPHADROPOUT(input, p=0.5, training=False, inplace=False)
avg_pool1d avg_pool2d avg_pool3d = AVGPOOL(input, kernel_size, stride=None, padding=0, ceil_mode=False,
  count_include_pad=True, divisor_override=None)
celu celu_ = CELU(input, alpha=1.0, inplace=False)
channel_shuffle native_channel_shuffle = CHANNELSHUFFLE(input, groups)
dropout = DROPOUT(input, p=0.5, training=True, inplace=False)
dropout1d dropout2d dropout3d = CHANNELDROPOUT(input, p=0.5, training=True, inplace=False)
elu elu_ = ELU(input, alpha=1.0, inplace=False)
feature_alpha_dropout = FEATUREALPHADROPOUT(input, p=0.5, training=False, inplace=False)
fold = FOLD(input, output_size, kernel_size, dilation=1, padding=0, stride=1)
gelu = GELU(input, approximate='none')
glu = GLU/dim(input, dim=-1)
hardshrink = HARDSHRINK(input, lambd=0.5)
hardsigmoid = HARDSIGMOID(input, inplace=False)
hardswish = HARDSWISH(input, inplace=False)
hardtanh hardtanh_ = HARDTANH(input, min_val=-1.0, max_val=1.0, inplace=False)
interpolate upsample = UPSAMPLE(input, size=None, scale_factor=None, mode='nearest', align_corners=None,
  recompute_scale_factor=None, antialias=False)
leaky_relu leaky_relu_ = LEAKYRELU(input, negative_slope=0.01, inplace=False)
local_response_norm = LRN/averaged(input, size, alpha=0.0001, beta=0.75, k=1.0)
log_softmax = LOGSOFTMAX/dim(input, dim=None, _stacklevel=3, dtype=None)
logsigmoid = LOGSIGMOID(input)
lp_pool1d lp_pool2d lp_pool3d = LPPOOL(input, norm_type, kernel_size, stride=None, ceil_mode=False)
max_pool1d max_pool2d max_pool3d = MAXPOOL(input, kernel_size, stride=None, padding=0, dilation=1, ceil_mode=False,
  return_indices=False)
mish = MISH(input, inplace=False)
normalize = L2NORM/dim(input, p=2.0, dim=1, eps=1e-12, out=None)
pad = PAD/border(input, pad, mode='constant', value=None)
pixel_shuffle = PIXELSHUFFLE(input, upscale_factor)
pixel_unshuffle = PIXELUNSHUFFLE(input, downscale_factor)
relu relu_ = RELU(input, inplace=False)
relu6 = RELU6(input, inplace=False)
rrelu rrelu_ = RRELU(input, lower=0.125, upper=0.3333333333333333, training=False, inplace=False)
scaled_dot_product_attention = ATTEND(query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, scale=None,
  enable_gqa=False)
selu selu_ = SELU(input, inplace=False)
sigmoid = SIGMOID(input)
silu = SILU(input, inplace=False)
softmax = SOFTMAX/dim(input, dim=None, _stacklevel=3, dtype=None)
softmin = SOFTMIN/dim(input, dim=None, _stacklevel=3, dtype=None)
softplus = SOFTPLUS(input, beta=1, threshold=20)
softshrink = SOFTSHRINK(input, lambd=0.5)
softsign = SOFTSIGN(input)
tanh = TANH(input)
tanhshrink = TANHSHRINK(input)
threshold threshold_ = THRESHOLD(input, threshold, value, inplace=False)
unfold = UNFOLD(input, kernel_size, dilation=1, padding=0, stride=1)
upsample_bilinear = UPSAMPLE(input, size=None, scale_factor=None) + mode=bilinear align
upsample_nearest = UPSAMPLE(input, size=None, scale_factor=None)
flatten = FLATTEN/flat(input, start_dim=0, end_dim=-1)
view reshape = RESHAPE/view(input, *sizes)
permute transpose = PERMUTE/order(input, *dims)
cat concat concatenate = CONCAT/dim(tensors, dim=0)
stack = STACK(tensors, dim=0)
add = ADD(input, other)
sub subtract = SUB(input, other)
mul multiply = MUL(input, other)
div divide = DIV(input, other)
matmul bmm mm = MATMUL(input, other)
maximum = MAX(input, other)
minimum = MIN(input, other)
clamp clip clamp_ = CLAMP(input, min=None, max=None)
clamp_min = CLAMP(input, min)
clamp_max = CLAMP(input, max)
chunk = CHUNK/dim(input, chunks, dim=0)
mean = REDUCE/reduced(input, dim, keepdim=False) + mean
sum = REDUCE/reduced(input, dim, keepdim=False) + sum
amax = REDUCE/reduced(input, dim, keepdim=False) + max
amin = REDUCE/reduced(input, dim, keepdim=False) + min
select = SLICE/selected(input, dim, index)
roll = SHIFT/roll(input, shifts, dims)
adaptive_max_pool1d_with_indices adaptive_max_pool2d_with_indices adaptive_max_pool3d_with_indices
  fractional_max_pool2d_with_indices fractional_max_pool3d_with_indices max_pool1d_with_indices
  max_pool2d_with_indices max_pool3d_with_indices ! returns indices, which UNPOOL computes itself
binary_cross_entropy binary_cross_entropy_with_logits cosine_embedding_loss cross_entropy ctc_loss gaussian_nll_loss
  hinge_embedding_loss huber_loss kl_div l1_loss linear_cross_entropy margin_ranking_loss mse_loss multi_margin_loss
  multilabel_margin_loss multilabel_soft_margin_loss nll_loss poisson_nll_loss smooth_l1_loss soft_margin_loss
  triplet_margin_loss triplet_margin_with_distance_loss ! {_LOSS}
cosine_similarity ! is L2NORM of both values, MUL of the two, and REDUCE sum channels
pairwise_distance ! is SUB, SQUARE, REDUCE sum channels and SQRT
pdist ! cannot be written: it compares the samples of a batch with one another
fractional_max_pool2d fractional_max_pool3d ! cannot be written: its windows are random; ADAPTIVEMAXPOOL gives the same
  output size
squeeze unsqueeze ! removes or adds an axis of size 1: RESHAPE and the whole new shape
expand repeat tile ! is a merge of copies: STACK {{ ID x7 }} or CONCAT {{ ID x7 }}; ADD and MUL with `broadcast` stretch
  axes of size 1
exp exp_ = EXP(input)
log log_ = LOG(input)
sqrt sqrt_ = SQRT(input)
rsqrt rsqrt_ = RSQRT(input)
square square_ = SQUARE(input)
reciprocal reciprocal_ = RECIPROCAL(input)
abs absolute abs_ = ABS(input)
neg negative neg_ = NEG(input)
sin sin_ = SIN(input)
cos cos_ = COS(input)
erf erf_ = ERF(input)
pow = POW(input, exponent)
einsum ! is EINSUM with a space between the axes, without the batch and channels last: EINSUM "h t d, h s d -> h t s"
contiguous clone detach to ! concerns how a tensor is stored, not the network: leave the line out
affine_grid grid_sample ! cannot be written: it samples a value at computed positions
flip = FLIP/dims(input, dims)
cumsum = CUMSUM/along_dim(input, dim)
argmax = ARGMAX/along_dim(input, dim=None, keepdim=False)
topk = TOPK/dim(input, k, dim=-1, largest=True, sorted=True)
gather = GATHER/along_dim(input, dim, index)
gt greater = GREATER(input, other)
ge greater_equal = GREATEREQUAL(input, other)
lt less = LESS(input, other)
le less_equal = LESSEQUAL(input, other)
eq = EQUAL(input, other)
ne not_equal = NOTEQUAL(input, other)
logical_and bitwise_and = LOGICALAND(input, other)
logical_or bitwise_or = LOGICALOR(input, other)
logical_not bitwise_not = LOGICALNOT(input)
where = WHERE(condition, input, other)
randn_like = NOISE(input)
masked_fill masked_fill_ ! is WHERE with the number where the mask is true: WHERE then=-1e30 <- m, x
index_select take_along_dim ! is SLICE where the indices are fixed, and GATHER where they are computed
scatter scatter_add index_add ! cannot be written: it puts elements at computed indices; MATMUL with ONEHOT adds
  them there
nonzero masked_select unique ! cannot be written: the size of its result depends on values; TOPK finds a fixed number
sort argsort ! is TOPK with all elements, in descending order; with `nolargest` in ascending order
argmin ! is two lines: NEG and ARGMAX
cumprod prod ! is LOG, CUMSUM or REDUCE sum, and EXP, for positive elements
logsumexp ! is EXP, REDUCE sum and LOG
tril triu ! is WHERE, with a comparison of row and column numbers of CONST arange
floor ceil round fmod remainder ! cannot be written: no kind computes it
gumbel_softmax ! is SOFTMAX with Gumbel noise added, which is several lines: NOISE, MUL 0.70710678, ERF, ADD 1, MUL 0.5,
  CLAMP 1e-6 0.999999, LOG, NEG, LOG, NEG
one_hot = ONEHOT(input, num_classes)
batch_norm ! {_GIVEN}: BN
bilinear ! {_GIVEN}: BILINEAR and its number of outputs
conv1d conv2d conv3d conv_tbc ! {_GIVEN}: CONV, its channels and its kernel
conv_transpose1d conv_transpose2d conv_transpose3d ! {_GIVEN}: UPCONV, its channels and its kernel
embedding ! {_GIVEN}: EMBED, its words and its channels
embedding_bag ! {_GIVEN}: EMBEDBAG, its words and its channels
group_norm ! {_GIVEN}: GN and its groups
instance_norm ! {_GIVEN}: INSTANCENORM
layer_norm ! {_GIVEN}: LN
linear ! {_GIVEN}: LINEAR and its outputs
multi_head_attention_forward ! {_GIVEN}: ATTENTION and its heads
prelu ! {_GIVEN}: PRELU
rms_norm ! {_GIVEN}: RMSNORM
max_unpool1d max_unpool2d max_unpool3d ! takes the indices; in a spec, UNPOOL reads the pool and the input of the pool
grouped_mm ! cannot be written: it multiplies matrices of different sizes in one call; MOE runs experts
scaled_grouped_mm scaled_mm ! cannot be written: it multiplies tensors of eight bits or fewer; MATMUL multiplies float32
assert_int_or_pair boolean_dispatch handle_torch_function has_torch_function has_torch_function_unary
  has_torch_function_variadic ! {_INNER}
"""
