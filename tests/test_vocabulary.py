"""Every name of torch.nn, its functions, keras.layers and the ONNX operators has an answer, and each answer holds.

A name is a kind, whose call is answered by a line that is the same layer; or a text, which holds; or a reason. The names
of Keras (3.15) and ONNX (opset 26) are kept in `tests/data`, so that neither need be installed.
"""

from __future__ import annotations

import ast
import inspect
import re
from pathlib import Path
from typing import Any

import pytest
from test_guesses import fixed

import archdsl
from archdsl import vocabulary
from archdsl.layers import REGISTRY, Layer
from archdsl.layers.base import Example
from archdsl.vocabulary import Meaning, exact, known
from archdsl.vocabulary.arguments import ARGUMENTS, FROM_INPUT, IGNORED, IGNORED_ENDS
from archdsl.vocabulary.keras import ACTIVATIONS

DATA = Path(__file__).parent / "data"
TABLES = {library: vocabulary._rows(library) for library in vocabulary.LIBRARIES}
READ = ("input", "tensors", "other")  # arguments that are values of the network
ASKED = ("query", "key", "value")  # those of attention
LEFT_OUT = {"device", "dtype", "_weight", "_freeze", "_random_samples", "mode"}  # of PyTorch's constructors


def names(file: str) -> list[str]:
    return [line.partition("\t")[0] for line in (DATA / file).read_text(encoding="utf-8").splitlines()]


# ---- every name


def test_every_module_of_pytorch_has_a_row() -> None:
    nn = pytest.importorskip("torch").nn
    every = {name for name, value in vars(nn).items() if isinstance(value, type)}
    assert every == set(TABLES["pytorch"])


def test_every_function_of_pytorch_has_a_row() -> None:
    functional = pytest.importorskip("torch").nn.functional
    every = {name for name, value in vars(functional).items() if callable(value) and re.match(r"[a-z]", name)}
    assert every <= set(TABLES["functional"]), every - set(TABLES["functional"])


def test_every_layer_of_keras_has_a_row() -> None:
    assert set(names("keras_layers.txt")) == set(TABLES["keras"])


def test_every_operator_of_onnx_has_a_row() -> None:
    assert set(names("onnx_operators.txt")) == set(TABLES["onnx"])


# ---- arguments


def signature(name: str) -> list[str]:
    """The constructor arguments of a PyTorch module as a table writes them; of one that passes all on, its base's."""
    from torch import nn

    for each in getattr(nn, name).__mro__:
        found = [
            one
            for one in inspect.signature(each).parameters.values()
            if one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD)
        ]
        if found or each is nn.Module:
            return [f"{one.name}={one.default!r}" if one.default is not one.empty else one.name for one in found]
    return []


@pytest.mark.parametrize("name", [name for name, row in TABLES["pytorch"].items() if row.kind])
def test_a_row_has_the_arguments_of_its_module(name: str) -> None:
    """In their order, with their defaults: a call without a name for each is read by it."""
    pytest.importorskip("torch")
    left_out = LEFT_OUT - {"mode"} if name in ("EmbeddingBag", "Upsample") else LEFT_OUT
    found = [one for one in signature(name) if one.partition("=")[0] not in left_out]
    if name in ("GRU", "RNN"):  # whose base has what LSTM takes alone, and RNN a function
        found = [one for one in found if not one.startswith("proj_size")]
    if name == "RNN":
        found.insert(3, "nonlinearity='tanh'")
    found = [re.sub(r"<function (\w+) .*>", r"'\1'", one) for one in found]
    stated = ast.unparse(ast.parse(f"def f({TABLES['pytorch'][name].signature}): pass").body[0].args)
    assert stated.replace("*, ", "").split(", ") == (found or [""])


@pytest.mark.parametrize("name", [name for name, row in TABLES["keras"].items() if row.kind])
def test_a_row_has_arguments_of_its_keras_layer(name: str) -> None:
    lines = dict(line.split("\t") for line in (DATA / "keras_layers.txt").read_text().splitlines())
    theirs = re.findall(r"(?:^|[(,]) ?(\w+)(?==|,|\))", lines[name])
    ours = [one.arg for one in ast.parse(f"def f({TABLES['keras'][name].signature}): pass").body[0].args.args]
    assert [one for one in theirs if one in ours] == ours, (theirs, ours)


def test_arguments_are_attributes_of_a_kind_or_a_block() -> None:
    attributes = {name for kind in REGISTRY.values() for name in kind.attributes}
    attributes |= {"wide", "act", "prenorm"}  # of blocks of the shipped library
    assert {ours for each in ARGUMENTS.values() for ours in each} <= attributes


# ---- calls


def calls() -> list[tuple[str, str, str]]:
    """For each kind by another name: its input, a call that a program would have, and the line that it is."""
    found = []
    for library, prefix in (("pytorch", "nn."), ("keras", "layers."), ("functional", "F.")):
        for name, row in TABLES[library].items():
            if row.kind in REGISTRY and not row.form and not row.behind:
                found += [(f"{prefix}{name}", *one) for one in _examples(row, REGISTRY[row.kind])][:2]
    return found


def _examples(row: Meaning, kind: type[Layer]) -> list[tuple[str, str, str]]:
    """The examples of a kind that a call of a row can say: input, arguments and line."""
    found = []
    for example in kind.examples:
        if not isinstance(example, Example) or ": " in example.text:  # a mask, which calls have the other way round
            continue
        reads, line, *_ = example.text.split(" -> ")
        digit = re.search(r"[123](?=[dD])", row.name)
        shapes = reads.split(", ")
        if digit and len(re.split("x", shapes[0].split()[0])) != int(digit.group()) + 1:
            continue
        text = "; ".join(f"input i{number}: {shape}" for number, shape in enumerate(shapes))
        behind = " <- " + ", ".join(f"i{number}" for number in range(len(shapes)))
        if not line.startswith(kind.name):  # two lines, or a merge around it
            continue
        op = archdsl.loads(f"{text}\n{line}{behind}")._checked.network.body.items[-1].node.op
        if getattr(op, "inplace", False):  # where numbers are written is no part of what a call proposes
            continue
        values, reads = _arguments(row, op, shapes[0]), _reads(row, len(shapes))
        if values is not None and reads is not None:
            given = f"({', '.join([*reads, *values])}){'' if reads else behind}"
            found.append((text, given, f"{line}{behind}"))
    return found


def _read(row: Meaning) -> tuple[str, ...]:
    return ASKED if "query" in row.signature else READ


def _reads(row: Meaning, number: int) -> list[str] | None:
    """The arguments of a function that are values of the network; None where it takes another number of them."""
    each = [one.arg for one in ast.parse(f"def f({row.signature}): pass").body[0].args.args if one.arg in _read(row)]
    names = [f"i{place}" for place in range(number)]
    if each == ["tensors"]:
        return [f"[{', '.join(names)}]"]
    return names if len(each) == number else [] if not each else None


def _arguments(row: Meaning, op: Layer, shape: str) -> list[str] | None:
    """The values of a layer as arguments of a call; None where one has no argument."""
    each = ast.parse(f"def f({row.signature}): pass").body[0].args
    optional = [*each.args[len(each.args) - len(each.defaults) :], *each.kwonlyargs]
    values = [ast.literal_eval(one) for one in (*each.defaults, *each.kw_defaults)]
    defaults = dict(zip([one.arg for one in optional], values, strict=True))
    given: dict[str, Any] = {}
    told = {name for name, one in op.attributes.items() if op.__dict__[name] != one.default}
    for one in (*each.args, *each.kwonlyargs):
        attribute = next((a.name for a in op.attributes.values() if a.torch == one.arg or a.name == one.arg), None)
        attribute = attribute or next((name for name in ARGUMENTS.get(one.arg, ()) if name in op.attributes), None)
        if attribute is None or one.arg in _read(row):
            if one.arg in FROM_INPUT:
                given[one.arg] = int(re.split("x", shape.split()[0])[-1])
            continue
        value = plain(op.__dict__[attribute])
        told.discard(attribute)
        if value is not None and (one.arg not in defaults or value != defaults[one.arg]):
            given[one.arg] = value
    if {name for name in told if op.__dict__[name] not in (None, ())} - _spread(op):
        return None
    return [f"{name}={value!r}" for name, value in given.items()]


def plain(value: Any) -> Any:
    """A value as a program has it: one number for equal ends of an axis, and for equal axes."""
    if isinstance(value, tuple):
        sizes = tuple(one[0] if isinstance(one, tuple) and len(set(one)) == 1 else one for one in value)
        return sizes[0] if len(set(sizes)) == 1 and len(sizes) > 1 else sizes
    return value


def _spread(op: Layer) -> set[str]:
    """Attributes whose value is the default for each axis: (1, 1) of 1."""
    return {name for name, one in op.attributes.items() if plain(op.__dict__[name]) == one.default}


@pytest.mark.parametrize(("name", "before", "call", "line"), calls(), ids=lambda value: str(value)[:40])
def test_a_call_is_answered_by_the_line_that_it_is(name: str, before: str, call: str, line: str) -> None:
    text = f"{before}\n{name}{call}\n"
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text, notation="arch")
    found = raised.value.diagnostics
    assert found[0].fix is not None, str(raised.value)
    assert same(fixed(text, found), f"{before}\n{line}\n")


def same(one: str, other: str) -> bool:
    """Whether two texts are the same layers with the same values."""
    found = [archdsl.loads(text, notation="arch") for text in (one, other)]
    ops = [[(type(item.node.op), vars(item.node.op)) for item in each._checked.network.body.items] for each in found]
    return ops[0] == ops[1]


def test_every_plain_row_is_called() -> None:
    """Those of one, two and three axes have one row."""
    called = {re.sub("[123][dD]", "", name.rpartition(".")[2]) for name, *_ in calls()}
    for library in ("pytorch", "keras"):
        rows = {name for name, row in TABLES[library].items() if row.kind in REGISTRY and not row.form + row.behind}
        assert {re.sub("[123][dD]", "", name) for name in rows} <= called


# ---- calls that are more than other names: one for each row with a form, or with values of ours behind it

SAMPLES = [
    ("8x8x4", "nn.ReflectionPad2d((1, 2, 3, 3))", "PAD [3, [1, 2]] mode=reflect"),
    ("8x8x4", "nn.ReplicationPad2d(1)", "PAD 1 mode=replicate"),
    ("8x8x4", "nn.CircularPad2d(1)", "PAD 1 mode=circular"),
    ("8x8x4", "nn.ConstantPad2d((1, 1, 2, 2), -0.5)", "PAD 2x1 value=-0.5"),
    ("9x4", "nn.ZeroPad1d((2, 0))", "PAD [[2, 0]]"),
    ("4x8x8x2", "nn.ZeroPad3d(1)", "PAD 1"),
    ("8x8x16", "nn.LocalResponseNorm(5)", "LRN alpha=2e-5 k=1"),
    ("8x8x16", "nn.CrossMapLRN2d(5, 1e-4, 0.75, 1)", "LRN alpha=2e-5 k=1"),
    ("9x16", "nn.GLU()", "GLU"),
    ("8x16", "nn.GLU(1)", "GLU axis=steps"),
    ("9x16", "nn.LayerNorm(16)", "LN"),
    ("8x8x3", "nn.LayerNorm([3, 8, 8])", "LN all"),
    ("9x16", "nn.RMSNorm(16, eps=1e-6)", "RMSNORM eps=1e-6"),
    ("9x16", "nn.LazyLinear(8)", "LINEAR 8"),
    ("7x7x512", "nn.Linear(25088, 4096)", "FC 4096"),
    ("7x7x512", "nn.Linear(512, 64)", "LINEAR 64"),
    ("512", "nn.Linear(512, 64, bias=False)", "FC 64 nobias"),
    ("8x8x4", "nn.LogSoftmax(dim=1)", "LOGSOFTMAX"),
    ("8x8x4", "nn.Softmax(dim=3)", "SOFTMAX axis=width"),
    ("9x4", "nn.Softmin(dim=1)", "SOFTMIN axis=steps"),
    ("8x8x4", "nn.PReLU()", "PRELU"),
    ("8x8x4", "nn.PReLU(4, init=0.1)", "PRELU per=channel init=0.1"),
    ("784", "nn.Unflatten(1, (16, 7, 7))", "RESHAPE 7x7x16"),
    ("8x8x4", "nn.UpsamplingBilinear2d(scale_factor=2)", "UPSAMPLE 2 bilinear align"),
    ("9x512", "nn.TransformerEncoderLayer(512, 8, 1024, norm_first=True)", "ENCODERLAYER 8 wide=1024 prenorm"),
    ("9x512", "nn.TransformerEncoderLayer(512, 8, activation='gelu')", "ENCODERLAYER 8 act=GELU"),
    ("8x8x4", "F.normalize(x)", "L2NORM"),
    ("8x8x4", "F.pad(x, (1, 1, 2, 2), mode='reflect')", "PAD 2x1 mode=reflect"),
    ("8x8x4", "torch.flatten(x, 1)", "FLATTEN"),
    ("8x8x4", "x = x.view(-1, 256)", "FLATTEN"),
    ("8x8x4", "x = x.view(x.size(0), -1)", "FLATTEN"),
    ("256", "x = x.view(-1, 4, 8, 8)", "RESHAPE 8x8x4"),
    ("9x4", "x.transpose(1, 2)", 'PERMUTE "channels steps"'),
    ("9x4", "x.permute(0, 2, 1)", 'PERMUTE "channels steps"'),
    ("8x8x4", "F.max_pool2d(F.relu(x), 2)", "RELU; MAXPOOL 2"),
    ("8x8x4", "F.adaptive_avg_pool2d(x, (1, 1))", "ADAPTIVEAVGPOOL 1"),
    ("8x8x4", "x.relu()", "RELU"),
    ("28x28x1", "Conv2D(8, 3, padding='same', activation='gelu')", "CONV 8 3 p=same; GELU"),
    ("9x4", "Conv1D(8, 3, padding='causal')", "PAD [[2, 0]]; CONV 8 3"),
    ("9x4", "Conv1D(8, 3, padding='causal', dilation_rate=2)", "PAD [[4, 0]]; CONV 8 3 d2"),
    ("8x8x4", "Conv2DTranspose(8, 4, strides=2, padding='same')", "UPCONV 8 4 s2 p1"),
    ("8x8x4", "Conv2DTranspose(8, 3, strides=2, padding='same')", "UPCONV 8 3 s2; CROP [[0, 1], [0, 1]]"),
    ("8x8x4", "Conv3DTranspose(8, 3)", ""),
    ("8x8x4", "Cropping2D(((1, 2), (0, 1)))", "CROP [[1, 2], [0, 1]]"),
    ("9x4", "Cropping1D((1, 2))", "CROP [[1, 2]]"),
    ("8x8x4", "CenterCrop(4, 6)", "CROP size=4x6"),
    ("8x8x4", "Dense(8)", "LINEAR 8"),
    ("8x8x4", "layers.DepthwiseConv2D(3, depth_multiplier=2)", "DWCONV 3 m2"),
    ("8x8x4", "layers.Flatten()", "FLATTEN last"),
    ("9x4", "layers.GRU(8, return_sequences=True)", "GRU 8"),
    ("9x4", "layers.GRU(8)", "GRU 8 last"),
    ("9x4", "layers.LSTM(8)", "LSTM 8 last"),
    ("9x4", "SimpleRNN(8)", "RNN 8 last"),
    ("9x4", "Bidirectional(LSTM(8))", "LSTM 8 bidirectional last"),
    ("8x8x4", "GlobalAveragePooling2D(keepdims=True)", "ADAPTIVEAVGPOOL 1"),
    ("8x8x4", "GlobalMaxPooling2D()", "GLOBALMAXPOOL"),
    ("8x8x64", "GroupNormalization()", "GN 32 eps=0.001"),
    ("9x4", "LayerNormalization(epsilon=1e-6)", "LN eps=1e-6"),
    ("9x4", "LayerNormalization(center=False)", "LN eps=0.001 nobias"),
    ("9x4", "RMSNormalization()", "RMSNORM eps=1e-6"),
    ("8x8x4", "BatchNormalization(momentum=0.9, scale=False, center=False)", "BN eps=0.001 noaffine"),
    ("9x64", "MultiHeadAttention(4, 16)", "ATTENTION 4"),
    ("8x8x4", "layers.PReLU(shared_axes=[1, 2])", "PRELU per=channel init=0"),
    ("9x4", "Permute((2, 1))", 'PERMUTE "channels steps"'),
    ("8x8x4", "layers.ReLU(6)", "RELU6"),
    ("8x8x4", "layers.ReLU(max_value=4)", "HARDTANH 0 4"),
    ("8x8x4", "layers.ReLU(negative_slope=0.2)", "LEAKYRELU 0.2"),
    ("64", "layers.Reshape((4, 4, 4))", "RESHAPE 4x4x4 last"),
    ("8x8x4", "Resizing(16, 16)", "UPSAMPLE size=16x16 bilinear"),
    ("8x8x4", "SeparableConv2D(8, 3, padding='same', activation='relu')", "DWCONV 3 p=same nobias; CONV 8 1; RELU"),
    ("9x4", "layers.Softmax(axis=1)", "SOFTMAX axis=steps"),
    ("8x8x4", "UnitNormalization()", "L2NORM"),
    ("8x8x4", "Rescaling(0.5)", "MUL 0.5"),
    ("8x8x4", "Rescaling(0.5, offset=-1)", "MUL 0.5; ADD -1"),
    ("9x4", "TimeDistributed(Dense(8, activation='relu'))", "LINEAR 8; RELU"),
    ("8x8x4", "UpSampling2D((2, 2), interpolation='bilinear')", "UPSAMPLE 2 bilinear"),
    ("8x8x4", "ZeroPadding2D(((1, 2), (3, 4)))", "PAD [[1, 2], [3, 4]]"),
    ("8x8x4", "ZeroPadding2D((1, 2))", "PAD 1x2"),
    ("9x4", "ZeroPadding1D((2, 0))", "PAD [[2, 0]]"),
    ("32x32x4", "MaxPooling2D(3, strides=2, padding='same')", "MAXPOOL 3 s2 p=same"),
    ("33x33x4", "MaxPooling2D(3, strides=2, padding='same')", "MAXPOOL 3 s2 p=same"),
    ("32x32x4", "AveragePooling2D(2, padding='same')", "AVGPOOL 2 p=same"),
    ("32x32x4", "MaxPooling2D(4, strides=1, padding='same')", "MAXPOOL 4 s1 p=same"),
    ("9x4", "layers.Activation('softmax')", "SOFTMAX"),
    ("8x8x4", "Concatenate(axis=-1)", ""),  # it joins several values, and reads one
]
TYPED = [  # the same with the values of a line, as those of ONNX are typed, which come from a printed graph
    ("9x9x8", "Conv 64 kernel_shape=[3,3] pads=[1,1,1,1] strides=[2,2] group=1", "CONV 64 3x3 s2 p1"),
    ("9x9x8", "Conv 64 kernel_shape=[3,5] pads=[1,2,1,2] dilations=[1,1]", "CONV 64 3x5 p1x2"),
    ("9x9x8", "Conv 64 kernel_shape=[2,2] pads=[0,0,1,1]", "CONV 64 2x2 pad=[[0, 1], [0, 1]]"),
    ("9x9x8", "Conv 64 kernel_shape=[3,3] auto_pad=SAME_UPPER", "CONV 64 3x3 p=same"),
    ("9x9x8", "Conv 64 kernel_shape=[3,3] auto_pad=SAME_LOWER", ""),
    ("9x9x8", "ConvTranspose 4 kernel_shape=[2,2] strides=[2,2]", "UPCONV 4 2x2 s2"),
    ("9x9x8", "MaxPool kernel_shape=[3,3]", "MAXPOOL 3x3 s1"),
    ("9x9x8", "MaxPool kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1] ceil_mode=0", "MAXPOOL 3x3 s2 p1"),
    ("9x9x8", "MaxPool kernel_shape=[3,3] strides=[2,2] ceil_mode=1", "MAXPOOL 3x3 s2 ceil"),
    ("8x8x8", "MaxPool kernel_shape=[2,2] strides=[2,2] auto_pad=SAME_UPPER", "MAXPOOL 2x2 s2"),
    ("9x9x8", "AveragePool kernel_shape=[2,2] strides=[2,2]", "AVGPOOL 2x2 s2"),
    ("9x9x8", "AveragePool kernel_shape=[3,3] strides=[2,2] pads=[1,1,1,1]", "AVGPOOL 3x3 s2 p1 nocountpad"),
    ("9x9x8", "AveragePool kernel_shape=[3,3] pads=[1,1,1,1] count_include_pad=1", "AVGPOOL 3x3 s1 p1"),
    ("9x9x8", "LpPool kernel_shape=[2,2] strides=[2,2] p=2", "LPPOOL 2x2"),
    ("9x9x8", "BatchNormalization epsilon=1e-3 momentum=0.99", "BN eps=1e-3 momentum=0.01"),
    ("9x9x8", "InstanceNormalization epsilon=1e-3", "INSTANCENORM eps=1e-3 affine"),
    ("9x9x8", "GroupNormalization num_groups=4", "GN 4"),
    ("9x8", "LayerNormalization axis=-1 epsilon=1e-6", "LN eps=1e-6"),
    ("9x8", "LayerNormalization axis=1 epsilon=1e-6", ""),
    ("9x8", "RMSNormalization axis=-1 epsilon=1e-4", "RMSNORM eps=1e-4"),
    ("9x9x8", "LpNormalization axis=1 p=2", "L2NORM"),
    ("9x9x8", "LRN size=5 alpha=1e-4 beta=0.75 bias=1.0", "LRN alpha=2e-5 k=1"),
    ("9x9x8", "DepthToSpace blocksize=2 mode=CRD", "PIXELSHUFFLE 2"),
    ("9x9x8", "DepthToSpace blocksize=2", 'REARRANGE "h w (a b c) -> (h a) (w b) c" a=2 b=2'),
    ("8x8x8", "SpaceToDepth blocksize=2", 'REARRANGE "(h a) (w b) c -> h w (a b c)" a=2 b=2'),
    ("9x9x8", "Dropout ratio=0.3", "DROPOUT 0.3"),
    ("9x9x8", "Flatten axis=1", "FLATTEN"),
    ("9x9x8", "Flatten axis=2", ""),
    ("64", "Gemm 10 alpha=1.0 beta=1.0 transB=1", "FC 10"),
    ("64", "Gemm 10 alpha=0.5", ""),
    ("9x9x8", "Clip min=0 max=6", "CLAMP 0 6"),
    ("9x9x8", "CLAMP", ""),
    ("9x9x8", "GNN 8", ""),
    ("9x9x8", "BATCHNOM", "BN"),
    ("9x9x8", "Softmax axis=1", ""),  # the height in Keras
    ("9x9x8", "LogSoftmax axis=2", "LOGSOFTMAX axis=height"),
    ("9x9x8", "LogSoftmax axis=1", "LOGSOFTMAX"),
    ("9x9x8", "Pad pads=[0,0,1,2,0,0,1,2]", "PAD 1x2"),
    ("9x9x8", "Pad pads=[0,0,1,1,0,0,1,1] mode=reflect", "PAD 1 mode=reflect"),
    ("9x9x8", "Pad pads=[0,1,0,0,0,1,0,0]", ""),
    ("9x9x8", "Resize scales=[1,1,2,2] mode=linear", "UPSAMPLE 2 bilinear"),
    ("9x9x8", "Resize scales=[1,1,2,2]", "UPSAMPLE 2"),
    ("9x9x8", "Upsample scales=[1,1,2,3]", "UPSAMPLE 2x3"),
    ("648", "Reshape shape=[-1,8,9,9]", "RESHAPE 9x9x8"),
    ("9x9x8", "Split axis=1 num_outputs=2", "CHUNK 2"),
    ("9x9x8", "Split axis=1 split=[2,6]", "SPLIT [2, 6]"),
    ("9x8", "Transpose perm=[0,2,1]", 'PERMUTE "channels steps"'),
    ("9x9x8", "ReduceMean axes=[2,3] keepdims=0", "GLOBALAVGPOOL"),
    ("9x9x8", "ReduceMean axes=[2,3]", "ADAPTIVEAVGPOOL 1"),
    ("9x9x8", "ReduceMax axes=[2,3] keepdims=0", "GLOBALMAXPOOL"),
    ("9x9x8", "ReduceSum axes=[2,3] keepdims=0", "REDUCE sum [height, width]"),
    ("9x8", "ReduceMin axes=[1] keepdims=1", "REDUCE min steps keep"),
    ("9x8", "LSTM hidden_size=4 direction=bidirectional", "LSTM 4 bidirectional"),
    ("9x8", "GRU hidden_size=4 direction=reverse", ""),
    ("9x8", "RNN hidden_size=4 direction=forward", "RNN 4"),
    ("9x8", "LSTM 4 return_sequences=False", "LSTM 4 last"),
    ("9x8", "GRU 4 return_sequences=True", "GRU 4"),
    ("8x8x4", "UpSampling2D size=2", "UPSAMPLE 2"),
    ("8x8x4", "SeparableConv2D 8 3x3 padding=same use_bias=False", "DWCONV 3x3 p=same nobias; CONV 8 1x1 nobias"),
    ("8x8x4", "MaxPooling2D 2 padding=same", "MAXPOOL 2"),
    ("8x8x4", "BatchNormalization momentum=0.9 scale=False center=False", "BN momentum=0.1 eps=0.001 noaffine"),
    ("9x512", "TransformerEncoderLayer d_model=512 nhead=8", "ENCODERLAYER 8"),
    ("9x512", "TransformerEncoderLayer d_model=256 nhead=8", ""),
    ("9x16", "LSTM 16 2 batch_first=True", "LSTM 16 2"),
    ("8x8x4", "Conv2d 4 8 kernel_size=3 padding=1", "CONV 8 3x3 p1"),
    ("8x8x4", "CONV 8 3x3 kernel_size=3", "CONV 8 3x3"),
    ("8x8x4", "CONV 8 3x3 s2 stride=2", "CONV 8 3x3 s2"),
    ("8x8x4", "CONV 8 3x5 kernel_size=5x3", ""),
    ("784", "nn.Linear(784, 128), nn.ReLU()", "LINEAR 128; RELU"),
    ("8x8x4", "x = x.mean([2, 3])", "GLOBALAVGPOOL"),
    ("8x8x4", "x.mean(dim=(2, 3), keepdim=True)", "ADAPTIVEAVGPOOL 1"),
    ("9x4", "torch.mean(x, dim=1)", "REDUCE mean steps"),
    ("9x4", "torch.exp(x)", "EXP"),
    ("9x4", "x.rsqrt()", "RSQRT"),
    ("9x4", "torch.pow(x, 2)", "POW 2"),
    ("9x4", "x.pow(0.5)", "POW 0.5"),
    ("9x4", "torch.mul(x, 0.5)", "MUL 0.5"),
    ("9x4", "torch.clamp(x, min=0)", "CLAMP 0"),
    ("9x4", "x.clamp(-1, 1)", "CLAMP (-1) 1"),
    ("9x4", "x.clamp(max=6)", "CLAMP max=6"),
    ("9x4", "torch.flip(x, dims=(1,))", "FLIP steps"),
    ("8x8x4", "x.flip((2, 3))", "FLIP [height, width]"),
    ("9x4", "torch.cumsum(x, dim=1)", "CUMSUM steps"),
    ("8x8x4", "x.cumsum(1)", "CUMSUM channels"),
    ("8x8x4", "x.argmax(dim=1)", "ARGMAX channels"),
    ("9x4", "torch.argmax(x, dim=1, keepdim=True)", "ARGMAX steps keep"),
    ("9x4", "x.topk(2)", "TOPK 2"),
    ("9x4", "torch.topk(x, 2, dim=1, largest=False)", "TOPK 2 axis=steps nolargest"),
    ("9x4", "x.gt(0)", "GREATER 0"),
    ("9x4", "torch.le(x, 0.5)", "LESSEQUAL 0.5"),
    ("9 int", "x.ne(0)", "NOTEQUAL 0"),
    ("9x4", "torch.randn_like(x)", "NOISE"),
    ("9 int", "F.one_hot(x, 10)", "ONEHOT 10"),
    ("8x8x4", "ArgMax axis=1 keepdims=0", "ARGMAX channels"),
    ("9x4", "ArgMax axis=1", "ARGMAX steps keep"),
    ("9x4", "CumSum axis=1", "CUMSUM steps"),
    ("9x4", "CumSum axis=1 reverse=1", ""),
    ("9x4", "TopK k=2 axis=1", "TOPK 2 axis=steps"),
    ("9x4", "x.amax(1)", "REDUCE max steps"),
    ("9x4", "x.amin(dim=1)", "REDUCE min steps"),
    ("9x4", "torch.sum(x, 1)", "REDUCE sum steps"),
]


@pytest.mark.parametrize(("shape", "call", "line"), SAMPLES + TYPED, ids=[call for _, call, _ in SAMPLES + TYPED])
def test_a_call_that_is_more_than_other_names(shape: str, call: str, line: str) -> None:
    """The same network, to the last line of its PyTorch source; where no line is the same, no text is shown."""
    text = f"input {shape}\n{call}\n"
    with pytest.raises(archdsl.ArchError) as raised:
        archdsl.loads(text, notation="arch")
    found = raised.value.diagnostics
    assert (found[0].fix is not None) == bool(line), str(raised.value)
    if line:
        use = "use std.transformer\n" if "ENCODERLAYER" in line else ""
        right = archdsl.loads(f"{use}input {shape}\n{line}\n", notation="arch")
        assert archdsl.loads(fixed(text, found), notation="arch").to_source() == right.to_source()


def test_every_row_with_a_form_has_a_sample() -> None:
    called = " ".join(call for _, call, _ in SAMPLES + TYPED) + (DATA / "guesses.txt").read_text()
    for library in ("pytorch", "keras", "functional", "onnx"):
        for name, row in TABLES[library].items():
            if row.form or row.behind:
                stem = re.sub(r"[123][dD]", r"[123][dD]", name).replace("Convolution", "Conv")
                stem = stem.replace("AvgPool", "(AvgPool|AveragePooling)").replace("MaxPool[", "MaxPool(ing)?[")
                assert re.search(rf"\b{stem}", called) or name in ALIKE, name


ALIKE = {  # rows of the same form and target as others that are called
    *("LazyLinear", "TransformerDecoderLayer", "softmax", "softmin", "log_softmax", "glu", "local_response_norm"),
    *("upsample_bilinear", "reshape", "roll", "chunk", "concat", "concatenate", "add", "GlobalAvgPool1D"),
    *("gather", "GatherElements"),  # two values: `test_values_that_are_chosen`
    *("InputLayer", "Input", "ELU", "SpatialDropout1D", "Concat", "MaxUnpool"),
}


# ---- names typed as kinds


def typed() -> list[tuple[str, str, str]]:
    """For each name of ONNX and of papers for a kind: its input, a line that begins with it, and the line that it is."""
    found = []
    for library in ("onnx", "papers"):
        for name, row in TABLES[library].items():
            if row.kind in REGISTRY and not row.form:
                reads, line = _first_example(REGISTRY[row.kind])
                shapes = reads.split(", ") if reads else []
                text = "; ".join(f"input i{number}: {shape}" for number, shape in enumerate(shapes)) or "input 8"
                behind = f" <- {', '.join(f'i{number}' for number in range(len(shapes)))}" if shapes else ""
                values = line.partition(" ")[2]
                if name == "Clip":  # which clips nothing where no bound is given
                    line, values = "CLAMP 0 6", "0 6"
                if row.kind == "REDUCE":  # its first value is in the name
                    line = f"REDUCE {row.behind} {values.partition(' ')[2]}"
                    found.append((text, f"{name} {values.partition(' ')[2]}{behind}", f"{line}{behind}"))
                else:
                    found.append((text, f"{name} {values}{behind}", f"{line} {row.behind}{behind}"))
    return found


def _first_example(kind: type[Layer]) -> tuple[str, str]:
    """What the first example of a kind that is one line reads, and the line."""
    for example in kind.examples:
        if isinstance(example, Example):
            before, _, _ = example.text.rpartition(" -> ")
            reads, _, line = before.rpartition(" -> ") if '"' not in before else before.partition(" -> ")
            if line.startswith(kind.name):
                return reads, line
    raise AssertionError(kind.name)


@pytest.mark.parametrize(("before", "line", "right"), typed(), ids=[line for _, line, _ in typed()])
def test_a_name_typed_as_a_kind_is_accepted_or_answered(before: str, line: str, right: str) -> None:
    text = f"{before}\n{line}\n"
    try:
        archdsl.loads(text, notation="arch")
    except archdsl.ArchError as error:
        assert error.diagnostics[0].fix is not None, str(error)
        text = fixed(text, error.diagnostics)
    assert same(text, f"{before}\n{right}\n")


# ---- texts and reasons


@pytest.mark.parametrize("name", [name for table in TABLES.values() for name, row in table.items() if row.text])
def test_a_text_holds(name: str) -> None:
    row = known(name)
    assert row is not None
    archdsl.loads(f"input 8x8x4\n{row.text}\n")


@pytest.mark.parametrize("library", vocabulary.LIBRARIES)
def test_a_reason_is_told(library: str) -> None:
    """For each name that cannot be written, called as a program does or typed as a kind."""
    for name, row in TABLES[library].items():
        if not row.reason or name == "Scan":  # SCAN runs a block, which is missing
            continue
        typed = "F." + name if library == "functional" else name
        texts = [f"input 8x8x4\n{typed}()\n", *([f"input 8x8x4\n{typed} 3\n"] if known(typed) == row else [])]
        for text in texts:
            with pytest.raises(archdsl.ArchError) as raised:
                archdsl.loads(text, notation="arch")
            found, *more = raised.value.diagnostics
            ours = name.upper() in {*REGISTRY, "SCAN"}  # whose values and inputs have faults of their own
            assert not more or ours
            if not ours:
                assert found.hint is not None and found.fix is None, name
                assert row.reason in found.hint or "cannot be written" in found.hint or exact(name)[0] != row


def test_a_reason_is_a_sentence() -> None:
    for table in TABLES.values():
        for row in table.values():
            if row.reason:
                assert re.match(
                    r"(?:is|are|has|was|concerns|consists|removes|returns|converts|augments|declares|processes|gives|runs|says|wraps|holds|changes|prepares|belongs|adds|sums|turns"
                    r"|takes|reads|cannot|finds|with)\b",
                    row.reason,
                ), row
                assert not row.reason.endswith(".")
                assert not re.search(r"\byet\b", row.reason), row  # what will be is no answer


def test_activations_are_kinds() -> None:
    for line in ACTIVATIONS.values():
        archdsl.loads(f"input 8x8x4\n{line or 'ID'}\n")


def test_what_a_spec_does_not_say_is_ignored_by_name() -> None:
    assert "name" in IGNORED and "kernel_initializer".endswith(IGNORED_ENDS)
