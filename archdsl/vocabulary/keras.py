"""The names of keras.layers, and what each is here. The arguments are those of Keras 3.15; a test compares the names.

Arguments that say how weights begin, are regularised or constrained are left out: they are no part of a spec.
"""

from __future__ import annotations

_RAW = "prepares raw data before the network; an input of a spec is the prepared tensor"
_AUGMENTS = "augments images before the network"
_CELL = "is one step; GRU, LSTM and RNN run over a whole sequence, also one of length 1"
_WRAPS = "wraps a layer of another framework; an external module is MODULE"

LAYERS = f"""
Activation = ID/activation(activation)
AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D = ADAPTIVEAVGPOOL(output_size)
AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D = ADAPTIVEMAXPOOL(output_size)
Add add = ADD()
AlphaDropout = ALPHADROPOUT(rate, noise_shape=None)
Average average = MEAN()
AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D AvgPool2D AvgPool3D =
  AVGPOOL/keras(pool_size=2, strides=None, padding='valid')
BatchNormalization = BN/keras(axis=-1, momentum=0.99, epsilon=0.001, center=True, scale=True, renorm=False,
  synchronized=False)
Bidirectional = ID/bidirectional(layer, merge_mode='concat', backward_layer=None)
CenterCrop = CROP/center(height, width)
Concatenate concatenate = CONCAT/dim(axis=-1)
Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D = CONV/keras(filters, kernel_size, strides=1,
  padding='valid', data_format=None, dilation_rate=1, groups=1, activation=None, use_bias=True)
Conv1DTranspose Conv2DTranspose Convolution1DTranspose Convolution2DTranspose = UPCONV/keras(filters, kernel_size,
  strides=1, padding='valid', output_padding=None, data_format=None, dilation_rate=1, activation=None, use_bias=True)
Conv3DTranspose Convolution3DTranspose = UPCONV/keras(filters, kernel_size, strides=1, padding='valid',
  data_format=None, output_padding=None, dilation_rate=1, activation=None, use_bias=True)
Cropping1D Cropping2D Cropping3D = CROP/sizes(cropping=1)
Dense = LINEAR/keras(units, activation=None, use_bias=True)
DepthwiseConv1D DepthwiseConv2D = DWCONV/keras(kernel_size, strides=1, padding='valid', depth_multiplier=1,
  data_format=None, dilation_rate=1, activation=None, use_bias=True)
Dropout = DROPOUT(rate, noise_shape=None)
ELU = ELU(alpha=1.0)
Embedding = EMBED(input_dim, output_dim, mask_zero=False)
Flatten = FLATTEN() + last
GRU = GRU/keras(units, activation='tanh', recurrent_activation='sigmoid', use_bias=True, dropout=0.0,
  recurrent_dropout=0.0, return_sequences=False, return_state=False, go_backwards=False, reset_after=True)
GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D
  GlobalAvgPool3D = GLOBALAVGPOOL/keras(data_format=None, keepdims=False)
GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalMaxPool1D GlobalMaxPool2D
  GlobalMaxPool3D = GLOBALMAXPOOL/keras(data_format=None, keepdims=False)
GroupNormalization = GN/keras(groups=32, axis=-1, epsilon=0.001, center=True, scale=True)
Identity = ID()
LSTM = LSTM/keras(units, activation='tanh', recurrent_activation='sigmoid', use_bias=True, dropout=0.0,
  recurrent_dropout=0.0, return_sequences=False, return_state=False, go_backwards=False)
LayerNormalization = LN/keras(axis=-1, epsilon=0.001, center=True, scale=True)
LeakyReLU = LEAKYRELU(negative_slope=0.3)
MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D = MAXPOOL/keras(pool_size=2, strides=None,
  padding='valid')
Maximum maximum = MAX()
Minimum minimum = MIN()
MultiHeadAttention = ATTENTION/keras(num_heads, key_dim, value_dim=None, dropout=0.0, use_bias=True,
  output_shape=None, attention_axes=None)
Multiply multiply = MUL()
PReLU = PRELU/shared(shared_axes=None)
Permute = PERMUTE/kerasorder(dims)
RMSNormalization = RMSNORM/keras(axis=-1, epsilon=1e-06)
ReLU = RELU/clipped(max_value=None, negative_slope=0.0, threshold=0.0)
Rescaling = MUL/rescaled(scale, offset=0.0)
Reshape = RESHAPE(target_shape) + last
Resizing = UPSAMPLE/resizing(height, width, interpolation='bilinear', crop_to_aspect_ratio=False,
  pad_to_aspect_ratio=False, antialias=False)
SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D = DWCONV/separable(filters, kernel_size,
  strides=1, padding='valid', data_format=None, dilation_rate=1, depth_multiplier=1, activation=None, use_bias=True)
SimpleRNN = RNN/keras(units, activation='tanh', use_bias=True, dropout=0.0, recurrent_dropout=0.0,
  return_sequences=False, return_state=False, go_backwards=False)
Softmax = SOFTMAX/dim(axis=-1)
SpatialDropout1D SpatialDropout2D SpatialDropout3D = CHANNELDROPOUT(rate)
Subtract subtract = SUB()
TimeDistributed = ID/each(layer)
UnitNormalization = L2NORM/dim(axis=-1)
UpSampling1D = UPSAMPLE/scaled(size=2)
UpSampling2D = UPSAMPLE/scaled(size=2, data_format=None, interpolation='nearest')
UpSampling3D = UPSAMPLE/scaled(size=2, data_format=None)
ZeroPadding1D ZeroPadding2D ZeroPadding3D = PAD/sizes(padding=1)
ActivityRegularization ! adds to the loss, which belongs to training and not to the network
AdditiveAttention ! is several lines: ADD broadcast of Tx1xC and 1xSxC, TANH, LINEAR 1, REDUCE sum channels, SOFTMAX and
  MATMUL; ATTEND takes the products of queries and keys
Attention ! has no weights of its own: ATTEND scale=1 reads the query, the key and the value, <- q, k, v
AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MixUp RandAugment RandomBrightness
  RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip
  RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
  RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom Solarization ! {_AUGMENTS}
CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup MaxNumBoundingBoxes MelSpectrogram
  STFTSpectrogram StringLookup TextVectorization ! {_RAW}
ConvLSTM1D ConvLSTM2D ConvLSTM3D ! is a block of one step, which SCAN runs over the frames; its states can be images
Dot dot ! sums products along axes: MATMUL multiplies two sequences as matrices, `transpose` transposes the second
EinsumDense ! is LINEAR where it works on the channels; for other axes, EINSUM multiplies with a PARAM
FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper ! {_WRAPS} "package.module:Class"
GRUCell LSTMCell SimpleRNNCell StackedRNNCells ! {_CELL}
GaussianDropout ! is multiplicative noise in training: MUL {{ ID; {{ NOISE training; MUL 0.5; ADD 1 }} }}
GaussianNoise ! is additive noise in training: ADD {{ ID; {{ NOISE training; MUL 0.1 }} }}
GroupQueryAttention ! consists of three LINEAR (with nobias if it has no bias) and ATTEND heads=.. kvheads=.. <- q, k, v
Input InputLayer = ID/declared(shape=None, batch_size=None, dtype=None)
InputSpec ! declares what a Keras layer accepts; a spec declares it with `input`
Lambda ! runs any function; MUL 0.5, ADD 1, POW 2, EXP, CLAMP and others are kinds; an external module is MODULE
  "package.module:Class"
Layer Wrapper ! is a base class of layers; an external module is MODULE "package.module:Class"
Masking ! is a `bool` input, or NOTEQUAL 0 of integers, which padding=.. of ATTENTION reads
Normalization ! is arithmetic with the mean and the deviation of the data: SUB 0.45, DIV 0.22 with one number for all
Pipeline ! is a sequence of layers: in a spec, one layer a line, or several in braces
RNN ! runs any recurrent cell; GRU, LSTM and RNN are kinds, and SCAN runs a block of your own
RepeatVector ! is a merge of copies of the vector: STACK {{ ID x7 }}
ReversibleEmbedding ! is two lines: embed: EMBED words channels, and at the end LINEAR words weight=embed
SpectralNormalization ! cannot be written: it computes a weight at each run; on the compiled module,
  torch.nn.utils.parametrizations.spectral_norm does
deserialize serialize ! converts a layer to a dictionary and back, and is not a layer
"""
ACTIVATIONS = {
    "relu": "RELU",
    "relu6": "RELU6",
    "sigmoid": "SIGMOID",
    "tanh": "TANH",
    "softmax": "SOFTMAX",
    "log_softmax": "LOGSOFTMAX",
    "elu": "ELU",
    "selu": "SELU",
    "celu": "CELU",
    "gelu": "GELU",
    "glu": "GLU",
    "mish": "MISH",
    "silu": "SILU",
    "swish": "SILU",
    "hard_silu": "HARDSWISH",
    "hard_swish": "HARDSWISH",
    "hard_sigmoid": "HARDSIGMOID",
    "hard_tanh": "HARDTANH",
    "hard_shrink": "HARDSHRINK",
    "soft_shrink": "SOFTSHRINK",
    "softplus": "SOFTPLUS",
    "softsign": "SOFTSIGN",
    "log_sigmoid": "LOGSIGMOID",
    "tanh_shrink": "TANHSHRINK",
    "leaky_relu": "LEAKYRELU 0.2",
    "linear": "",
}
