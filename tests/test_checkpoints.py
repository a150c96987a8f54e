"""Checkpoints without PyTorch: headers that can be trusted with any bytes, comparison with a spec, likely renamings."""

from __future__ import annotations

import io
import json
import os
import random
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support.checkpoints import DAMAGED, F32, packed, raw, wanted, zeros
from support.harness import hidden

import archdsl
from archdsl.checkpoints.compare import CheckpointComparison, Renaming, compare
from archdsl.checkpoints.header import Header, TensorEntry, read_header, write_header
from archdsl.checkpoints.proposals import Proposal, propose
from archdsl.cli import main as cli
from archdsl.limits import Limits

ROOT = Path(__file__).parents[1]
SPECS = sorted((ROOT / "specs").glob("*.arch"))
LENET = ROOT / "specs" / "lenet5_modern.arch"
RESNET = ROOT / "specs" / "resnet18.arch"
ANY = "input 4x4x1\na: CONV 2 3x3\n"


class NoFurther(io.BytesIO):
    """A file whose tensors must not be read."""

    def __init__(self, data: bytes) -> None:
        self._end = 8 + int.from_bytes(data[:8], "little")
        super().__init__(data)

    def read(self, size: int | None = -1, /) -> bytes:
        assert size is not None
        assert size >= 0
        found = super().read(size)
        assert self.tell() <= max(self._end, 8), "a tensor was read"
        return found


def header(data: bytes, limits: Limits = Limits()) -> Header:  # noqa: B008 - a tuple of numbers
    return read_header(NoFurther(data), len(data), "any.safetensors", limits)


def entries(tensors: dict[str, tuple[int, ...]], dtype: str = "F32") -> dict[str, TensorEntry]:
    """Tensors of a file, by name and sizes."""
    return {name: TensorEntry(name, dtype, sizes, 0, 0) for name, sizes in tensors.items()}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Run `archdsl weights` on a spec (path or text) and the bytes of a checkpoint: status, stdout, stderr."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ARCHDSL_TRACEBACK", "1")

    def call(spec: Path | str, data: bytes, *arguments: str) -> tuple[int, str, str]:
        if isinstance(spec, str):
            Path("any.arch").write_text(spec)
            spec = Path("any.arch")
        Path("any.safetensors").write_bytes(data)
        status = cli.main(["weights", str(spec), "any.safetensors", *arguments])
        return status, *capsys.readouterr()

    return call


# ---- the header: right files


def test_a_header_says_names_dtypes_sizes_and_places() -> None:
    data = write_header([("w", "F32", (2, 3)), ("n", "I64", ()), ("none", "F16", (0, 5))])
    found = header(data + bytes(32))
    assert list(found.tensors.values()) == [
        TensorEntry("w", "F32", (2, 3), 0, 24),
        TensorEntry("n", "I64", (), 24, 32),
        TensorEntry("none", "F16", (0, 5), 32, 32),
    ]
    assert found.begin == len(data)


@pytest.mark.parametrize(
    "text",
    [
        '{"a":%s}',
        ' \n{ "a" :\t%s }\r\n   ',
        '{"__metadata__":{"format":"pt"},"a":%s}',
        '{"a":%s,"__metadata__":{}}',
        '{"\\u0061":%s}',
        '{"":%s}',
        '{"gr\\u00f6\\u00dfe \\ud83d\\ude00 größe 😀":%s}',
        '{"a\\u0000\\n\\"\\\\":%s}',
    ],
)
def test_other_spellings_of_a_header(text: str) -> None:
    (entry,) = header(raw(text % json.dumps(F32))).tensors.values()
    assert entry[1:] == ("F32", (2, 3), 0, 24)


def test_the_order_of_keys_is_no_matter() -> None:
    for keys in (("shape", "dtype", "data_offsets"), ("data_offsets", "shape", "dtype")):
        assert header(packed({"a": {key: F32[key] for key in keys}})).tensors["a"].sizes == (2, 3)


def test_an_empty_file_of_tensors() -> None:
    assert header(packed({}, b"")).tensors == {}


# ---- the header: damaged and hostile files


@pytest.mark.parametrize("name", DAMAGED)
def test_a_damaged_header_is_told(name: str, run: Callable[..., Any]) -> None:
    data, words = DAMAGED[name]
    with pytest.raises(archdsl.ArchError) as raised:
        header(data)
    (fault,) = raised.value.diagnostics
    assert fault.code == "damaged-weights"
    assert words in fault.message
    status, out, err = run(ANY, data)
    assert (status, out) == (2, "")
    assert err.startswith("error[damaged-weights]: ")
    assert hidden(err) is None


def test_there_are_many_ways_to_be_damaged() -> None:
    assert len(DAMAGED) >= 80


LIMITED = {
    "header": (packed({"a": F32}), {"header": 20}),
    "tensors": (packed(dict.fromkeys("abc", F32)), {"tensors": 2}),
    "metadata": (raw('{"__metadata__":{"a":"","b":"","c":""}}', 0), {"tensors": 2}),
    "name": (packed({"a" * 5_000: F32}), {}),
    "value": (raw(json.dumps({"__metadata__": {"a": "b" * 5_000}}), 0), {"file": 4_999}),
}


@pytest.mark.parametrize("name", LIMITED)
def test_limits_on_a_header(name: str) -> None:
    data, changed = LIMITED[name]
    with pytest.raises(archdsl.ArchError) as raised:
        header(data, Limits()._replace(**changed))
    (fault,) = raised.value.diagnostics
    assert fault.code == "limit"
    assert fault.hint is not None
    assert fault.hint.startswith("raise it with --limit ")


def test_a_value_within_its_limit() -> None:
    assert not header(LIMITED["value"][0], Limits(file=5_000)).tensors


_BIG = {
    "a million tensors": '"{" + ",".join(f\'"{n}":{{"dtype":"F32","shape":[],"data_offsets":[{4*n},{4*n+4}]}}\' for n in range(1_000_000)) + "}"',
    "a header of 101 MB": '"{" + " " * 101_000_000',
    "99 MB of lists": '"{\\"a\\":" + "[" * 99_000_000',
    "99 MB of spaces": '" " * 99_000_000',
    "a name of 99 MB": '"{\\"" + "a" * 98_999_000 + "\\U0001f600\\":{}}"',
    "99 MB of metadata": '"{\\"__metadata__\\":{\\"a\\":\\"" + "\\U0001f600" * 24_000_000 + "\\"}}"',
    "99 MB of empty metadata": '"{\\"__metadata__\\":{" + ",".join(f"\\"{n}\\":\\"\\"" for n in range(6_000_000))',
    "a number of 99 MB": '"{\\"a\\":{\\"shape\\":[" + "1" * 99_000_000',
}
_PROGRAM = """
import resource, sys, time
path, mebibytes = sys.argv[1], int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_AS, (mebibytes * 2**20, mebibytes * 2**20))
from archdsl.cli.main import main
start = time.process_time()
status = main(["weights", sys.argv[3], path])
print(status, time.process_time() - start)
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", _BIG)
def test_a_huge_header_ends_in_time(name: str, tmp_path: Path) -> None:
    """Within ten seconds and 512 MiB of address space."""
    path = tmp_path / "huge.safetensors"
    text = eval(_BIG[name]).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)
    ran = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(path), "512", str(LENET)],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr[-500:]
    *said, last = ran.stdout.splitlines()
    status, seconds = last.split()
    assert float(seconds) < 10
    code = {"1": "limit", "2": "damaged-weights"}[status]  # a bound that was met, and a file that is none
    told = "\n".join(said) if status == "1" else ran.stderr
    assert told.startswith(f"error[{code}]: ") and len(told) < 1_000


def damaged(count: int, seed: int = 0) -> Iterator[bytes]:
    """Right files with bytes exchanged, left out and put in, more often in the header than behind it."""
    good = [zeros((each.name, each.dtype, each.sizes) for each in wanted(LENET))[:900]]
    good += [packed({"a": F32}), write_header([("w", "F32", (2, 3)), ("n", "I64", ())]) + bytes(32)]
    good += [packed({"__metadata__": {"k": "v"}, "b": F32, "a": {**F32, "data_offsets": [24, 48]}}, bytes(48))]
    parts = [
        b'"',
        b"{",
        b"}",
        b"[",
        b"]",
        b",",
        b":",
        b"\\",
        b"-",
        b"0",
        b"9",
        b"e",
        b".",
        b" ",
        b"\xff",
        b"\\u0000",
        b"null",
    ]
    for number in range(count):
        rng = random.Random(f"{seed}:{number}")
        data = bytearray(rng.choice(good))
        for _ in range(rng.choice((1, 1, 2, 4))):
            at = rng.randrange(8, len(data)) if rng.random() < 0.9 else rng.randrange(8)
            what = rng.randrange(4)
            if what == 0:
                data[at] = rng.randrange(256)
            elif what == 1:
                data[at : at + rng.choice((1, 1, 5))] = b""
            else:
                data[at : at + what - 2] = rng.choice(parts)
        if rng.random() < 0.7:  # a length that fits again, so that more than the length is looked at
            end = data.find(b"}}") + 2
            data[:8] = max(end - 8, 0).to_bytes(8, "little")
        yield bytes(data)


def test_random_damage_is_a_header_or_a_clear_error() -> None:
    """And what is taken here is taken by the safetensors library, with the same names, dtypes and sizes."""
    try:
        import safetensors
    except ImportError:
        safetensors = None  # type: ignore[assignment]
    right = wrong = 0
    for data in damaged(6_000):
        try:
            found = header(data)
        except archdsl.ArchError as error:
            assert [fault.code for fault in error.diagnostics] == ["damaged-weights"], data
            assert hidden(str(error)) is None, data
            wrong += 1
            continue
        right += 1
        if safetensors is not None:
            theirs = {name: (each["dtype"], tuple(each["shape"])) for name, each in safetensors.deserialize(data)}
            assert theirs == {name: (entry.dtype, entry.sizes) for name, entry in found.tensors.items()}, data
    assert wrong > 1_000
    assert right > 100


def test_the_library_reads_what_is_written_here() -> None:
    safetensors = pytest.importorskip("safetensors")
    tensors = [(each.name, each.dtype, each.sizes) for each in wanted(RESNET)]
    found = safetensors.deserialize(zeros(tensors))
    assert {name: (each["dtype"], tuple(each["shape"])) for name, each in found} == {n: (d, s) for n, d, s in tensors}


# ---- files that are none


def test_what_is_no_ordinary_file(run: Callable[..., Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in ("missing.safetensors", str(tmp_path), "/dev/zero", str(tmp_path / "pipe"), "a\0b", ""):
        assert cli.main(["weights", str(LENET), path]) == 2
        assert capsys.readouterr().err.startswith("archdsl: ")
    assert cli.main(["weights", str(LENET), "-"]) == 2
    assert cli.main(["weights", str(LENET)]) == 2


@pytest.mark.parametrize(
    "start", [b"PK\x03\x04", b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19.", b"\x80\x04\x95\x10\0\0\0\0\0\0\0}"]
)
def test_a_file_of_torch_save_is_told(run: Callable[..., Any], start: bytes) -> None:
    status, _, err = run(LENET, start + bytes(200))
    assert status == 2
    assert err.startswith("error[pickled-weights]: a file written by torch.save")
    assert "archdsl.save(torch.load(" in err


def test_a_header_that_begins_as_a_pickle_does() -> None:
    """640 bytes are 80 02 in little endian, as are the first bytes of a pickle."""
    from archdsl.checkpoints.header import is_pickled

    data = packed({"a": F32}).replace(b"}}", b"}}" + b" " * (0x280 - len(json.dumps({"a": F32}))), 1)
    data = (0x280).to_bytes(8, "little") + data[8:]
    assert not is_pickled(data[:16], len(data))
    assert header(data).tensors


# ---- comparison


def statuses(comparison: CheckpointComparison) -> dict[str, str]:
    return {pair.name: pair.status for pair in comparison.pairs}


NET = "input 6x6x1\nconv: CONV 2 3x3 nobias\nbn: BN\nfc: FC 3\n"
WANTED = wanted(NET)
FILE = entries(
    {"conv.weight": (2, 1, 3, 3), "bn.weight": (2,), "bn.bias": (3,), "bn.running_mean": (2,), "head.w": (1,)}
)


def test_every_status() -> None:
    found = {**FILE, "bn.running_mean": FILE["bn.running_mean"]._replace(dtype="F16")}
    assert statuses(compare(WANTED, found, skip=["fc", "bn.num_batches_tracked"])) == {
        "conv.weight": "fits",
        "bn.weight": "fits",
        "bn.bias": "shape",
        "bn.running_mean": "dtype",
        "bn.running_var": "missing",
        "bn.num_batches_tracked": "skipped",
        "fc.weight": "skipped",
        "fc.bias": "skipped",
        "head.w": "extra",
    }


def test_buffers_are_wanted_as_pytorch_saves_them() -> None:
    assert ("bn.num_batches_tracked", "I64", (), "") in WANTED
    table = wanted("input 4x4x2\na: CONV 2 3x3 table=[[0], [0, 1]]\n")
    assert [each.name for each in table] == ["a.weight", "a.bias"]


@pytest.mark.parametrize(
    ("dtype", "cast", "status"),
    [
        ("F32", False, "fits"),
        ("F16", False, "dtype"),
        ("F16", True, "fits"),
        ("BF16", True, "fits"),
        ("F64", True, "fits"),
        ("I32", True, "dtype"),
        ("F8_E4M3", True, "dtype"),
        ("BOOL", True, "dtype"),
    ],
)
def test_other_dtypes_fit_only_when_asked(dtype: str, cast: bool, status: str) -> None:
    found = entries({"fc.weight": (3, 32)}, dtype)
    assert statuses(compare(WANTED, found, cast=cast))["fc.weight"] == status


@pytest.mark.parametrize(
    ("skip", "left_out"),
    [
        (["fc"], {"fc.weight", "fc.bias"}),
        (["fc."], {"fc.weight", "fc.bias"}),
        (["fc.bias"], {"fc.bias"}),
        (["*.bias"], {"bn.bias", "fc.bias"}),
        (["head", "bn.weight"], {"head.w", "bn.weight"}),
    ],
)
def test_what_is_skipped(skip: list[str], left_out: set[str]) -> None:
    found = statuses(compare(WANTED, FILE, skip=skip))
    assert {name for name, status in found.items() if status == "skipped"} == left_out


@pytest.mark.parametrize("skip", ["f", "fc.w", "conv.weight.x", "FC", "*.x"])
def test_a_rule_to_skip_that_is_about_nothing(skip: str) -> None:
    with pytest.raises(ValueError, match="no tensor to skip is called"):
        compare(WANTED, FILE, skip=[skip])


RENAMED = [
    ("module.conv.weight", {"module.": ""}, "conv.weight"),
    ("module.conv.weight", {"module": "net"}, "net.conv.weight"),
    ("modules.conv.weight", {"module": "net"}, "modules.conv.weight"),
    ("conv.weight", {"": "backbone."}, "backbone.conv.weight"),
    ("bn.gamma", {".gamma": ".weight"}, "bn.weight"),
    ("gamma.gamma", {".gamma": ".weight"}, "gamma.weight"),
    ("module.bn.gamma", {"module.": "", ".gamma": ".weight"}, "bn.weight"),
    ("a.weight", {"a": "b", "b": "a"}, "b.weight"),
    ("b.weight", {"a": "b", "b": "a"}, "a.weight"),
    ("a.b.weight", {"a": "x", "a.b": "y"}, "y.weight"),
    ("a.b.weight", {"a.b.weight": "z", ".weight": ".kernel"}, "z"),
    ("a.conv.weight", {".conv.weight": ".w", ".weight": ".v"}, "a.w"),
    ("w", {"w": "fc.weight"}, "fc.weight"),
    ("ww", {"w": "fc.weight"}, "ww"),
]


@pytest.mark.parametrize(("name", "rules", "expected"), RENAMED)
def test_a_name_after_the_rules(name: str, rules: dict[str, str], expected: str) -> None:
    assert Renaming(rules)(name) == expected


def test_rules_that_cannot_be() -> None:
    with pytest.raises(ValueError, match="would both be called"):
        compare(WANTED, entries({"a.w": (1,), "b.w": (1,)}), rename={"a": "c", "b": "c"})
    with pytest.raises(ValueError, match=r"no tensor to rename is called modul; did you mean module\?"):
        compare(WANTED, entries({"module.w": (1,)}), rename={"modul": "c"})


# ---- likely renamings


def tensors(spec: Path | str, **given: Any) -> dict[str, tuple[Any, ...]]:
    return {each.name: (each.dtype, each.sizes) for each in wanted(spec, **given)}


def called(found: dict[str, tuple[Any, ...]], name: Callable[[str], str | None]) -> dict[str, TensorEntry]:
    """The tensors of a file whose names come from those of a network; None leaves one out."""
    names = {old: name(old) for old in found}
    return {
        new: TensorEntry(new, *found[old], 0, 0)
        for old, new in sorted(names.items(), key=lambda pair: str(pair[1]))
        if new
    }


def endings(name: str) -> str | None:
    """The names of a framework that calls the parameters of a norm gamma and beta, and counts no batches."""
    if name.endswith("num_batches_tracked"):
        return None
    if re.search(r"bn|downsample\.1|norm", name):
        name = name.replace(".weight", ".gamma").replace(".bias", ".beta")
    return name.replace("running_mean", "moving_mean").replace("running_var", "moving_variance")


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
@pytest.mark.parametrize("prefix", ["module.", "backbone.body."])
def test_a_beginning_is_found_for_every_spec(path: Path, prefix: str) -> None:
    want = wanted(path)
    file = called(tensors(path), lambda name: prefix + name)
    proposal = propose(want, file, {}, ())
    assert proposal.rename == {prefix: ""}
    assert (proposal.fits, proposal.skip, proposal.ambiguous) == (len(want), (), ())


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_beginning_that_the_file_lacks(path: Path) -> None:
    want = [each._replace(name=f"backbone.{each.name}", of=each.of and f"backbone.{each.of}") for each in wanted(path)]
    proposal = propose(want, called(tensors(path), str), {}, ())
    assert proposal.rename == {"": "backbone."}
    assert proposal.fits == len(want)


def test_endings_and_a_beginning_together() -> None:
    file = called(tensors(RESNET), lambda name: (new := endings(name)) and f"backbone.{new}")
    proposal = propose(wanted(RESNET), file, {}, ())
    assert proposal.rename == {
        "backbone.": "",
        ".gamma": ".weight",
        ".beta": ".bias",
        ".moving_mean": ".running_mean",
        ".moving_variance": ".running_var",
    }
    assert (proposal.fits, proposal.skip) == (102, ("*.num_batches_tracked",))


def test_layers_are_paired_by_sizes_that_occur_once() -> None:
    names = {"C1": "conv1", "C3": "conv2", "C5": "conv3", "F6": "fc1", "out": "fc2"}
    file = called(tensors(LENET), lambda name: re.sub(r"^\w+", lambda found: names[found[0]], name))
    proposal = propose(wanted(LENET), file, {}, ())
    assert proposal.rename == {new: old for old, new in names.items()}
    assert proposal.fits == 10


EQUAL = "input 4x4x2\n" + "".join(f"{name}: CONV 2 3x3 p1\n" for name in ("first", "second", "third"))


def test_equal_layers_are_paired_by_their_numbers() -> None:
    names = {"first": "conv2", "second": "conv9", "third": "conv10"}
    file = called(tensors(EQUAL), lambda name: re.sub(r"^\w+", lambda found: names[found[0]], name))
    assert propose(wanted(EQUAL), file, {}, ()).rename == {new: old for old, new in names.items()}


def test_equal_layers_without_an_order_are_ambiguous() -> None:
    names = {"first": "stem", "second": "body", "third": "head"}
    file = called(tensors(EQUAL), lambda name: re.sub(r"^\w+", lambda found: names[found[0]], name))
    proposal = propose(wanted(EQUAL), file, {}, ())
    assert proposal.rename == {}
    (unsure,) = proposal.ambiguous
    assert (unsure.wanted, set(unsure.candidates)) == (("first", "second", "third"), set(names.values()))


def test_two_beginnings_that_fit_alike_are_ambiguous() -> None:
    found = tensors(LENET)
    file = {**called(found, lambda name: f"student.{name}"), **called(found, lambda name: f"teacher.{name}")}
    proposal = propose(wanted(LENET), file, {}, ())
    assert proposal.rename == {}
    (unsure,) = proposal.ambiguous
    assert unsure.candidates == ("student.=", "teacher.=")
    chosen = propose(wanted(LENET), file, {"teacher.": ""}, ())
    assert (chosen.fits, chosen.skip) == (10, ("student",))


def test_norms_with_unknown_endings_are_ambiguous() -> None:
    words = {"weight": "a", "bias": "b", "running_mean": "c", "running_var": "d"}
    net = "input 4x4x2\nbn: BN\n"
    file = called(tensors(net), lambda name: f"norm.{words[name[3:]]}" if name[3:] in words else None)
    proposal = propose(wanted(net), file, {}, ())
    assert proposal.rename == {}
    assert [unsure.reason for unsure in proposal.ambiguous] == ["the sizes do not say which tensor is which"]


def test_another_head_is_to_be_skipped() -> None:
    proposal = propose(wanted(RESNET, classes=10), called(tensors(RESNET), str), {}, ())
    assert (proposal.rename, proposal.skip, proposal.fits) == ({}, ("fc",), 120)


def test_nothing_alike_proposes_nothing() -> None:
    proposal = propose(wanted(LENET), entries({"x.y": (1, 2), "z": (3,)}), {}, ())
    assert proposal == Proposal({}, 0, (), ())


def test_a_proposal_keeps_its_word() -> None:
    """On names changed at random: what is proposed gives what it says, and never less than there was."""
    rng = random.Random(5)
    better = 0
    for _ in range(60):
        path = rng.choice([path for path in SPECS if path.stem in ("lenet5", "resnet18", "kim_cnn", "alexnet", "vgg")])
        want, found = wanted(path), tensors(path)
        changes = [
            (rng.choice("bclf1."), rng.choice(("x", "conv", "layer", "m.n", ""))) for _ in range(rng.choice((1, 2, 3)))
        ]
        file: dict[str, TensorEntry] = {}
        for name, each in found.items():
            if rng.random() < 0.95:
                for old, new in changes:
                    name = name.replace(old, new, 1)
                file[name] = TensorEntry(name, *each, 0, 0)
        before = compare(want, file).count("fits")
        proposal = propose(want, file, {}, ())
        after = compare(want, file, proposal.rename, proposal.skip)
        assert proposal.fits >= before
        assert after.count("fits") == proposal.fits
        assert not proposal.skip or after.fits
        better += proposal.fits > before
    assert better > 20


@pytest.mark.slow
def test_hostile_names_are_compared_in_time() -> None:
    """Tens of thousands of names made to look alike, against a long network."""
    text = "input 4x4x2\n" + "\n".join(f"a{n}: CONV 2 3x3 p1" for n in range(4_000))
    want = wanted(text)
    shapes = [(2, 2, 3, 3), (2,)]
    crowds = (
        [f"x.a{n}.weight" for n in range(15_000)],
        [f"p{n // 2}.a{n}.{last}" for n in range(4_000) for last in ("weight", "bias")],
        [".".join("a" * 400) + f".{n}.weight" for n in range(5_000)],
        ["." * n for n in range(2_000)],
        [f"a{n}{'.gamma' * 50}" for n in range(8_000)],
    )
    start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    for names in crowds:
        file = {name: TensorEntry(name, "F32", shapes["bias" in name], 0, 0) for name in names}
        propose(want, file, {}, ())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_utime - start < 60


# ---- the command


def lenet(name: Callable[[str], str] = str) -> bytes:
    return zeros((name(each.name), each.dtype, each.sizes) for each in wanted(LENET))


def test_all_fits(run: Callable[..., Any]) -> None:
    assert run(LENET, lenet()) == (0, "any.safetensors: LeNet5Modern  10 of 10 tensors fit\n", "")


def test_what_does_not_fit_is_a_table(run: Callable[..., Any], golden: Callable[[str, str], None]) -> None:
    net = zeros(
        [("module.C1.weight", "F32", (6, 1, 5, 5)), ("module.C1.bias", "F16", (6,)), ("out.weight", "F32", (5, 84))]
    )
    status, out, err = run(LENET, net)
    assert (status, err) == (1, "")
    golden("weights.txt", out)


def test_rules_of_the_command(run: Callable[..., Any]) -> None:
    status, out, err = run(Path("any.safetensors"), lenet())
    assert (status, out) == (2, "")
    assert "the spec comes first" in err
    data = lenet(lambda name: "module." + name.replace(".weight", ".kernel"))
    assert run(LENET, data)[0] == 1
    assert run(LENET, data, "--rename", "module.=", "--rename", ".kernel=.weight")[0] == 0
    assert run(LENET, data, "classes=5", "--rename", "module.=", "--rename", ".kernel=.weight", "--skip", "out")[0] == 0
    for wrong in (
        ["--rename", "x"],
        ["--rename", "x=y"],
        ["--skip", "x"],
        ["--rename", "module.=", "--rename", "module.="],
    ):
        status, out, err = run(LENET, data, *wrong)
        assert (status, out) == (2, "")
        assert err.startswith("archdsl: ")


def test_all_lists_what_fits(run: Callable[..., Any]) -> None:
    out = run(LENET, lenet(lambda name: f"module.{name}"), "--all", "--rename", "module.=")[1]
    assert "C1.weight   6x1x5x5 F32     6x1x5x5 F32     called module.C1.weight\n" in out


def test_json(run: Callable[..., Any]) -> None:
    status, out, _ = run(LENET, lenet(lambda name: f"module.{name}"), "--format", "json")
    found = json.loads(out)
    assert status == 1
    assert list(found) == [
        *("model", "file", "weights", "parameters", "fits", "counts", "tensors", "proposal", "diagnostics"),
    ]
    assert (found["model"], found["weights"], found["parameters"]) == (
        "LeNet5Modern",
        "any.safetensors",
        {"classes": 10},
    )
    assert (found["fits"], found["counts"]["missing"], found["counts"]["extra"]) == (False, 10, 10)
    nothing: dict[str, Any] = {"skip": [], "setting": [], "left": [], "ambiguous": []}
    assert found["proposal"] == {"rename": {"module.": ""}, "fits": 10, **nothing}
    assert found["tensors"][0] == {
        "name": "C1.weight",
        "status": "missing",
        "shape": [6, 1, 5, 5],
        "dtype": "F32",
        "file_name": None,
        "file_shape": None,
        "file_dtype": None,
    }


def test_json_of_a_damaged_file_and_of_a_wrong_spec(run: Callable[..., Any]) -> None:
    status, out, err = run(LENET, b"", "--format", "json")
    assert (status, err) == (2, "")
    assert [fault["code"] for fault in json.loads(out)["diagnostics"]] == ["damaged-weights"]
    status, out, err = run("input 8\nFOO", lenet(), "--format", "json")
    assert (status, err) == (1, "")
    assert [fault["code"] for fault in json.loads(out)["diagnostics"]] == ["unknown-kind"]
    status, out, err = run("input 8\nFOO", lenet())
    assert (status, err) == (1, "")
    assert "unknown-kind" in out


def test_names_are_printed_inert(run: Callable[..., Any]) -> None:
    names = ["\x1b[31mred", "\u202edlrow", "a\nb", "\x00", "\x7f", "é😀", "x" * 4_000, "a=b", "--skip", "'\"$(ls)`"]
    data = zeros((name, "F32", (1,)) for name in names)
    for options in ([], ["--all"], ["--format", "json"]):
        status, out, err = run("input 4\nfc: FC 1\n", data, *options)
        assert status == 1
        assert hidden(out + err) is None


def test_long_lists_are_cut(run: Callable[..., Any]) -> None:
    data = zeros((f"x{n}", "F32", ()) for n in range(300))
    out = run(LENET, data)[1]
    assert "… and 210 more; --limit diagnostics=N shows more\n" in out
    assert "… and 308 more" in run(LENET, data, "--limit", "diagnostics=2")[1]


def test_a_network_beyond_the_limit(run: Callable[..., Any]) -> None:
    status, out, _ = run("input 4x4x2\nCONV 2 3x3 p1 x1000000\n", lenet())
    assert status == 1
    assert out.startswith("error[limit]: the module would have 1,000,000 layers")


def test_neither_torch_nor_anything_slow_is_loaded(tmp_path: Path) -> None:
    (tmp_path / "any.safetensors").write_bytes(lenet())
    program = (
        "import sys\nfrom archdsl.cli.main import main\n"
        f"main(['weights', {str(LENET)!r}, {str(tmp_path / 'any.safetensors')!r}])\n"
        "print(sorted(set(sys.modules) & {'torch', 'numpy', 'safetensors', 'rich', 'mmap'}))"
    )
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ran.stdout.splitlines()[-1] == "[]"
