"""Modules of other packages: closed unless the caller opens the door, and then only what the text names."""

from __future__ import annotations

import ast
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.cli.main import main

LINEAR = 'MODULE "torch.nn:Linear" in_features=4 out_features=4 gives=4 params=20'
WATCHED = """
import sys
imported = []
sys.addaudithook(lambda event, arguments: imported.append(arguments[0]) if event == "import" else None)
import archdsl
model = archdsl.loads('input 4\\nMODULE "calendar_of_nobody.x:Y" gives=4 params=3\\nMODULE "this:Z" gives=4')
model.summary(), model.to_json(), model.params
print([name for name in imported if name.startswith(("calendar_of", "this", "torch"))])
"""


def opened(line: str, shape: str = "4") -> Any:
    return archdsl.loads(f"input {shape}\n{line}", allow_modules=True)


def refusal(line: str, shape: str = "4") -> archdsl.Diagnostic:
    with pytest.raises(archdsl.ArchError) as caught:
        opened(line, shape).to_torch()
    (found,) = caught.value.diagnostics
    return found


# ---- closed


def test_checking_imports_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", WATCHED], capture_output=True, text=True, check=False)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_source_and_module_need_the_caller_s_word() -> None:
    model = archdsl.loads(f"input 4\n{LINEAR}\nRELU\n{LINEAR}")
    assert model.params == 40
    for act in (model.to_source, model.to_torch):
        with pytest.raises(archdsl.ArchError) as caught:
            act()
        assert [(d.code, d.line) for d in caught.value.diagnostics] == [("closed-door", 2), ("closed-door", 4)]


def test_the_command_line_opens_it_with_an_option(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "net.arch"
    path.write_text(f"input 4\n{LINEAR}\n", encoding="utf-8")
    assert main(["check", str(path)]) == 0
    capsys.readouterr()
    assert main(["compile", str(path)]) == 1
    told = capsys.readouterr()
    assert "error[closed-door]" in told.out and not told.err
    assert main(["compile", str(path), "--allow-modules"]) == 0
    assert "\nfrom torch.nn import Linear\n" in capsys.readouterr().out


def test_a_parameter_of_a_model_cannot_open_it() -> None:
    with pytest.raises(archdsl.ArchError) as caught:
        archdsl.loads(f"model M(allow_modules=yes)\ninput 4\n{LINEAR}")
    assert caught.value.diagnostics[0].code == "invalid-name"


# ---- open


def test_the_module_is_the_one_that_is_named() -> None:
    torch = pytest.importorskip("torch")
    text = 'MODULE "torch.nn:Conv2d" in_channels=6 out_channels=4 kernel_size=[3, 1] bias=no gives=6x8x4 params=72'
    module = opened(f"a: {text}\nb: RELU", "8x8x6").to_torch()
    assert type(module.a) is torch.nn.Conv2d and module.a.kernel_size == (3, 1) and module.a.bias is None
    x = torch.rand(2, 6, 8, 8)
    assert torch.equal(module(x), module.a(x).relu())
    assert torch.equal(pickle.loads(pickle.dumps(module))(x), module(x))
    assert torch.equal(torch.compile(module, fullgraph=True, backend="eager")(x), module(x))
    assert torch.equal(torch.export.export(module, (x,)).module()(x), module(x))


def test_sequences_come_with_their_channels_last_and_copies_are_counted() -> None:
    torch = pytest.importorskip("torch")
    line = 'MODULE "torch.nn:Linear" in_features=6 out_features=6 gives=10x6 params=42'
    model = opened(f"CONV 6 1\nlayers: {{ {line}; RELU }} x3\nexpect 168 params", "10x6")
    assert model.to_torch()(torch.rand(2, 10, 6)).shape == (2, 10, 6)


def test_open_sizes_pass() -> None:
    torch = pytest.importorskip("torch")
    module = opened('MODULE "torch.nn:Linear" in_features=4 out_features=8 gives=[T, 8] params=40', "Tx4").to_torch()
    assert [module(torch.rand(2, size, 4)).shape[1] for size in (3, 5)] == [3, 5]


def test_a_name_of_the_network_never_hides_the_class() -> None:
    pytest.importorskip("torch")
    block = 'block Linear(GELU) { MODULE "torch.nn:Linear" in_features=in out_features=GELU gives=GELU params=20 }'
    text = f'model Tanh\n{block}\ninput 4\nLinear 4\nMODULE "torch.nn:GELU" gives=4\nMODULE "torch.nn:Tanh" gives=4'
    model = archdsl.loads(text, allow_modules=True)
    assert "from torch.nn import GELU as GELU2, Linear as Linear2, Tanh as Tanh2" in model.to_source()
    model.to_torch()


def test_an_argument_that_is_called_as_a_value_of_the_line() -> None:
    line = 'MODULE "torch.nn:Linear" in_features=4 out_features=4 gives=4 params=20 params_=3'
    assert "Linear(in_features=4, out_features=4, params=3)" in opened(line).to_source()
    assert "unexpected keyword argument 'params'" in refusal(line).message


# ---- what cannot be had


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('MODULE "no_such_package.x:Y" gives=4', "no_such_package.x cannot be imported: ModuleNotFoundError"),
        ('MODULE "torch.nn:NoSuchThing" gives=4', "torch.nn has no attribute NoSuchThing"),
        ('MODULE "os:system" command="touch /tmp/never" gives=4', "os:system is not a subclass of torch.nn.Module"),
        ('MODULE "torch:nn" gives=4', "torch:nn is not a subclass of torch.nn.Module"),
        ('MODULE "collections:OrderedDict" gives=4', "is not a subclass of torch.nn.Module"),
        ('MODULE "torch.nn:Linear" in_features=4 gives=4', "torch.nn:Linear rejects its arguments: TypeError"),
        ('MODULE "torch.nn:Linear" in_features="a" out_features=4 gives=4', "rejects its arguments"),
        ('MODULE "torch.nn:Linear" in_features=4 out_features=4 gives=4', "has 20 parameters, and the line states 0"),
    ],
)
def test_what_cannot_be_had_is_told_at_its_line(line: str, words: str) -> None:
    pytest.importorskip("torch")
    found = refusal(f"RELU\n{line}")
    assert (found.code, found.line) == ("foreign-module", 3)
    assert words in found.message


@pytest.mark.parametrize(
    "path",
    [
        "torch.nn",
        "torch.nn:",
        ":Linear",
        "torch.nn:Linear()",
        "torch.nn:Linear as x",
        "torch.nn:Linear; import os",
        "torch..nn:Linear",
        ".torch:Linear",
        "torch.nn:Linear:x",
        "torch.nn:_Linear",
        "__main__:Linear",
        "torch.class:Linear",
        "törch:Linear",
    ],
)
def test_a_path_is_made_of_words(path: str) -> None:
    assert refusal(f'MODULE "{path}" gives=4').code in ("invalid-text", "encoding")


@pytest.mark.parametrize("name", ["lambda", "a.b", "_x", "__class__", "a×b"])
def test_an_argument_has_a_name_that_python_can_have(name: str) -> None:
    assert refusal(f'MODULE "torch.nn:Linear" {name}=3 gives=4').code == "invalid-name"


def test_texts_stay_texts() -> None:
    hostile = "'); import os; os.system('true') #\\"
    source = opened(f'MODULE "torch.nn:Linear" in_features="{hostile}" gives=4').to_source()
    keywords = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.keyword)]
    assert [(one.arg, ast.literal_eval(one.value)) for one in keywords] == [("in_features", hostile)]


# ---- the whitelist

HEADER = "from torch import nn\n"
MODEL = "class A(nn.Module):\n    def __init__(self):\n        self.a = Linear(1)\n"


def test_the_whitelist_lets_in_what_is_named_and_nothing_else() -> None:
    pytest.importorskip("torch")
    from archdsl.backends.torch.whitelist import verify

    allowed = {("torch.nn", "Linear"), ("a.b", "Linear")}
    verify(HEADER + "from torch.nn import Linear\n" + MODEL, allowed)
    verify(HEADER + "from a.b import Linear as Linear2\n" + MODEL.replace("Linear", "Linear2"), allowed)
    for bad in (
        "from torch.nn import GELU\n",
        "from torch.nn import Linear, GELU\n",
        "from torch.nn import *\n",
        "from a import b\n",
        "import torch.nn\n",
        "from .a.b import Linear\n",
        "from a.b import Linear as nn\n",
        "from a.b import Linear as getattr\n",
        "from a.b import Linear as A\n",
        "from a.b import Linear as __x\n",
        "from torch import nn as x\n",
        "from a.b import Linear\nLinear.x = 1\n",
        "from a.b import Linear\nx = Linear\n",
        "from a.b import Linear\nx = [Linear]\n",
    ):
        with pytest.raises(ValueError, match="generated source"):
            verify(HEADER + bad + MODEL, allowed)
    with pytest.raises(ValueError, match=r"generated source cannot from torch\.nn import Linear"):
        verify(HEADER + "from torch.nn import Linear\n" + MODEL)
