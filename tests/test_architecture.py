"""The building holds: imports go down, torch stays in its folder, and the parse tables are those of the grammar."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

from archdsl.data import GRAMMARS
from archdsl.layers import REGISTRY
from archdsl.notations.detect import NAMES as NOTATIONS

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "archdsl"
MODULES = sorted(PACKAGE.rglob("*.py"))
FLOORS = {
    "typed": 0,
    "diagnostics": 1,
    "limits": 1,
    "data": 1,
    "vocabulary": 1,
    "version": 1,
    "sizes": 2,
    "files": 2,
    "syntax": 2,
    "layers": 3,
    "network": 3,
    "faults": 3,
    "notations": 4,
    "expressions": 4,
    "checkpoints": 4,
    "reading": 5,
    "analysis": 5,
    "claims": 6,
    "elaborate": 7,
    "checker": 8,
    "backends": 9,
    "editors": 9,
    "reports": 9,
    "api": 10,
    "cli": 11,
}
TOP = 12  # the package itself: its public names
LONGEST = 400  # lines of a module
GENERATED = {PACKAGE / "syntax" / "_tables.py", PACKAGE / "notations" / "listing" / "_tables.py"}
HEAVY = {"torch", "numpy"}


def floor(name: str) -> int:
    """The floor of a dotted name below `archdsl`."""
    parts = name.split(".")
    return FLOORS.get(parts[1], TOP) if len(parts) > 1 else TOP


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(source: str, *, types: bool = True) -> Iterator[str]:
    """Every dotted name that a module imports, anywhere in it; without `types` those for annotations alone left out."""
    stack: list[ast.AST] = [ast.parse(source)]
    while stack:
        node = stack.pop()
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING" and not types:
            stack += node.orelse
        else:
            stack += ast.iter_child_nodes(node)


def room(name: str) -> str:
    """The room of a dotted name: `archdsl.sizes` of `archdsl.sizes.shape`."""
    return ".".join(name.split(".")[:2])


def climbs(name: str, source: str) -> list[str]:
    """What a module imports from a floor above its own, or from another room of its floor."""
    return [
        other
        for other in imported(source)
        if other.startswith("archdsl.") and room(other) != room(name) and floor(other) >= floor(name)
    ]


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_imports_go_down(path: Path) -> None:
    assert climbs(dotted(path), path.read_text(encoding="utf-8")) == []


def uses_within(folder: Path) -> dict[str, set[str]]:
    """For each module of a room those of the same room that it imports, for types and late included."""
    modules = {dotted(path): path.read_text(encoding="utf-8") for path in sorted(folder.rglob("*.py"))}
    found: dict[str, set[str]] = {}
    for name, source in modules.items():
        names = {other if other in modules else other.rpartition(".")[0] for other in imported(source)}
        found[name] = (names & modules.keys()) - {name}
    return found


def circle(uses: dict[str, set[str]]) -> list[str]:
    """The modules that import, or are imported by, others in a circle: what is left without all beginnings and ends."""
    left = {name: set(others) for name, others in uses.items()}
    while free := {name for name in left if not left[name] or not any(name in others for others in left.values())}:
        left = {name: others - free for name, others in left.items() if name not in free}
    return sorted(left)


@pytest.mark.parametrize("room_name", sorted(FLOORS))
def test_no_module_of_a_room_imports_itself_through_others(room_name: str) -> None:
    assert circle(uses_within(PACKAGE / room_name)) == []


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_torch_is_imported_in_one_folder(path: Path) -> None:
    if not path.is_relative_to(PACKAGE / "backends" / "torch"):
        names = {name.partition(".")[0] for name in imported(path.read_text(encoding="utf-8"), types=False)}
        allowed = {"numpy"} if dotted(path) == "archdsl.backends.arrays" else set()  # over arrays that the caller has
        assert not names & HEAVY - allowed


def test_every_part_has_a_floor() -> None:
    folders = {path.name for path in PACKAGE.iterdir() if path.is_dir() and path.name not in ("__pycache__", "_data")}
    assert folders <= set(FLOORS)


@pytest.mark.parametrize("path", [path for path in MODULES if path not in GENERATED], ids=dotted)
def test_a_module_has_a_first_sentence_and_an_end(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    assert ast.get_docstring(ast.parse(text)), "a module starts with a sentence that says what it is for"


@pytest.mark.parametrize("path", [path for path in MODULES if path not in GENERATED], ids=dotted)
def test_addresses_are_keys_only_where_what_lies_there_is_held(path: Path) -> None:
    """A table keyed by `id()` that does not own its nodes gives the fact of one to the next at its address."""
    owning = {"archdsl.network.table", "archdsl.network.nodes", "archdsl.layers.base"}
    names = (node.func for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call))
    found = any(isinstance(name, ast.Name) and name.id == "id" for name in names)
    assert not found or dotted(path) in owning, "a NodeTable owns its nodes, a ByIdentity the node that is a key"


def test_a_class_has_a_name_of_its_own() -> None:
    """One word for one idea: whoever meets a name need not ask whose it is."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for path in MODULES)
    found = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
    assert [name for name, count in found.items() if count > 1] == []


def test_the_page_names_files_that_are_there() -> None:
    """Where to look for what: a path from the package or the repository on, or a name that stands behind one."""
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`([\w/]+\.py)`", page))
    names = {path.name for folder in (PACKAGE, ROOT / "tests", ROOT / "benchmarks") for path in folder.rglob("*.py")}
    gone = [one for one in named if "/" in one and not any((folder / one).is_file() for folder in (PACKAGE, ROOT))]
    assert len(named) > 100
    assert gone + [one for one in named if "/" not in one and one not in names] == []


# ---- the grammar


def test_the_command_line_offers_every_notation() -> None:
    text = (PACKAGE / "cli" / "options.py").read_text(encoding="utf-8")
    assert f'"--notation", choices={NOTATIONS!r}'.replace("'", '"') in text.replace("'", '"')


@pytest.mark.parametrize("notation", NOTATIONS)
def test_the_tables_are_those_of_the_grammar(notation: str) -> None:
    from archdsl.syntax.build import PLACES, digest, tables

    kept = PLACES[notation].read_text(encoding="utf-8")
    assert kept == tables(notation), "run: python -m archdsl.syntax.build"
    assert f'PROVED = "{digest(notation)}"' in kept


@pytest.mark.parametrize("notation", ["arch", pytest.param("listing", marks=pytest.mark.long)])
def test_the_grammar_is_clean_in_strict_mode(notation: str) -> None:
    """That of listings takes minutes: `python -m archdsl.syntax.build` proves it before the tables are written."""
    pytest.importorskip("interegular")
    from archdsl.syntax.build import prove

    prove(notation)


def test_the_grammar_knows_no_layer() -> None:
    text = re.sub(r"//.*", "", (GRAMMARS / "arch.lark").read_text(encoding="utf-8"))
    words = {word.upper() for word in re.findall(r"[A-Za-z]+", " ".join(re.findall(r'"[^"\n]*"', text)))}
    assert words
    assert words & set(REGISTRY) <= {"WHERE"}  # a keyword where a condition may stand, and a kind where a line begins


# ---- these tests can fail


def test_an_import_that_climbs_is_seen() -> None:
    assert climbs("archdsl.sizes.size", "def f():\n    from archdsl.layers import Conv") == ["archdsl.layers.Conv"]
    assert climbs("archdsl.syntax.x", "import archdsl.api.model") == ["archdsl.api.model"]
    assert climbs("archdsl.api.model", "import archdsl.syntax") == []


def test_a_circle_is_seen() -> None:
    assert circle({"a": {"b"}, "b": {"c"}, "c": {"b", "d"}, "d": set()}) == ["b", "c"]
    assert circle({"a": {"b", "c"}, "b": {"c"}, "c": set()}) == []


def test_an_import_for_types_is_told_from_others() -> None:
    source = "if TYPE_CHECKING:\n    import torch\n"
    assert list(imported(source)) == ["torch"]
    assert list(imported(source, types=False)) == []
    assert list(imported("try:\n    import torch.nn\nexcept ImportError: pass", types=False)) == ["torch.nn"]


def test_a_grammar_that_collides_is_refused() -> None:
    pytest.importorskip("interegular")
    from lark import Lark
    from lark.exceptions import LarkError

    with pytest.raises(LarkError):
        Lark("start: A | B\nA: /[a-z]+/\nB: /[a-y]+/", parser="lalr", strict=True)


@pytest.mark.parametrize("path", MODULES, ids=dotted)
def test_a_format_is_asked_for_what_it_does_and_never_for_its_name(path: Path) -> None:
    """A further format is a class and a row of the table."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Compare):
            names = {name.value for name in ast.walk(node) if isinstance(name, ast.Constant)}
            assert not {"text", "json"} & names or "format" not in ast.unparse(node), ast.unparse(node)


def test_the_table_of_formats_has_every_class() -> None:
    from archdsl.cli.formats import FORMATS, Format

    assert {type(each) for each in FORMATS.values()} == set(Format.__subclasses__())
    assert all(name == each.name for name, each in FORMATS.items())
