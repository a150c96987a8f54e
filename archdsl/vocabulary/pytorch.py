"""The names of torch.nn, and what each is here. The arguments are those of PyTorch 2.13; a test compares them."""

from __future__ import annotations

_LOSS = "is a loss, which belongs to training and not to the network"

MODULES = f"""
AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d = ADAPTIVEAVGPOOL(output_size)
AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d = ADAPTIVEMAXPOOL(output_size, return_indices=False)
AlphaDropout = ALPHADROPOUT(p=0.5, inplace=False)
AvgPool1d = AVGPOOL(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True)
AvgPool2d AvgPool3d = AVGPOOL(kernel_size, stride=None, padding=0, ceil_mode=False, count_include_pad=True,
  divisor_override=None)
BatchNorm1d BatchNorm2d BatchNorm3d = BN(num_features, eps=1e-05, momentum=0.1, affine=True,
  track_running_stats=True, *, bias=True)
Bilinear = BILINEAR(in1_features, in2_features, out_features, bias=True)
CELU = CELU(alpha=1.0, inplace=False)
ChannelShuffle = CHANNELSHUFFLE(groups)
CircularPad1d CircularPad2d CircularPad3d = PAD/sides(padding) + mode=circular
ConstantPad1d ConstantPad2d ConstantPad3d = PAD/sides(padding, value)
Conv1d Conv2d Conv3d = CONV(in_channels, out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1,
  bias=True, padding_mode='zeros')
ConvTranspose1d ConvTranspose2d ConvTranspose3d = UPCONV(in_channels, out_channels, kernel_size, stride=1, padding=0,
  output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros')
CrossMapLRN2d = LRN/averaged(size, alpha=0.0001, beta=0.75, k=1)
Dropout = DROPOUT(p=0.5, inplace=False)
Dropout1d Dropout2d Dropout3d = CHANNELDROPOUT(p=0.5, inplace=False)
ELU = ELU(alpha=1.0, inplace=False)
Embedding = EMBED(num_embeddings, embedding_dim, padding_idx=None, max_norm=None, norm_type=2.0,
  scale_grad_by_freq=False, sparse=False)
EmbeddingBag = EMBEDBAG(num_embeddings, embedding_dim, max_norm=None, norm_type=2.0, scale_grad_by_freq=False,
  mode='mean', sparse=False, include_last_offset=False, padding_idx=None)
FeatureAlphaDropout = FEATUREALPHADROPOUT(p=0.5, inplace=False)
Flatten = FLATTEN(start_dim=1, end_dim=-1)
Fold = FOLD(output_size, kernel_size, dilation=1, padding=0, stride=1)
GELU = GELU(approximate='none')
GLU = GLU/dim(dim=-1)
GRU = GRU(input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False)
GroupNorm = GN(num_groups, num_channels, eps=1e-05, affine=True, *, bias=True)
Hardshrink = HARDSHRINK(lambd=0.5)
Hardsigmoid = HARDSIGMOID(inplace=False)
Hardswish = HARDSWISH(inplace=False)
Hardtanh = HARDTANH(min_val=-1.0, max_val=1.0, inplace=False, min_value=None, max_value=None)
Identity = ID()
InstanceNorm1d InstanceNorm2d InstanceNorm3d = INSTANCENORM(num_features, eps=1e-05, momentum=0.1, affine=False,
  track_running_stats=False, *, bias=True)
LPPool1d LPPool2d LPPool3d = LPPOOL(norm_type, kernel_size, stride=None, ceil_mode=False)
LSTM = LSTM(input_size, hidden_size, num_layers=1, bias=True, batch_first=False, dropout=0.0, bidirectional=False,
  proj_size=0)
LayerNorm = LN/axes(normalized_shape, eps=1e-05, elementwise_affine=True, bias=True)
LazyBatchNorm1d LazyBatchNorm2d LazyBatchNorm3d = BN(eps=1e-05, momentum=0.1, affine=True, track_running_stats=True,
  *, bias=True)
LazyConv1d LazyConv2d LazyConv3d = CONV(out_channels, kernel_size, stride=1, padding=0, dilation=1, groups=1,
  bias=True, padding_mode='zeros')
LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d = UPCONV(out_channels, kernel_size, stride=1, padding=0,
  output_padding=0, groups=1, bias=True, dilation=1, padding_mode='zeros')
LazyInstanceNorm1d LazyInstanceNorm2d LazyInstanceNorm3d = INSTANCENORM(eps=1e-05, momentum=0.1, affine=True,
  track_running_stats=True, *, bias=True)
LazyLinear = LINEAR/features(out_features, bias=True)
LeakyReLU = LEAKYRELU(negative_slope=0.01, inplace=False)
Linear = LINEAR/features(in_features, out_features, bias=True)
LocalResponseNorm = LRN/averaged(size, alpha=0.0001, beta=0.75, k=1.0)
LogSigmoid = LOGSIGMOID()
LogSoftmax = LOGSOFTMAX/dim(dim=None)
MaxPool1d MaxPool2d MaxPool3d = MAXPOOL(kernel_size, stride=None, padding=0, dilation=1, return_indices=False,
  ceil_mode=False)
MaxUnpool1d MaxUnpool2d MaxUnpool3d = UNPOOL(kernel_size, stride=None, padding=0)
Mish = MISH(inplace=False)
MultiheadAttention = ATTENTION(embed_dim, num_heads, dropout=0.0, bias=True, add_bias_kv=False, add_zero_attn=False,
  kdim=None, vdim=None, batch_first=False)
PReLU = PRELU/per(num_parameters=1, init=0.25)
PixelShuffle = PIXELSHUFFLE(upscale_factor)
PixelUnshuffle = PIXELUNSHUFFLE(downscale_factor)
RMSNorm = RMSNORM/axes(normalized_shape, eps=None, elementwise_affine=True)
RNN = RNN(input_size, hidden_size, num_layers=1, nonlinearity='tanh', bias=True, batch_first=False, dropout=0.0,
  bidirectional=False)
RReLU = RRELU(lower=0.125, upper=0.3333333333333333, inplace=False)
ReLU = RELU(inplace=False)
ReLU6 = RELU6(inplace=False)
ReflectionPad1d ReflectionPad2d ReflectionPad3d = PAD/sides(padding) + mode=reflect
ReplicationPad1d ReplicationPad2d ReplicationPad3d = PAD/sides(padding) + mode=replicate
SELU = SELU(inplace=False)
SiLU = SILU(inplace=False)
Sigmoid = SIGMOID()
Softmax = SOFTMAX/dim(dim=None)
Softmax2d = SOFTMAX()
Softmin = SOFTMIN/dim(dim=None)
Softplus = SOFTPLUS(beta=1.0, threshold=20.0)
Softshrink = SOFTSHRINK(lambd=0.5)
Softsign = SOFTSIGN()
SyncBatchNorm = BN(num_features, eps=1e-05, momentum=0.1, affine=True, track_running_stats=True, process_group=None,
  *, bias=True)
Tanh = TANH()
Tanhshrink = TANHSHRINK()
Threshold = THRESHOLD(threshold, value, inplace=False)
TransformerDecoderLayer = std.transformer.DECODERLAYER/layer(d_model, nhead, dim_feedforward=2048, dropout=0.1,
  activation='relu', layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True) + nocausal
TransformerEncoderLayer = std.transformer.ENCODERLAYER/layer(d_model, nhead, dim_feedforward=2048, dropout=0.1,
  activation='relu', layer_norm_eps=1e-05, batch_first=False, norm_first=False, bias=True)
Unflatten = RESHAPE/unflatten(dim, unflattened_size)
Unfold = UNFOLD(kernel_size, dilation=1, padding=0, stride=1)
Upsample = UPSAMPLE(size=None, scale_factor=None, mode='nearest', align_corners=None, recompute_scale_factor=None)
UpsamplingBilinear2d = UPSAMPLE(size=None, scale_factor=None) + mode=bilinear align
UpsamplingNearest2d = UPSAMPLE(size=None, scale_factor=None)
ZeroPad1d ZeroPad2d ZeroPad3d = PAD/sides(padding)
AdaptiveLogSoftmaxWithLoss BCELoss BCEWithLogitsLoss CTCLoss CosineEmbeddingLoss CrossEntropyLoss GaussianNLLLoss
  HingeEmbeddingLoss HuberLoss KLDivLoss L1Loss LinearCrossEntropyLoss LinearCrossEntropyOptions MSELoss
  MarginRankingLoss MultiLabelMarginLoss MultiLabelSoftMarginLoss MultiMarginLoss NLLLoss NLLLoss2d PoissonNLLLoss
  SmoothL1Loss SoftMarginLoss TripletMarginLoss TripletMarginWithDistanceLoss ! {_LOSS}
CosineSimilarity ! is L2NORM of both values, MUL of the two, and REDUCE sum channels
PairwiseDistance ! is SUB, SQUARE, REDUCE sum channels and SQRT
FractionalMaxPool2d FractionalMaxPool3d ! cannot be written: its windows are random; ADAPTIVEMAXPOOL gives the same
  output size
GRUCell LSTMCell RNNCell RNNCellBase ! is one step; GRU, LSTM and RNN run over a whole sequence, also one of length 1
RNNBase ! is the base class of GRU, LSTM and RNN, which are kinds
Sequential ModuleList ModuleDict Container ! is a sequence of layers: in a spec, one layer a line, or several in braces
Module ! is the base class of layers; an external module is MODULE "package.module:Class"
Parameter ParameterList ParameterDict UninitializedParameter ! is a learnable tensor, which in a spec is PARAM and
  its shape
Buffer UninitializedBuffer ! is a tensor that is not learned, which in a spec is CONST and its shape
DataParallel ! concerns the devices on which a network runs, not the network
Transformer TransformerEncoder TransformerDecoder ! is a network of layers; std.transformer has them: ENCODERLAYER and
  DECODERLAYER, repeated with xN after them
"""
