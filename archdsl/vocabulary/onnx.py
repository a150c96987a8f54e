"""The names of the ONNX operators, and what each is here: those of opset 26, a test compares them.

An operator gets its weights as inputs, so that its attributes say less than a line does: `channels`, which no operator
has, stands for what the weights say in a line such as `Conv 64 kernel_shape=[3,3]`.
"""

from __future__ import annotations

_ELEMENT = "cannot be written: no kind computes it"
_QUANTIZED = "belongs to a quantized network; a spec describes the network in float32"
_SIZES = "cannot be written: the size of its result depends on values; TOPK finds a fixed number"
_PLACES = "cannot be written: it puts elements at computed indices; MATMUL with ONEHOT adds them there"
_PROGRAM = "is a part of a program, not a layer"
_TEXT = "processes text, which happens before a network"
_SIGNAL = "prepares a signal before the network"
_UNIFORM = "is several lines: NOISE, MUL 0.70710678, ERF, ADD 1 and MUL 0.5 give uniform numbers"
_HYPERBOLIC = "is arithmetic with EXP, LOG, SQRT and NEG"

OPERATORS = f"""
Add Sum = ADD()
Sub = SUB()
Mul = MUL()
Div = DIV()
Max = MAX()
Min = MIN()
Mean = MEAN()
MatMul = MATMUL()
Concat = CONCAT/along(axis)
AveragePool = AVGPOOL/windowed(kernel_shape, auto_pad='NOTSET', ceil_mode=0, count_include_pad=0, dilations=None,
  pads=None, strides=None)
MaxPool = MAXPOOL/windowed(kernel_shape, auto_pad='NOTSET', ceil_mode=0, dilations=None, pads=None,
  storage_order=0, strides=None)
LpPool = LPPOOL/windowed(kernel_shape, auto_pad='NOTSET', ceil_mode=0, dilations=None, p=2, pads=None,
  strides=None)
GlobalAveragePool = GLOBALAVGPOOL()
GlobalMaxPool = GLOBALMAXPOOL()
BatchNormalization = BN/normed(epsilon=1e-05, momentum=0.9, training_mode=0)
InstanceNormalization = INSTANCENORM(epsilon=1e-05) + affine
GroupNormalization = GN(num_groups, epsilon=1e-05, stash_type=1)
LayerNormalization = LN/normed(axis=-1, epsilon=1e-05, stash_type=1)
RMSNormalization = RMSNORM/normed(axis=-1, epsilon=1e-05, stash_type=1)
LpNormalization = L2NORM/along(axis=-1, p=2)
LRN = LRN/summed(size, alpha=0.0001, beta=0.75, bias=1.0)
Celu = CELU(alpha=1.0)
Conv = CONV/windowed(channels, kernel_shape, auto_pad='NOTSET', dilations=1, group=1, pads=None, strides=1)
ConvTranspose = UPCONV/windowed(channels, kernel_shape, auto_pad='NOTSET', dilations=1, group=1, output_padding=0,
  pads=None, strides=1)
Clip = CLAMP(min=None, max=None)
Abs = ABS()
Cos = COS()
Erf = ERF()
Exp = EXP()
Log = LOG()
Neg = NEG()
Pow = POW()
Reciprocal = RECIPROCAL()
And BitwiseAnd = LOGICALAND()
Or BitwiseOr = LOGICALOR()
Not BitwiseNot = LOGICALNOT()
Equal = EQUAL()
Greater = GREATER()
GreaterOrEqual = GREATEREQUAL()
Less = LESS()
LessOrEqual = LESSEQUAL()
Where = WHERE()
ArgMax = ARGMAX/along_axis(axis=0, keepdims=1, select_last_index=0)
CumSum = CUMSUM/along_axis(axis, exclusive=0, reverse=0)
GatherElements = GATHER/along_axis(axis=0)
TopK = TOPK/along(k, axis=-1, largest=1, sorted=1)
OneHot = ONEHOT()
Sin = SIN()
Sqrt = SQRT()
Col2Im = FOLD()
Constant = CONST()
DepthToSpace = PIXELSHUFFLE/blocks(blocksize, mode='DCR')
SpaceToDepth = PIXELUNSHUFFLE/blocks(blocksize)
Dropout = DROPOUT(ratio=0.5, seed=None, training_mode=0)
Elu = ELU(alpha=1.0)
Flatten = FLATTEN/flattened(axis=1)
GRU = GRU/directed(hidden_size, direction='forward', layout=0)
LSTM = LSTM/directed(hidden_size, direction='forward', layout=0)
RNN = RNN/directed(hidden_size, direction='forward', layout=0)
Gelu = GELU()
Gemm = FC/product(channels, alpha=1.0, beta=1.0, transA=0, transB=0)
HardSigmoid = HARDSIGMOID()
HardSwish = HARDSWISH()
Identity = ID()
LeakyRelu = LEAKYRELU(alpha=0.01)
LogSoftmax = LOGSOFTMAX/along(axis=-1)
MaxUnpool = UNPOOL/windowed(kernel_shape, auto_pad='NOTSET', pads=None, strides=None)
Mish = MISH()
PRelu = PRELU()
Pad = PAD/bordered(pads, mode='constant', value=None)
Relu = RELU()
Resize Upsample = UPSAMPLE/resized(scales, mode='nearest')
Reshape = RESHAPE/view(shape, allowzero=0)
RotaryEmbedding = ROTARY()
Selu = SELU()
Sigmoid = SIGMOID()
Slice = SLICE()
Softmax = SOFTMAX/along(axis=-1)
Softplus = SOFTPLUS()
Softsign = SOFTSIGN()
Split = SPLIT/parts(axis=0, num_outputs=None, split=None)
SwiGLU = SWIGLU()
Swish = SILU()
Tanh = TANH()
Transpose = PERMUTE/order(perm)
MeanVarianceNormalization : INSTANCENORM
ReduceMax = REDUCE/reduced(axes, keepdims=1) + max
ReduceMean = REDUCE/reduced(axes, keepdims=1) + mean
ReduceMin = REDUCE/reduced(axes, keepdims=1) + min
ReduceSum = REDUCE/reduced(axes, keepdims=1) + sum
ThresholdedRelu : THRESHOLD 1 0
Attention ! has no weights of its own: ATTEND heads=.. reads the query, the key and the value, <- q, k, v
CausalConvWithState ! is two lines: PAD [[2, 0]] puts zeros before the first of the steps, and CONV out 3 follows
Gather ! is EMBED for rows of a learned table, SLICE for fixed indices, and GATHER where the indices are computed
Squeeze Unsqueeze ! removes or adds an axis of size 1: RESHAPE and the whole new shape
Acos Asin Atan Ceil Floor Mod Round ! {_ELEMENT}
Acosh Asinh Atanh Cosh Sinh ! {_HYPERBOLIC}
Tan ! is DIV {{ SIN; COS }}
Sign ! is the difference of two values: GREATER 0 and LESS 0, each with WHERE 1 0 after it, and SUB
Shrink ! is HARDSHRINK where bias is 0, and SOFTSHRINK where bias is lambd
BitwiseXor Xor ! is NOTEQUAL of two values, with WHERE 1 0 before it on each
BitShift ! cannot be written: there is no arithmetic on integers
IsInf ! is two lines: ABS and GREATER 3.4028234e38
IsNaN ! is NOTEQUAL of a value with itself: NOTEQUAL <- x, x
ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul
  QuantizeLinear ! {_QUANTIZED}
ArgMin ! is two lines: NEG and ARGMAX
Hardmax ! is two lines: ARGMAX and ONEHOT
Compress NonMaxSuppression NonZero Unique ! {_SIZES}
Scatter ScatterElements ScatterND TensorScatter ! {_PLACES}
GatherND ! cannot be written: it reads at computed places of several axes; GATHER reads along one
ReverseSequence ! cannot be written: how much of each sample it reverses depends on values; FLIP reverses a whole axis
AffineGrid DeformConv GridSample MaxRoiPool RoiAlign ! cannot be written: it samples a value at positions that are
  computed
RandomNormal RandomNormalLike ! is NOISE, of the shape of the result above
RandomUniform RandomUniformLike ! {_UNIFORM}
Bernoulli ! {_UNIFORM}, and LESS compares them with a probability
Multinomial ! is ARGMAX of the logits with Gumbel noise added
BlackmanWindow DFT HammingWindow HannWindow MelWeightMatrix STFT ImageDecoder ! {_SIGNAL}
BitCast Cast CastLike ConcatFromSequence ConstantOfShape EyeLike If Loop Optional OptionalGetElement
  OptionalHasElement Range SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
  SequenceMap Shape Size SplitToSequence ! {_PROGRAM}
RegexFullMatch StringConcat StringNormalizer StringSplit TfIdfVectorizer ! {_TEXT}
NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss ! is a loss, which belongs to training and not to the network
Scan ! is SCAN and the name of a block, which is one step: y, h: SCAN CELL <- x, h
CenterCropPad ! is CROP to a smaller size and PAD to a larger one
CumProd ! is LOG, CUMSUM and EXP, for positive elements
Trilu ! is WHERE, with a comparison of row and column numbers of CONST arange
Det ! cannot be written: the determinant of a matrix
Einsum ! is EINSUM with a space between the axes, without the batch and channels last: EINSUM "h t d, h s d -> h t s"
Expand Tile ! is a merge of copies: STACK {{ ID x7 }} or CONCAT {{ ID x7 }}; ADD and MUL with `broadcast` stretch axes
  of size 1
GlobalLpPool ! is LPPOOL with the whole size as its window
LinearAttention ! is a block of one step, which SCAN runs over a sequence; without a decay, EINSUM multiplies
ReduceL1 ! is ABS and REDUCE sum
ReduceL2 ! is SQUARE, REDUCE sum and SQRT
ReduceSumSquare ! is SQUARE and REDUCE sum
ReduceLogSum ! is REDUCE sum and LOG
ReduceLogSumExp ! is EXP, REDUCE sum and LOG
ReduceProd ! is LOG, REDUCE sum and EXP, for positive elements
"""
