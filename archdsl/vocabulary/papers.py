"""The names that papers, slides and other tools use for a layer, and what each is here."""

from __future__ import annotations

_GRAPH = "with a list of edges cannot be written; with a dense adjacency matrix it is LINEAR and MATMUL <- edges, _"

NAMES = f"""
convolution convolutional convlayer cnn groupconv groupedconv = CONV()
pointwise pointwiseconv = CONV/pointwise(filters)
depthwise depthwiseconv depthwiseconvolution convdw = DWCONV()
convtranspose convt tconv transposedconv transposeconv deconv deconvolution convolutiontranspose = UPCONV()
causalconv ! is two lines: PAD [[2, 0]] puts zeros before the first of the steps, and CONV out 3 follows
separableconv sepconv separableconvolution dsconv = DWCONV/separable(filters, kernel_size)
im2col unfolding = UNFOLD()
col2im folding = FOLD()
upsampling interpolation resize resample upscale = UPSAMPLE()
subpixel subpixelconv = PIXELSHUFFLE()
shufflechannels shuffle = CHANNELSHUFFLE()
fullyconnected fullconnected fclayer innerproduct = FC()
dense ? FC (all elements) LINEAR (the channels at each position)
batchnormalisation batchnorm bnorm = BN()
responsenorm localresponsenormalization = LRN()
lrelu leaky leakyrectifier = LEAKYRELU()
parametricrelu = PRELU()
swish1 swish = SILU()
hswish hardsilu = HARDSWISH()
hsigmoid = HARDSIGMOID()
logistic = SIGMOID()
layernorm layernormalisation lnorm = LN()
groupnorm groupnormalisation gnorm = GN()
in instancenorm instancenormalisation = INSTANCENORM()
rootmeansquarenorm rmslayernorm = RMSNORM()
normalise l2normalize l2 unitnorm = L2NORM()
spatialdropout channelwisedropout featuredropout = CHANNELDROPOUT()
droppath stochdepth = STOCHASTICDEPTH()
maxpooling mpool = MAXPOOL()
averagepooling avgpooling meanpool apool = AVGPOOL()
pool pooling ? MAXPOOL (the largest of each window) AVGPOOL (the average)
gap globalaveragepool globalavgpooling globalpool = GLOBALAVGPOOL()
gmp globalmaxpooling = GLOBALMAXPOOL()
adaptiveaveragepool adaptivepool = ADAPTIVEAVGPOOL()
unpooling maxunpooling = UNPOOL()
lppooling normpool poweraveragepool = LPPOOL()
concatenation join = CONCAT()
plus = ADD()
product times = MUL()
avg = MEAN()
minus difference diff = SUB()
quotient ratio = DIV()
dot matrixproduct batchmatmul = MATMUL()
noop none passthrough = ID()
zeropad zeropadding padding = PAD()
reflectionpad = PAD() + mode=reflect
replicationpad = PAD() + mode=replicate
circularpad = PAD() + mode=circular
mha selfattention crossattention attn multiheadselfattention = ATTENTION()
shiftedwindowattention swinattention = WINDOWATTENTION()
sdpa scaleddotproductattention dotproductattention = ATTEND()
rope rotaryembeddings = ROTARY()
bilstm blstm = LSTM() + bidirectional
bigru = GRU() + bidirectional
birnn = RNN() + bidirectional
elman simplernn recurrent = RNN()
embedding wordembedding lookup = EMBED()
bagofwords = EMBEDBAG()
parameter learnable = PARAM()
buffer constant = CONST()
position positionids positionalencoding positionalembedding = POSITIONS()
centercrop cropping croplayer = CROP()
dropoutlayer drop = DROPOUT()
flat = FLATTEN()
expanddims = RESHAPE()
swapaxes movedim moveaxis = PERMUTE()
einops einrearrange = REARRANGE()
patchify patch = PATCHES()
narrow select = SLICE()
cyclicshift = SHIFT()
transformerencoder encoderlayer = std.transformer.ENCODERLAYER()
transformerdecoder decoderlayer = std.transformer.DECODERLAYER()
squeezeexcite squeezeexcitation squeezeandexcitation se selayer seblock excite = std.inverted.EXCITE()
invertedresidual mbconv inverted = std.inverted.INVERTED()
basicblock resblock residualblock = std.residual.BASIC()
bottleneck = std.residual.BOTTLENECK()
inception inceptionblock = std.inception.INCEPTION()
denseblock = std.dense.DENSEBLOCK()
denselayer = std.dense.DENSELAYER()
transition transitionlayer = std.dense.TRANSITION()
convbnact convbnrelu = std.inverted.CONVBNACT()
convbn = std.inverted.CONVBN()
llamalayer = std.transformer.LLAMALAYER()
parallel branch branches ! is a merge, which says how its branches are combined: CONCAT {{ ... }}, ADD {{ ... }}
norm normalization ? BN (over the batch) LN (over the channels)
residual shortcut skip ! is a sum: ADD {{ ID; ... }} with the layers beside ID
mlp ffn feedforward ! is several layers, each a line: LINEAR and the outputs of the first, an activation, and
  LINEAR again
gcn gnn gcnconv graphconv sageconv gin ginconv ! {_GRAPH}
gat gatconv ! with a list of edges cannot be written; mask=.. of ATTENTION takes a dense adjacency matrix
dropblock ! is several lines: NOISE training, GREATER 3.1, WHERE 1 0, MAXPOOL 7x7 s1 p3, EQUAL 0, WHERE 1 0, and MUL
grn globalresponsenorm ! is arithmetic: SQUARE, REDUCE sum [height, width] keep, SQRT, and DIV broadcast by its mean
  over the channels
geglu ! is three lines: value, gate: CHUNK 2, then GELU <- gate, then MUL <- value, _
reglu ! is three lines: value, gate: CHUNK 2, then RELU <- gate, then MUL <- value, _
maxout ! is two lines: REARRANGE "h w (c k) -> h w c k" k=2, then REDUCE max channels
mamba ssm s4 s6 rwkv retention ! is a block of one step, which SCAN runs over a sequence
convlstm convgru ! is a block of one step, which SCAN runs over the frames; its states can be images
lora ! is a sum with two small layers: ADD {{ LINEAR 768; {{ LINEAR 8 nobias; LINEAR 768 nobias }} }}
coordconv ! is CONV after a CONCAT with the coordinates, which CONST arange gives
locallyconnected ! is UNFOLD, and EINSUM "l k, l k o -> l o" with a PARAM of weights for each position
spectralnorm weightnorm weightstandardization ! cannot be written: it computes a weight at each run; on the compiled
  module, torch.nn.utils.parametrizations does
nms nonmaxsuppression ! cannot be written: the size of its result depends on values
roialign roipool spatialtransformer ! cannot be written: it samples a value at computed positions
deformconv ! cannot be written: it samples a value at computed positions
"""
STATEMENTS = {
    **dict.fromkeys(("while", "loop", "times"), "lines are repeated with xN after them: { ... } x3"),
    **dict.fromkeys(("elif", "elseif"), "the other case is written `} else if ... {`"),
    **dict.fromkeys(("return", "yield", "result"), "the last line is the result; `output` lists others"),
    **dict.fromkeys(("end", "endif", "done", "begin"), "a body is written in braces: { ... }"),
    **dict.fromkeys(("import", "from", "include", "require"), 'blocks of another file: use "blocks/residual.arch"'),
    **dict.fromkeys(("assert", "claim", "total"), "the expected output goes after -> or `expect`"),
    **dict.fromkeys(("class", "def", "layer", "name", "type"), "a line is a kind of layer and its values"),
}
