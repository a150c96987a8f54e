"""Checkpoints with PyTorch: exact loading, nothing in silence, files that the safetensors library reads, no free pickle."""

from __future__ import annotations

import os
import pickle
import random
import struct
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

torch = pytest.importorskip("torch")

from support.checkpoints import DAMAGED  # noqa: E402
from support.harness import hidden  # noqa: E402

import archdsl  # noqa: E402
from archdsl.backends.torch import checkpoint  # noqa: E402
from archdsl.checkpoints.header import read_header  # noqa: E402

ROOT = Path(__file__).parents[1]
NET = """
model Net(classes=3)
input 12x12x2
conv: CONV 4 3x3 nobias; bn: BN; RELU
features: { CONV 4 3x3 p1; RELU } x2
fc: FC classes
"""


def net(**given: Any) -> archdsl.Model:
    return archdsl.loads(NET, **given)


def trained() -> Any:
    """A module with a value of its own in every tensor, odd ones among them."""
    module = net().to_torch()
    generator = torch.Generator().manual_seed(7)
    with torch.no_grad():
        for tensor in module.state_dict().values():
            if tensor.is_floating_point():
                tensor.copy_(torch.randn(tensor.shape, generator=generator))
            else:
                tensor.fill_(41)
        module.fc.bias.copy_(torch.tensor([float("nan"), float("-inf"), -0.0]))
    return module


def bits(tensor: Any) -> list[int]:
    return list(checkpoint.to_bytes(tensor.detach().contiguous(), sys.byteorder))


def equal(one: Any, other: Any) -> bool:
    """Whether two modules have the same tensors, bit by bit."""
    first, second = one.state_dict(), other.state_dict()
    return list(first) == list(second) and all(bits(first[name]) == bits(second[name]) for name in first)


def fault(path: Path, model: archdsl.Model | None = None, **rules: Any) -> Any:
    """The one diagnostic with which a file is refused."""
    with pytest.raises(archdsl.ArchError) as raised:
        (model or net()).to_torch(weights=path, **rules)
    assert hidden(str(raised.value)) is None
    (diagnostic,) = raised.value.diagnostics
    return diagnostic


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "net.safetensors"
    archdsl.save(trained(), path)
    return path


# ---- exactly


def test_a_module_comes_back_bit_by_bit(saved: Path) -> None:
    assert equal(net().to_torch(weights=saved), trained())
    assert equal(net().to_torch(weights=str(saved)), trained())


def test_what_is_loaded_is_the_modules_own(saved: Path) -> None:
    """The module trains on, keeps its gradients, and the file can go."""
    module = net().to_torch(weights=saved)
    before = saved.read_bytes()
    saved.unlink()
    assert all(parameter.requires_grad and parameter.is_leaf for parameter in module.parameters())
    module(torch.rand(2, 2, 12, 12)).nansum().backward()
    with torch.no_grad():
        module.conv.weight.add_(1)
    archdsl.save(trained(), saved)
    assert saved.read_bytes() == before


@pytest.mark.parametrize("name", ["lenet1", "lenet5", "resnet18", "kim_cnn", "alphago_policy"])
def test_specs_come_back(name: str, tmp_path: Path) -> None:
    model = archdsl.load(ROOT / "specs" / f"{name}.arch", **({"vocab": 50} if name == "kim_cnn" else {}))
    module = model.to_torch()
    archdsl.save(module, tmp_path / "w")
    assert equal(model.to_torch(weights=tmp_path / "w"), module)


@pytest.mark.parametrize("dtype", sorted(checkpoint.DTYPES))
def test_every_dtype_comes_back(dtype: str, tmp_path: Path) -> None:
    size = checkpoint.DTYPES[dtype].itemsize
    data = bytes(random.Random(dtype).randrange(256 if dtype != "BOOL" else 2) for _ in range(6 * size))
    tensor = checkpoint.from_bytes(bytearray(data), checkpoint.DTYPES[dtype], sys.byteorder).reshape(3, 2)
    archdsl.save({"t": tensor, "none": tensor[:0], "turned": tensor.t()}, tmp_path / "w")
    with open(tmp_path / "w", "rb") as file:
        found = read_header(file, os.path.getsize(tmp_path / "w"), "w", archdsl.Limits())
        read = checkpoint.reader(file, found.begin, "w")
        again = {name: read(entry) for name, entry in found.tensors.items()}
    assert (again["t"].dtype, again["t"].shape, bits(again["t"])) == (tensor.dtype, (3, 2), list(data))
    assert bits(again["turned"]) == bits(tensor.t().contiguous())
    assert again["none"].shape == (0, 2)


def test_a_machine_of_the_other_byte_order() -> None:
    tensor = torch.tensor([1 + 2j, -3.5j])
    other = {"little": "big", "big": "little"}[sys.byteorder]
    assert checkpoint.to_bytes(tensor, "big") == struct.pack(">4f", 1, 2, -0.0, -3.5)
    numbers = torch.tensor([1, -2], dtype=torch.int16)
    turned = checkpoint.to_bytes(numbers, other)
    assert checkpoint.from_bytes(bytearray(turned), torch.int16, other).tolist() == [1, -2]


# ---- the library


def test_the_library_reads_what_is_saved(saved: Path) -> None:
    library = pytest.importorskip("safetensors.torch")
    found, state = library.load_file(saved), trained().state_dict()
    assert set(found) == set(state)
    assert all(bits(found[name]) == bits(state[name]) and found[name].dtype == state[name].dtype for name in state)
    safetensors = pytest.importorskip("safetensors")
    with safetensors.safe_open(saved, framework="pt") as file:
        assert file.metadata() == {"format": "pt"}
        assert file.get_tensor("conv.weight").shape == (4, 2, 3, 3)


def test_what_the_library_saves_is_the_same_file(saved: Path, tmp_path: Path) -> None:
    library = pytest.importorskip("safetensors.torch")
    library.save_file(trained().state_dict(), tmp_path / "theirs", metadata={"format": "pt"})
    assert (tmp_path / "theirs").read_bytes() == saved.read_bytes()
    assert equal(net().to_torch(weights=tmp_path / "theirs"), trained())


def test_misaligned_tensors_of_others_are_read(tmp_path: Path) -> None:
    header = b'{"a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},"fc.bias":{"dtype":"F32","shape":[3],"data_offsets":[1,13]}}'
    path = tmp_path / "odd"
    path.write_bytes(len(header).to_bytes(8, "little") + header + b"\1" + struct.pack("<3f", 1, 2, 3))
    rules = {"skip": ["a", "conv", "bn", "features", "fc.weight"]}
    assert net().to_torch(weights=path, **rules).fc.bias.tolist() == [1, 2, 3]


# ---- never in silence


def changed(path: Path, **tensors: Any) -> Path:
    """A file with some tensors exchanged, added, or left out (None); `__` stands for a dot."""
    state = trained().state_dict()
    for name, tensor in tensors.items():
        state[name.replace("__", ".")] = tensor
    archdsl.save({name: tensor for name, tensor in state.items() if tensor is not None}, path)
    return path


@pytest.mark.parametrize(
    ("tensors", "words"),
    [
        ({"conv__weight": None}, "1 missing (conv.weight)"),
        ({"conv__bias": torch.zeros(4)}, "1 extra (conv.bias)"),
        ({"fc__bias": torch.zeros(4)}, "1 of another shape (fc.bias)"),
        ({"conv__weight": torch.zeros(2, 4, 3, 3)}, "1 of another shape (conv.weight)"),
        ({"fc__bias": torch.zeros(3, 1)}, "1 of another shape (fc.bias)"),
        ({"bn__num_batches_tracked": torch.zeros(1, dtype=torch.int64)}, "1 of another shape (bn.num_batches_tracked)"),
        ({"fc__bias": torch.zeros(3, dtype=torch.float16)}, "1 of another dtype (fc.bias)"),
        ({"fc__bias": torch.zeros(3, dtype=torch.int32)}, "1 of another dtype (fc.bias)"),
        ({"bn__num_batches_tracked": torch.tensor(1.0)}, "1 of another dtype (bn.num_batches_tracked)"),
        ({"fc__bias": None, "fc__b": torch.zeros(3)}, "1 missing (fc.bias); 1 extra (fc.b)"),
    ],
)
def test_what_does_not_fit_is_listed(tensors: dict[str, Any], words: str, tmp_path: Path) -> None:
    found = fault(changed(tmp_path / "w", **tensors))
    assert found.code == "weights-mismatch"
    assert found.message.endswith(f"w does not fit Net: {words}")


def test_a_refused_file_changes_nothing(tmp_path: Path) -> None:
    """Whatever is wrong is found before the first tensor is copied."""
    torch.manual_seed(0)
    fresh = net().to_torch()
    path = changed(tmp_path / "w", fc__bias=None)
    copied: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checkpoint, "fill", lambda *arguments: copied.append(arguments))
        fault(path)
    assert not copied
    assert fresh is not None


def test_hints_are_what_to_give(tmp_path: Path) -> None:
    state = trained().state_dict()
    archdsl.save({f"module.{name}": tensor for name, tensor in state.items()}, tmp_path / "w")
    assert fault(tmp_path / "w").hint == "rename={'module.': ''}"
    assert equal(net().to_torch(weights=tmp_path / "w", rename={"module.": ""}), trained())
    found = fault(tmp_path / "w", net(classes=5))
    assert found.hint == "rename={'module.': ''}, skip=['fc']"
    module = net(classes=5).to_torch(weights=tmp_path / "w", rename={"module.": ""}, skip=["fc"])
    assert bits(module.conv.weight) == bits(trained().conv.weight)
    assert module.fc.weight.shape == (5, 4 * 10 * 10)


@pytest.mark.parametrize("path", [0, True, {}, 2.5], ids=repr)
def test_what_is_no_path_is_not_opened(path: Any) -> None:
    """A number least of all: it would be a file that is open already."""
    with pytest.raises(TypeError, match="str, bytes or"):
        net().to_torch(weights=path)
    os.fstat(0)


def test_what_is_no_module_is_not_saved(tmp_path: Path) -> None:
    for wrong in (3, net(), ["fc.weight"]):
        with pytest.raises(TypeError, match="expected a module or a dictionary of tensors"):
            archdsl.save(wrong, tmp_path / "w")
    assert not list(tmp_path.iterdir())


def test_what_is_skipped_keeps_its_fresh_weights(saved: Path) -> None:
    torch.manual_seed(3)
    fresh = net().to_torch()
    torch.manual_seed(3)
    module = net().to_torch(weights=saved, skip=["fc", "*.running_var"])
    state, old, new = module.state_dict(), fresh.state_dict(), trained().state_dict()
    for name in state:
        source = old if name.startswith("fc") or name.endswith("running_var") else new
        assert bits(state[name]) == bits(source[name]), name
    assert bits(net().to_torch(weights=saved, skip="bn.bias").bn.bias) == bits(torch.zeros(4))


def test_casting_is_asked_for(tmp_path: Path) -> None:
    state = {n: t.to(torch.bfloat16) if t.is_floating_point() else t for n, t in trained().state_dict().items()}
    archdsl.save(state, tmp_path / "w")
    assert fault(tmp_path / "w").message.count("of another dtype") == 1
    module = net().to_torch(weights=tmp_path / "w", cast=True)
    assert module.conv.weight.dtype == torch.float32
    assert torch.equal(module.conv.weight, state["conv.weight"].float())


def test_rules_about_nothing_are_refused(saved: Path) -> None:
    for rules in ({"skip": ["head"]}, {"rename": {"module.": ""}}, {"rename": {"conv.weight": "bn.weight"}}):
        with pytest.raises(ValueError, match="called"):
            net().to_torch(weights=saved, **rules)
    with pytest.raises(ValueError, match="skip, rename and cast need weights="):
        net().to_torch(skip=["fc"])
    for wrong in ({"skip": [3]}, {"rename": ["module.="]}, {"rename": {"fc": 3}}, {"rename": {3: "fc"}}):
        with pytest.raises(TypeError, match="name"):
            net().to_torch(weights=saved, **wrong)
    with pytest.raises(OSError, match="No such file"):
        net().to_torch(weights=saved.parent / "missing")


@pytest.mark.parametrize("name", ["text", "cut data", "an unknown dtype", "a gap", "lists nested deep", "a name twice"])
def test_a_damaged_file_is_not_loaded(name: str, tmp_path: Path) -> None:
    (tmp_path / "w").write_bytes(DAMAGED[name][0])
    assert fault(tmp_path / "w").code == "damaged-weights"


# ---- saving


def test_a_tensor_that_the_format_does_not_have(tmp_path: Path) -> None:
    for wrong in (
        {"a": torch.eye(2).to_sparse()},
        {"a": torch.zeros(2, device="meta")},
        {"a": torch.zeros(2, dtype=torch.complex128)},
        {"a": 3},
        {"__metadata__": torch.zeros(2)},
        {3: torch.zeros(2)},
    ):
        with pytest.raises((TypeError, ValueError)):
            archdsl.save(wrong, tmp_path / "w")  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == [], "whole or not at all"


def test_tied_tensors_are_written_under_both_names(tmp_path: Path) -> None:
    one = torch.rand(3)
    archdsl.save({"a": one, "b": one, "c": one[1:]}, tmp_path / "w")
    library = pytest.importorskip("safetensors.torch")
    found = library.load_file(tmp_path / "w")
    assert torch.equal(found["a"], found["b"])
    assert torch.equal(found["c"], one[1:])


# ---- files of torch.save


class Evil:
    """Unpickling it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return os.system, (f"touch {self.path}",)


def malicious(path: Path, mark: Path) -> list[Path]:
    """Files that run a command when they are unpickled, in every form that torch.load knows."""
    evil = Evil(mark)
    state = {"conv.weight": torch.zeros(4, 2, 3, 3), "x": evil}
    found = []
    for number, (value, zipped) in enumerate(((evil, True), (state, True), (evil, False), (state, False))):
        found.append(path / f"{number}.pt")
        torch.save(value, found[-1], _use_new_zipfile_serialization=zipped)
    for protocol in (0, 2, 4, 5):
        found.append(path / f"plain{protocol}.pt")
        found[-1].write_bytes(pickle.dumps(evil, protocol))
    with zipfile.ZipFile(path / "zip.pt", "w") as file:
        file.writestr("archive/data.pkl", pickle.dumps(evil))
        file.writestr("archive/version", "3\n")
    return [*found, path / "zip.pt"]


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
def test_a_malicious_file_runs_nothing(tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    for path in malicious(tmp_path, mark):
        found = fault(path)
        assert found.code in ("pickled-weights", "damaged-weights"), path
        assert not mark.exists(), path
    pickle.loads(pickle.dumps(Evil(mark)))
    assert mark.exists(), "the sample is harmful where it is not refused"


@pytest.mark.parametrize("zipped", [True, False])
def test_a_state_dict_of_torch_save_is_loaded(zipped: bool, tmp_path: Path) -> None:
    torch.save(trained().state_dict(), tmp_path / "w.pt", _use_new_zipfile_serialization=zipped)
    assert equal(net().to_torch(weights=tmp_path / "w.pt"), trained())
    assert fault(tmp_path / "w.pt", net(classes=5)).hint == "skip=['fc']"
    half = {
        f"m.{name}": tensor.half() if tensor.is_floating_point() else tensor
        for name, tensor in trained().state_dict().items()
    }
    torch.save(half, tmp_path / "half.pt", _use_new_zipfile_serialization=zipped)
    module = net().to_torch(weights=tmp_path / "half.pt", cast=True, rename={"m.": ""})
    assert torch.equal(module.conv.weight, half["m.conv.weight"].float())


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"epoch": 3, "state_dict": {}}, "'epoch' is int"),
        ({"state_dict": {}, "epoch": 3}, "'state_dict' is dict"),
        ([1, 2], "does not contain a dictionary of tensors, but list"),
        ({3: torch.zeros(1)}, "contains more than a dictionary of tensors"),
        ({"a": torch.eye(2).to_sparse()}, "safetensors cannot store such a tensor"),
        ({"a": torch.zeros(1, device="meta")}, "meta device"),
    ],
)
def test_a_file_that_holds_more_than_tensors(content: Any, words: str, tmp_path: Path) -> None:
    torch.save(content, tmp_path / "w.pt")
    found = fault(tmp_path / "w.pt")
    assert found.code == "pickled-weights"
    assert words in found.message


def test_random_damage_to_a_file_of_torch_save(tmp_path: Path) -> None:
    path = tmp_path / "w.pt"
    torch.save(trained().state_dict(), path)
    good = path.read_bytes()
    loaded = 0
    for number in range(150):
        rng = random.Random(number)
        data = bytearray(good)
        for _ in range(rng.choice((1, 3, 20))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        path.write_bytes(data[: rng.choice((len(data), len(data) // 2, len(data) - 1))])
        try:
            net().to_torch(weights=path)
            loaded += 1
        except archdsl.ArchError as error:
            assert hidden(str(error)) is None
    assert loaded < 150


@pytest.mark.parametrize(
    ("version", "sound"), [("2.5.1", False), ("1.13.0+cu117", False), ("2.6.0", True), ("10.0", True)]
)
def test_an_unpatched_pytorch_reads_no_pickle(version: str, sound: bool, tmp_path: Path) -> None:
    torch.save({"a": torch.zeros(2)}, tmp_path / "w.pt")
    with open(tmp_path / "w.pt", "rb") as file:
        if sound:
            assert list(checkpoint.unpickled(file, "w.pt", version)) == ["a"]
            return
        with pytest.raises(archdsl.ArchError, match=r"PyTorch \S+ can run code from such a file") as raised:
            checkpoint.unpickled(file, "w.pt", version)
    assert raised.value.diagnostics[0].code == "pickled-weights"


def test_the_advice_to_convert_works(tmp_path: Path) -> None:
    torch.save(trained().state_dict(), tmp_path / "net.pt")
    ran = subprocess.run(
        [sys.executable, "-m", "archdsl", "weights", str(ROOT / "specs" / "lenet5.arch"), "net.pt"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ran.returncode == 2
    line = ran.stderr.partition("help: ")[2].partition(" converts it")[0]
    assert line.startswith("archdsl.save(")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path)
        exec(line, {"archdsl": archdsl, "torch": torch})
    assert equal(net().to_torch(weights=tmp_path / "weights.safetensors"), trained())
