"""The checked model as a Python object: layers by path, counts as integers, and types that say what comes."""

from __future__ import annotations

import ast
import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import archdsl

ROOT = Path(__file__).parents[1]
RESNET = archdsl.load(ROOT / "specs" / "resnet18.arch")
SYMBOLIC = archdsl.loads("input T int where T >= 5\nEMBED 100 8\nCONV 4 3")
REPEATED = archdsl.loads("input 8x8x3\nbody: { CONV 4 3x3 p1; RELU } x3\nfreeze body.0")


# ---- layers


def test_a_layer_by_its_path() -> None:
    conv = RESNET["layer2.0.conv1"]
    assert (conv.path, conv.kind, conv.shape) == ("layer2.0.conv1", "CONV", (28, 28, 128))
    assert conv.attributes["stride"] == [2, 2]
    assert conv.reads == ("layer1.1.6",)


def test_every_layer_is_found_by_its_path() -> None:
    for row in RESNET.layers:
        found = RESNET[row.path]
        assert found._replace(count=row.count, runs=row.runs, reads=row.reads, container=row.container) == row
        assert row.path in RESNET


def test_equal_copies_are_found_one_by_one() -> None:
    model = archdsl.loads("input 8x8x4\nbody: { CONV 4 3x3 p1; RELU } x3\n{ LN } x2")
    assert [(row.path, row.count) for row in model][:2] == [("body.0.0", 3), ("body.0.1", 3)]
    assert [model[f"body.{copy}.0"].reads for copy in range(3)] == [("input",), ("body.0.1",), ("body.1.1",)]
    assert model["body.2.0"].count == model["body.0.0"].count == 1
    assert "body.3.0" not in model
    assert sum(model[path].params for path in ("body.0.0", "body.1.0", "body.2.0")) == model.params - 16


def test_too_many_copies_are_found_by_the_first() -> None:
    model = archdsl.loads("input 8\nbody: { LINEAR 8 } x1000000")
    assert model["body.0.0"].count == 1_000_000
    with pytest.raises(KeyError, match=r"no layer 'body\.7\.0'; did you mean 'body\.0\.0'"):
        model["body.7.0"]


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("layer2.0.con1", r"did you mean 'layer2\.0\.conv1'"),
        ("downsample.0", r"did you mean 'layer2\.0\.downsample\.0'"),
        ("layer2.0", r"it is a group that contains layer2\.0\.conv1, layer2\.0\.bn1, layer2\.0\.2 and 5 more"),
        ("zzz", r"lists all 65 layers"),
        ("", "no layer ''"),
    ],
)
def test_a_path_that_is_none_is_answered_by_a_near_one(path: str, words: str) -> None:
    with pytest.raises(KeyError, match=words):
        RESNET[path]
    assert path not in RESNET


@pytest.mark.parametrize("path", [0, None, ("conv1",), slice(2)])
def test_what_is_no_path_is_a_type_error(path: Any) -> None:
    with pytest.raises(TypeError, match=r"a layer is looked up by its path, a str, not .*model\.layers"):
        RESNET[path]
    if not isinstance(path, slice):
        assert path not in RESNET


def test_it_is_a_collection_of_layers() -> None:
    assert list(RESNET) == RESNET.layers
    assert len(RESNET) == len(RESNET.layers)
    assert [row.kind for row in RESNET][:2] == ["CONV", "BN"]


def test_a_model_without_layers_is_true() -> None:
    model = archdsl.loads("input 8\n{ RELU } x0")
    assert len(model) == 0
    assert model


# ---- counts


def test_counts() -> None:
    assert RESNET.flops == 2 * RESNET.macs == RESNET.count("flops")
    assert RESNET.trainable == RESNET.params == RESNET.count("params") == RESNET.count("trainable")
    for unit in ("params", "trainable", "weights", "buffers", "macs", "flops", "connections", "units"):
        assert RESNET.count(unit) == RESNET.totals[unit]
    frozen = archdsl.loads("input 8x8x3\na: CONV 4 3x3\nFC 2\nfreeze a")
    assert frozen.trainable == frozen.params - 112 == frozen.count("trainable")


def test_a_count_that_depends_on_symbols_needs_their_values() -> None:
    assert SYMBOLIC.count("params") == 900
    assert SYMBOLIC.count("macs", T=10) == 96 * 8
    with pytest.raises(ValueError, match=r"macs are 96\*T - 192; pass values: model\.count\('macs', T=\.\.\.\)"):
        SYMBOLIC.count("macs")
    with pytest.raises(ValueError, match="is not valid at T = 4"):
        SYMBOLIC.count("macs", T=4)
    with pytest.raises(TypeError, match="nothing is called H"):
        SYMBOLIC.count("macs", T=10, H=3)
    with pytest.raises(TypeError, match="T must be an integer"):
        SYMBOLIC.count("macs", T="10")  # type: ignore[arg-type]


def test_a_unit_that_is_none() -> None:
    with pytest.raises(KeyError, match="unknown count 'paramz'; choose one of params, trainable"):
        RESNET.count("paramz")


# ---- the table


def test_columns_of_the_table() -> None:
    lines = RESNET.summary(columns=["path", "kernel", "share"], depth=1).splitlines()
    assert lines[2].split() == ["path", "kernel", "share"]
    assert lines[3].split() == ["conv1", "7x7", "0.1%"]
    with pytest.raises(ValueError, match="no column 'kernels', did you mean kernel"):
        RESNET.summary(columns=["kernels"])
    with pytest.raises(ValueError, match="named twice"):
        RESNET.summary(columns=["path", "path"])
    with pytest.raises(ValueError, match="no column is named; columns are path, layer"):
        RESNET.summary(columns=[])
    with pytest.raises(TypeError, match="a list of names"):
        RESNET.summary(columns="path")
    with pytest.raises(TypeError, match="a column must be a str"):
        RESNET.summary(columns=[1])  # type: ignore[list-item]


# ---- what is public


def test_only_what_is_public_is_listed() -> None:
    assert dir(archdsl) == sorted(["__version__", *archdsl.__all__])
    assert not [name for name in dir(RESNET) if name.startswith("_")]
    assert {"params", "count", "flops", "trainable", "layers", "to_torch"} <= set(dir(RESNET))
    for name in dir(RESNET):
        getattr(RESNET, name)


# The network as a tree is for those who know its nodes, and `Source` for those who render; neither is walked further.
INTERNAL = {"archdsl.network.nodes.Network", "archdsl.sizes.size.Expression"}


def names_of(path: Path) -> dict[str, str]:
    """What the names of a module stand for, dotted; imports for types and its own classes and aliases."""
    own = dotted(path)
    found: dict[str, str] = {}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
        elif isinstance(node, ast.ClassDef):
            found[node.name] = f"{own}.{node.name}"
    return found


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def annotations_of(node: ast.stmt) -> list[str]:
    """The annotations that a caller of a definition sees: of public functions, of fields and properties."""
    if isinstance(node, ast.ClassDef):
        inner = [one for one in node.body if public(one)]
        return [text for one in inner for text in annotations_of(one)]
    if isinstance(node, ast.FunctionDef):
        every = [*node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
        texts = [one.annotation for one in every if one is not None and one.annotation is not None]
        return [ast.unparse(one) for one in [*texts, node.returns] if one is not None]
    return [ast.unparse(node.annotation)] if isinstance(node, ast.AnnAssign) else []


def public(node: ast.stmt) -> bool:
    name = getattr(node, "name", None) or ast.unparse(getattr(node, "target", ast.Constant("_")))
    return not name.startswith("_") or (name.startswith("__") and name not in ("__init__", "__new__"))


def seen_by_callers() -> dict[str, list[str]]:
    """The annotations of every public name, and of every class of the package that these name."""
    stack = [f"{home}.{name}" for name, home in archdsl._HOMES.items()]
    found: dict[str, list[str]] = {}
    while stack:
        name = stack.pop()
        if name in found or name in INTERNAL:
            continue
        module = import_module(name.rpartition(".")[0])
        path = Path(str(module.__file__))
        names = names_of(path)
        body = ast.parse(path.read_text(encoding="utf-8")).body
        defined = [one for one in body if getattr(one, "name", None) == name.rpartition(".")[2]]
        if not defined:  # given on by another module
            origin = getattr(module, name.rpartition(".")[2])
            home = getattr(origin, "__module__", "")
            if home.startswith("archdsl") and home != module.__name__:
                stack.append(f"{home}.{origin.__name__}")
            continue
        found[name] = annotations_of(defined[0])
        words = {word for text in found[name] for word in re.findall(r"\w+", text)}
        stack += [names[word] for word in words if names.get(word, "").startswith("archdsl.")]
    return found


def test_public_types_say_what_comes() -> None:
    found = seen_by_callers()
    assert {"archdsl.api.model.Model", "archdsl.reports.rows.Row", "archdsl.analysis.cost.Cost"} <= found.keys()
    assert {"archdsl.diagnostics.diagnostic.Diagnostic", "archdsl.reports.records.SummaryRecord"} <= found.keys()
    vague = {name: text for name, texts in found.items() for text in texts if re.search(r"\bAny\b", text)}
    assert vague == {}


def test_a_vague_type_is_seen() -> None:
    (node,) = ast.parse(
        "class A:\n    def f(self, **x: Any) -> int: ...\n    def _g(self) -> Any: ...\n    y: int"
    ).body
    assert annotations_of(node) == ["Any", "int", "int"]
