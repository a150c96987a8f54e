"""A compiled module is an ordinary one: its chains are sliced and extended, its source is shown, and it knows its spec."""

from __future__ import annotations

import copy
import inspect
import io
import linecache
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")
from torch import nn  # noqa: E402

import archdsl  # noqa: E402
from archdsl.version import VERSION  # noqa: E402

ROOT = Path(__file__).parents[1]
CHAIN = "input 12x12x3\nCONV 4 3x3;  BN;  RELU\nconv: CONV 8 3x3;  DROPOUT 0.5\nFC 10"
CHAINS = {
    "numbers": "input 12x12x3\nCONV 4 3x3;  BN;  RELU\nCONV 8 3x3\nFC 10",
    "names": CHAIN,
    "open sizes": "input HxWx3 where H >= 8\nCONV 4 3x3;  BN;  RELU\nCONV 8 3x3;  GLOBALAVGPOOL;  FC 10",
    "copies": "input 12x12x3\nconv: CONV 4 3x3;  { CONV 4 3x3 p1;  RELU } x5\nFC 10",
    "frozen": "input 12x12x3\nCONV 4 3x3;  b: BN;  RELU\nCONV 8 3x3\nFC 10\nfreeze b with stats",
    "tied": "input 7 int\ne: EMBED 20 4\nLINEAR 4;  RELU\nLINEAR 20 weight=e",
}
each_chain = pytest.mark.parametrize("text", CHAINS.values(), ids=list(CHAINS))


def made(text: str) -> tuple[Any, Any]:
    """A module in evaluation, and an input."""
    x = torch.randint(0, 20, (2, 7)) if " int" in text else torch.rand(2, 3, 12, 12)
    return archdsl.loads(text).to_torch().eval(), x


# ---- slices


@each_chain
def test_slices_of_a_chain_are_the_parts_of_the_computation(text: str) -> None:
    net, x = made(text)
    for at in range(1, len(net)):
        first, rest = net[:at], net[at:]
        assert type(first) is type(rest) is nn.Sequential
        torch.testing.assert_close(rest(first(x)), net(x))
    assert len(net[:0]) == 0 and len(net[::2]) == (len(net) + 1) // 2
    assert net[-1] is list(net)[-1] and net[0] is next(iter(net))
    with pytest.raises(IndexError):
        net[len(net)]


@each_chain
def test_a_slice_keeps_the_names_and_shares_the_tensors(text: str) -> None:
    net, _ = made(text)
    part = net[1:-1]
    assert [name for name, _ in part.named_children()] == [name for name, _ in net.named_children()][1:-1]
    assert all(part.get_parameter(name) is net.get_parameter(name) for name, _ in part.named_parameters())


@each_chain
def test_the_last_layer_is_replaced(text: str) -> None:
    net, x = made(text)
    features = net[:-1]
    wide = features(x).flatten(1).shape[1]
    for head in (
        nn.Sequential(*list(net.children())[:-1], nn.Flatten(), nn.Linear(wide, 3)),
        net[:-1].append(nn.Flatten()).append(nn.Linear(wide, 3)),
        net[:-1] + nn.Sequential(nn.Flatten(), nn.Linear(wide, 3)),
    ):
        assert head.eval()(x).shape == (2, 3)
    net[-1] = nn.Identity()
    torch.testing.assert_close(net(x), features(x))
    del net[-1]
    torch.testing.assert_close(net(x), features(x))


@each_chain
def test_slices_are_copied_pickled_and_captured(text: str) -> None:
    net, x = made(text)
    part = net[:-1]
    for twin in (
        copy.deepcopy(part),
        pickle.loads(pickle.dumps(part)),
        copy.deepcopy(net)[:-1],
        torch.jit.script(part),
    ):
        torch.testing.assert_close(twin(x), part(x))


def test_a_block_that_is_a_chain_is_sliced_too() -> None:
    net = archdsl.loads("block B(c) { CONV c 3x3;  BN;  RELU }\ninput 12x12x3\nB 4;  B 8").to_torch()
    assert type(net[1]).__name__ == "B" and type(net[1][:2]) is nn.Sequential
    assert net[1][:2](torch.rand(2, 4, 9, 9)).shape == (2, 8, 7, 7)


def test_a_layer_of_a_class_is_replaced_by_its_name() -> None:
    net = archdsl.load(ROOT / "specs" / "resnet18.arch").to_torch()
    net.fc = nn.Linear(net.fc.in_features, 3)
    assert net(torch.rand(2, 3, 64, 64)).shape == (2, 3)
    body = nn.Sequential(*list(net.children())[:-1])
    assert len(body) == len(list(net.children())) - 1


def test_named_copies_are_written_as_a_loop() -> None:
    model = archdsl.loads(CHAINS["copies"])
    assert model.to_source().count("for i in range(1, 11, 2):") == 1
    names = [name for name, _ in model.to_torch().named_children()]
    assert names[:4] == ["conv", "1", "2", "3"]


# ---- source and spec


def test_the_source_of_the_class_is_shown() -> None:
    model = archdsl.load(ROOT / "specs" / "resnet_cifar.arch", depth=20)
    net = model.to_torch()
    for _ in range(2):
        assert inspect.getsource(type(net)) == model.to_source()[model.to_source().index("class ResNetCIFAR") :]
        assert inspect.getsource(type(net.layer1[0])).startswith("class ")
        assert inspect.getsource(type(net).forward).startswith("    def forward(self, x):")
        assert inspect.getsource(inspect.getmodule(type(net))) == model.to_source()  # type: ignore[arg-type]
        linecache.clearcache()


def test_a_module_knows_its_spec() -> None:
    path = ROOT / "specs" / "resnet_cifar.arch"
    net = archdsl.load(path, depth=32).to_torch()
    assert net.arch.text == path.read_text(encoding="utf-8")
    assert net.arch.parameters == {"depth": 32, "classes": 10}
    assert net.arch.version == VERSION
    assert net.arch.used == {}
    again = archdsl.loads(net.arch.text, **net.arch.parameters)
    assert again.params == sum(each.numel() for each in net.parameters())


def test_a_copy_knows_the_spec_too() -> None:
    net, _ = made("model M(c=4, act=RELU, on=yes, n=[1, [2, 0.5]])\n" + CHAIN)
    file = io.BytesIO()
    torch.save(net, file)
    file.seek(0)
    twins = (copy.deepcopy(net), pickle.loads(pickle.dumps(net)), torch.load(file, weights_only=False))
    for twin in twins:
        assert twin.arch == net.arch
        assert list(twin.state_dict()) == list(net.state_dict())
    assert net.arch.parameters == {"c": 4, "act": "RELU", "on": True, "n": [1, [2, 0.5]]}
    assert not any("arch" in name for name in net.state_dict())
    assert not hasattr(net[:-1], "arch")


def test_a_saved_module_knows_it_in_another_process(tmp_path: Path) -> None:
    net, _ = made(CHAIN)
    torch.save(net, tmp_path / "net.pt")
    code = "import inspect, sys, torch; net = torch.load(sys.argv[1], weights_only=False)\n"
    code += "print(inspect.getsource(type(net)).split(':')[0], net.arch.parameters, net.arch.version, len(net[:2]))"
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "net.pt")], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stdout == f"class Text(nn.Sequential) {{}} {VERSION} 2\n", done.stderr


def test_files_that_the_spec_uses_are_known(tmp_path: Path) -> None:
    (tmp_path / "parts.arch").write_text("block B(c) { CONV c 3x3;  RELU }\n", encoding="utf-8")
    (tmp_path / "net.arch").write_text('use "parts.arch"\ninput 9x9x3\nB 4\n', encoding="utf-8")
    known = archdsl.load(tmp_path / "net.arch").to_torch().arch
    assert [text for name, text in known.used.items() if name.endswith("parts.arch")] == [
        "block B(c) { CONV c 3x3;  RELU }\n"
    ]


def test_a_layer_called_arch_is_what_the_name_means() -> None:
    net = archdsl.loads("input 4\narch: FC 3").to_torch()
    assert isinstance(net.arch, nn.Linear)


def test_the_spec_of_an_open_size_has_no_number() -> None:
    net = archdsl.loads("model M(c=3)\ninput HxWx3\nCONV c 3x3;  GLOBALAVGPOOL").to_torch()
    assert net.arch.parameters == {"c": 3}
