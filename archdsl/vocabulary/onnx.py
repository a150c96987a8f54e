"""The names of the ONNX operators, and what each is here: those of opset 26, a test compares them.

An operator gets its weights as inputs, so that its attributes say less than a line does; what a line says by the
attributes' names is in `arguments.py`.
"""

from __future__ import annotations

_ELEMENT = "cannot be written yet: a function of each element without a kind"
_LOGIC = "cannot be written yet: it gives or reads yes and no, and values here are features or integers"
_QUANTIZED = "belongs to a quantized network; a spec says the network in float32"
_INTEGERS = "cannot be written: it moves or finds elements by numbers that are computed"
_PROGRAM = "is a part of a program, not a layer"
_TEXT = "reads or makes text, which comes before a network"
_SIGNAL = "prepares a signal before the network"
_RANDOM = "cannot be written: it draws at random"

OPERATORS = f"""
Add Sum = ADD()
Sub = SUB()
Mul = MUL()
Div = DIV()
Max = MAX()
Min = MIN()
Mean = MEAN()
MatMul = MATMUL()
Concat = CONCAT()
AveragePool = AVGPOOL()
MaxPool = MAXPOOL()
LpPool = LPPOOL()
GlobalAveragePool = GLOBALAVGPOOL()
GlobalMaxPool = GLOBALMAXPOOL()
BatchNormalization = BN()
InstanceNormalization = INSTANCENORM() + affine
GroupNormalization = GN()
LayerNormalization = LN()
RMSNormalization = RMSNORM()
LpNormalization = L2NORM()
LRN = LRN()
Celu = CELU()
Conv = CONV()
ConvTranspose = UPCONV()
Clip = HARDTANH()
Col2Im = FOLD()
Constant = CONST()
DepthToSpace = PIXELSHUFFLE()
SpaceToDepth = PIXELUNSHUFFLE()
Dropout = DROPOUT()
Elu = ELU()
Flatten = FLATTEN()
GRU = GRU()
LSTM = LSTM()
RNN = RNN()
Gelu = GELU()
Gemm = FC()
HardSigmoid = HARDSIGMOID()
HardSwish = HARDSWISH()
Identity = ID()
LeakyRelu = LEAKYRELU()
LogSoftmax = LOGSOFTMAX()
MaxUnpool = UNPOOL()
Mish = MISH()
PRelu = PRELU()
Pad = PAD()
Relu = RELU()
Resize Upsample = UPSAMPLE()
Reshape = RESHAPE()
RotaryEmbedding = ROTARY()
Selu = SELU()
Sigmoid = SIGMOID()
Slice = SLICE()
Softmax = SOFTMAX()
Softplus = SOFTPLUS()
Softsign = SOFTSIGN()
Split = SPLIT()
SwiGLU = SWIGLU()
Swish = SILU()
Tanh = TANH()
Transpose = PERMUTE()
MeanVarianceNormalization : INSTANCENORM
ReduceMax = REDUCE() + max
ReduceMean = REDUCE() + mean
ReduceMin = REDUCE() + min
ReduceSum = REDUCE() + sum
ThresholdedRelu : THRESHOLD 1 0
Attention ! has no weights of its own: ATTEND heads=.. reads the query, the key and the value, <- q, k, v
CausalConvWithState ! is two lines: PAD [[2, 0]] puts zeros before the first of the steps, and CONV out 3 follows
Gather ! is EMBED where integers look up rows of a learned table, and SLICE where places are known
Squeeze Unsqueeze ! takes away or adds an axis of size 1: RESHAPE and the whole new shape
Abs Acos Acosh Asin Asinh Atan Atanh Ceil Cos Cosh Erf Exp Floor Log Mod Neg Pow Reciprocal Round Shrink Sign Sin Sinh
  Sqrt Tan ! {_ELEMENT}
And BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BitShift Equal Greater GreaterOrEqual IsInf IsNaN Less LessOrEqual Not Or
  Where Xor ! {_LOGIC}
ConvInteger DequantizeLinear DynamicQuantizeLinear MatMulInteger QLinearConv QLinearMatMul
  QuantizeLinear ! {_QUANTIZED}
ArgMax ArgMin Compress GatherElements GatherND NonMaxSuppression NonZero OneHot Scatter ScatterElements ScatterND
  TensorScatter TopK Unique Hardmax ReverseSequence ! {_INTEGERS}
AffineGrid DeformConv GridSample MaxRoiPool RoiAlign ! cannot be written: it samples a value at positions that are
  computed
Bernoulli Multinomial RandomNormal RandomNormalLike RandomUniform RandomUniformLike ! {_RANDOM}
BlackmanWindow DFT HammingWindow HannWindow MelWeightMatrix STFT ImageDecoder ! {_SIGNAL}
BitCast Cast CastLike ConcatFromSequence ConstantOfShape EyeLike If Loop Optional OptionalGetElement
  OptionalHasElement Range Scan SequenceAt SequenceConstruct SequenceEmpty SequenceErase SequenceInsert SequenceLength
  SequenceMap Shape Size SplitToSequence ! {_PROGRAM}
RegexFullMatch StringConcat StringNormalizer StringSplit TfIdfVectorizer ! {_TEXT}
NegativeLogLikelihoodLoss SoftmaxCrossEntropyLoss ! is a loss, which belongs to training and not to the network
CenterCropPad ! is CROP to a smaller size and PAD to a larger one
CumProd CumSum Trilu ! cannot be written yet: sums, products or triangles along an axis
Det ! cannot be written yet: a number of a matrix
Einsum ! cannot be written yet; MATMUL multiplies matrices, and REARRANGE moves axes before and behind it
Expand Tile ! cannot be written yet: copies of a value; ADD and MUL with `broadcast` stretch axes of size 1
GlobalLpPool ! cannot be written yet; LPPOOL with the whole size as its window gives the same
LinearAttention ! cannot be written yet: a recurrence of its own
ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceProd ReduceSumSquare ! cannot be written yet; REDUCE has mean, max,
  min and sum
"""
