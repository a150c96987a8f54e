"""What is promised of any text, from whomever it comes; the promises are numbered as in `docs/architecture.md`.

The figures are modest here; `tests/fuzz.py` runs the same in any number.
"""

from __future__ import annotations

import ast
import json
import os
import random
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from support.harness import QUICK, broken, diagnosed, hidden
from support.hostile.gallery import GALLERY, largest
from support.hostile.listings import LISTINGS
from support.hostile.run import COMMANDS, MEBIBYTES, SECONDS, names
from support.listing_mutants import mutated_listings
from support.mutation import derived, mutants, plausible, runs, specs
from support.names import QUOTED, QUOTED_PLACES, WORD_PLACES, WORDS, hostile, spec, texts

import archdsl
from archdsl.checker.check import check
from archdsl.checker.checked import Checked
from archdsl.cli.main import main
from archdsl.diagnostics import Source
from archdsl.faults.work import PER_VISIT
from archdsl.limits import Limits
from archdsl.reading.reading import read

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "archdsl"
FEW_TRIES = QUICK._replace(tries=20)  # most holes of the grammar's texts have no answer
PARTS = 8  # a long test in parts, so that they run side by side


def checked(text: str, limits: Limits = Limits()) -> Checked:  # noqa: B008 - a tuple of numbers
    return check(read(Source("<text>", text), limits), {}, limits)


def codes(text: str) -> set[str]:
    return {diagnostic.code for diagnostic in checked(text).diagnostics}


# ---- 1 and 12: only ArchError leaves the API, and every diagnostic has a code and a place


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_specs(part: int) -> None:
    for text in list(mutants(10_000 // PARTS, seed=part)):
        assert broken(text) is None, text


@pytest.mark.parametrize("part", range(2))
def test_texts_that_make_sense_at_first_sight(part: int) -> None:
    for text in plausible(1_500, seed=part):
        assert broken(text) is None, text


def test_texts_that_the_grammar_has() -> None:
    for text in derived(800):
        assert broken(text, FEW_TRIES) is None, text


@pytest.mark.parametrize("length", [1, 2])
def test_every_run_of_tokens(length: int) -> None:
    for text in runs(length):
        assert broken(text) is None, text
        assert broken(f"input 8\n{text}\nRELU") is None, text


@pytest.mark.parametrize("name", GALLERY)
@pytest.mark.parametrize("count", [0, 1, 2, 70])
def test_hostile_texts_when_they_are_small(name: str, count: int) -> None:
    assert broken(GALLERY[name](count)) is None


@pytest.mark.parametrize("name", LISTINGS)
def test_hostile_listings_when_they_are_small(name: str) -> None:
    for count in (0, 1, 2, 70):
        text = LISTINGS[name](count)
        assert broken(text) is None
        assert broken(text, notation="listing") is None


@pytest.mark.parametrize("part", range(PARTS))
def test_mutated_listings(part: int) -> None:
    for text in mutated_listings(8_000 // PARTS, seed=part):
        assert broken(text, notation="listing") is None, text
        assert part or broken(text) is None, text  # an eighth of them also as whatever they seem to be


def test_hostile_names() -> None:
    for text in texts(300):
        assert broken(text) is None, text


BYTES = (
    *(b"", b"\x00", b"\xff\xfe", b"\xef\xbb\xbfinput 8\nRELU", "input 8\nRELU".encode("utf-16"), b"\x80" * 99, b"\xc3"),
    *(
        b"input 8\nRELU # \xff",
        b"\xf8\x88\x80\x80\x80",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"input 8\r\nRELU\r\n",
        bytes(range(256)),
    ),
)


def damaged(count: int) -> Iterator[bytes]:
    """Specs as bytes, with some of the bytes exchanged for others."""
    for number in range(count):
        rng = random.Random(f"bytes:{number}")
        data = bytearray(rng.choice(specs()).encode()[:600])
        for _ in range(rng.choice((1, 2, 8))):
            data[rng.randrange(len(data))] = rng.randrange(256)
        yield bytes(data)


def test_any_bytes(tmp_path: Path) -> None:
    path = tmp_path / "any.arch"
    for data in (*BYTES, *damaged(400)):
        path.write_bytes(data)
        try:
            archdsl.load(path, limits=Limits(visits=2_000))
        except archdsl.ArchError as error:
            assert error.diagnostics, data
            assert hidden(str(error)) is None, data


def test_the_command_ends_with_a_status(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """0, 1 or 2, and never with a word of a fault of its own; what it prints is inert."""
    path = tmp_path / "any.arch"
    for number, data in enumerate(
        (*BYTES, *damaged(60), *(text.encode(errors="replace") for text in mutants(60, seed=9)))
    ):
        path.write_bytes(data)
        command = [("check", "--format", "json"), ("check",), ("summary",), ("compile",)][number % 4]
        assert main([*command, str(path), "--limit", "visits=2000"]) in (0, 1, 2)
        printed = capsys.readouterr()
        assert "fault of archdsl itself" not in printed.err, data
        assert hidden(printed.out) is None, data
        assert hidden(printed.err) is None, data


# ---- 2: depth of the input never becomes depth of the stack


NESTS = {
    "groups": lambda n: "{ " * n + "RELU" + " }" * n,
    "named groups": lambda n: "a: { " * n + "RELU" + " }" * n,
    "names by dots": lambda n: "a: { " * n + "RELU" + " }" * n + "\nRELU <- " + ".".join("a" * n),
    "merges": lambda n: "ADD { ID; " * n + "RELU" + " }" * n,
    "branches": lambda n: "ADD { ID; { RELU; " * (n // 2) + "RELU" + " } }" * (n // 2),
    "repeats": lambda n: "{ " * n + "RELU" + " } x2" * n,
    "ifs": lambda n: "if yes { " * n + "RELU" + " }" * n,
    "elses": lambda n: "if no { TANH } else { " * n + "RELU" + " }" * n,
    "arms": lambda n: "if no { TANH }" + " else if no { TANH } \\\n" * n + " else { RELU }",
    "fors": lambda n: "".join(f"for i{k} in 1..1 {{ " for k in range(n)) + "RELU" + " }" * n,
    "parentheses": lambda n: "FC " + "(" * n + "1" + " + 1)" * n,
    "lists": lambda n: "let n = " + "[" * n + "1" + "]" * n + "\nRELU",
    "members": lambda n: "let n = " + "(1 in [" * (n // 2) + "1" + "])" * (n // 2) + "\nRELU",
    "values of ifs": lambda n: "FC " + "(1 if yes else " * n + "1" + ")" * n,
    "plus": lambda n: "let n = 1" + " + 1 \\\n" * n + "\nRELU",
    "times": lambda n: "let n = 1" + " * 1 \\\n" * n + "\nRELU",
    "minus": lambda n: "let n = " + "- \\\n" * n + "1\nRELU",
    "not": lambda n: "let n = " + "not \\\n" * n + "yes\nRELU",
    "and": lambda n: "let n = yes" + " and yes \\\n" * n + "\nRELU",
    "or": lambda n: "let n = no" + " or no \\\n" * n + "\nRELU",
    "if and else": lambda n: "let n = 1" + " if no else 1 \\\n" * n + "\nRELU",
    "blocks": lambda n: "\n".join(["B0", *(f"block B{i} {{ B{i + 1} }}" for i in range(n)), f"block B{n} {{ FC 8 }}"]),
    "blocks in groups": lambda n: "\n".join(
        ["B0", *(f"block B{i} {{ a: {{ ADD {{ ID; B{i + 1} }} }} }}" for i in range(n)), f"block B{n} {{ FC 8 }}"]
    ),
    "blocks by parameters": lambda n: "\n".join(
        ["B0 RELU", *(f"block B{i}(k) {{ k; B{i + 1} k }}" for i in range(n)), f"block B{n}(k) {{ k }}"]
    ),
    "strides on a symbol": lambda n: "input x: Tx8\nCONV 8 1 s2 <- x\n" + "CONV 8 1 s2\n" * n,
    "floors": lambda n: "input x: Tx8\nlet a0 = T\n" + "".join(f"let a{i + 1} = (3*a{i} + 1)//2\n" for i in range(n)),
}
VALID = 60  # of everything this deep is valid


@contextmanager
def shallow_stack() -> Iterator[None]:
    """A recursion limit of 500 above the caller."""
    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(depth + 500)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)


BY_LINES = ("plus", "times", "minus", "not", "and", "or", "if and else", "arms")  # a line a level
SLOWER = ("blocks", "strides", "floors")
DEPTHS = (10, VALID, 250, 260, 1_000, 10_000, 100_000, 1_000_000)


def depths() -> Iterator[tuple[str, int]]:
    """Each nest at each depth up to its largest."""
    for nest in NESTS:
        most = 10_000 if nest.startswith(SLOWER) else 100_000 if nest in BY_LINES else DEPTHS[-1]
        yield from ((nest, depth) for depth in DEPTHS if depth <= most)


@pytest.mark.parametrize(("nest", "depth"), list(depths()))
def test_depth(nest: str, depth: int) -> None:
    """The same verdict with a shallow stack; valid texts are laid out and compiled with it."""
    text = "input 8\n" + NESTS[nest](depth)
    assert broken("input 8\nRELU") is None  # what is loaded on the way is loaded
    with shallow_stack():
        wrong, diagnostics = diagnosed(text, Limits())
    found = {diagnostic.code for diagnostic in diagnostics}
    assert wrong is None
    assert found <= {"limit", "too-large", "missing-value", "unused-result", "leftover"}
    if depth <= VALID and nest not in ("floors", "strides on a symbol"):
        assert not found
    if nest.startswith("blocks"):
        assert ("limit" in found) == (depth > Limits().chain)


# ---- 3: bounded in time and memory


LONG = [
    (name, command) for name in names() for command in COMMANDS if command != "convert" or name.startswith("listing:")
]


@pytest.mark.long
@pytest.mark.parametrize(("name", "command"), LONG)
def test_a_mebibyte_ends_in_time(name: str, command: str) -> None:
    """In a process of its own, with limits on its time and memory."""
    ran = subprocess.run(
        [sys.executable, "-m", "support.hostile.run", name, "--command", command],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{Path(__file__).parent}"},
        check=False,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr[-300:]
    cost = json.loads(ran.stdout)
    assert cost["seconds"] < SECONDS
    assert cost["mebibytes"] < MEBIBYTES


QUADRATIC = (  # n things in each of n uses, by nature: what is counted grows so, too, and ends in an error
    *(  # n claims, branches or values are worked out anew at each of n uses of a block, for its arguments differ
        "a_hole_and_claims_at_uses",
        "claims_that_differ_at_each_use",
        "defaults_at_every_use",
        "empty_ifs_times_uses",
        "expects_times_uses",
        "ifs_of_ifs_times_uses",
        "lets_times_uses",
        "shapes_times_uses",
        "wrong_expects_times_uses",
    ),
    "runs_on_every_size",  # n layers are laid for each of n sizes
    "strided_on_a_symbol",  # n floors, each of the one before: the n-th size is a formula of n parts
    *("tables_in_every_line", "tables_that_are_wrong"),  # n rows are held against, and written out for, each of n lines
    "turns_of_lists",  # n values are gone through by each of n loops
    "values_in_braces",  # each of n pairs of braces has names of its own, beside n that it sees
)


@pytest.mark.parametrize("name", sorted(set(GALLERY) - set(QUADRATIC)))
def test_work_grows_as_the_text_does(name: str) -> None:
    """Visits and steps at n, 2n and 4n, or up to the bound: a longer text ends there, too."""
    limits = Limits(tries=100)  # what is tried for holes is no work that is counted here
    work: list[int] = []
    for count in (50, 100, 200):
        result = checked(GALLERY[name](count), limits)
        work.append(1 + result.visits + result.steps)
        if result.visits > limits.visits or result.steps > PER_VISIT * limits.visits:
            break
    assert all(more <= 2.2 * less for less, more in pairwise(work))


@pytest.mark.parametrize("name", QUADRATIC)
def test_work_that_grows_faster_ends_in_an_error(name: str) -> None:
    assert codes(largest(GALLERY[name], 300_000)) & {"limit", "too-large"}


def test_the_gallery_is_large() -> None:
    assert len(GALLERY) >= 20
    assert all(len(largest(maker, 2_000)) <= 2_000 for maker in GALLERY.values() if len(maker(1)) <= 2_000)


# ---- 4: repeats of what keeps its shape cost nothing

NESTED = "{ { { { RELU } x1000000 } x1000000 } x1000000 } x1000000"
DOUBLING = "\n".join(["B39", "block B0 { FC 8 }", *(f"block B{i} {{ B{i - 1}; B{i - 1} }}" for i in range(1, 40))])
VISITS = [
    ("RELU", 1, 1),
    ("RELU x1000000", 1, 10**6),
    (NESTED, 1, 10**24),
    ("{ FC 8; RELU } x1000000", 2, 2 * 10**6),
    ("a: { FC 8; RELU } x3", 2, 6),
    ("FC 9 x3", 2, 3),
    ("{ FC 9; RELU } x1000", 4, 2000),
    ("{ FC 9 } x1000000", 2, 10**6),
    ("ADD { FC 8 x1000 }", 2, 1000),
    ("ADD { FC 8; RELU } x1000000", 3, 2 * 10**6),
    ("B x1000000\nblock B { FC 8; RELU }", 3, 2 * 10**6),
    ("B 8; B 8; B 9\nblock B(n) { FC n; RELU }", 7, 6),
    (DOUBLING, 80, 2**39),
    ("for i in 1..100 { FC 8 }", 200, 100),
    ("if yes { FC 8 } else { FC 9; FC 10 }", 1, 1),
]


@pytest.mark.parametrize(("text", "visits", "layers"), VISITS, ids=[text[:40] for text, _, _ in VISITS])
def test_visits_are_exact(text: str, visits: int, layers: int) -> None:
    result = checked(f"input 8\n{text}")
    assert not result.diagnostics
    assert (result.visits, result.totals.layers) == (visits, layers)


def test_copies_that_differ_are_counted() -> None:
    text = "input 32x32x3\n{ CONV (in+1) 3x3 p1 } x1000000"
    result = checked(text)
    assert result.visits == Limits().visits + 1
    (diagnostic,) = result.diagnostics
    assert diagnostic.code == "limit"
    assert diagnostic.message.startswith("more than 50,000 layers to visit")
    assert diagnostic.hint == "raise it with --limit visits=N"
    assert checked("input 32x32x3\n{ CONV (in+1) 3x3 p1 } x5").visits == 5


# ---- 5: a check reads the named files and does nothing else

WATCHED = """
import ast, pkgutil, sys
from importlib import import_module
from pathlib import Path
sys.path[:0] = [{tests!r}, {root!r}]
import archdsl
for found in pkgutil.walk_packages(archdsl.__path__, "archdsl."):  # its own modules, which it loads when it needs them
    if ".torch" not in found.name and not found.name.endswith("__main__"):
        import_module(found.name)
from types import SimpleNamespace
from archdsl.notations.calls import call, draft
from support.harness import broken
from support.hostile.gallery import GALLERY
from support.mutation import mutants, plausible, specs
from support.names import texts

parsed, parsing = [], []

def parse(text):  # what somebody typed as a program, and signatures, become short trees without code, which nothing runs
    assert len(text) <= 1_000
    parsing.append(text.encode())
    try:
        return ast.parse(text)
    finally:
        parsed.append(parsing.pop())

call.ast = draft.ast = SimpleNamespace(**{{**vars(ast), "parse": parse}})

for text in [*specs(), *plausible(300), *texts(30), *(make(3) for make in GALLERY.values())]:  # loads what may be needed
    broken(text)

seen = []

def watch(event, arguments):
    if event == "open" and (arguments[1] is None or not set(arguments[1] or "r") <= set("rbt")):
        seen.append((event, arguments))
    elif event == "compile" and [arguments[0]] == parsing:
        pass
    elif event in ("import", "exec", "compile") or event.startswith(("socket.", "subprocess.", "os.", "ctypes.", "shutil.")):
        seen.append((event, str(arguments)[:200]))

texts = [*mutants(700, seed=5), *plausible(300, seed=5), *texts(100, seed=5), *(make(12) for make in GALLERY.values())]
from support import harness
harness.compile = lambda *_: None  # ours, of the source that is written
sys.addaudithook(watch)
for text in texts:
    broken(text)
print(len(texts), len(parsed), seen[:5])
"""


def test_a_check_opens_writes_starts_and_imports_nothing() -> None:
    program = WATCHED.format(tests=str(Path(__file__).parent), root=str(ROOT))
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    count, parsed, seen = ran.stdout.split(" ", 2)
    assert int(count) > 1_000
    assert int(parsed) > 10
    assert seen.strip() == "[]"


FORBIDDEN_MODULES = {
    *(
        "pickle",
        "cPickle",
        "marshal",
        "shelve",
        "subprocess",
        "socket",
        "ctypes",
        "urllib",
        "http",
        "requests",
        "ftplib",
    ),
    *("multiprocessing", "asyncio", "webbrowser", "code", "codeop", "runpy", "pty", "dill", "cloudpickle", "torch.hub"),
}
FORBIDDEN_CALLS = {"eval", "exec", "compile", "__import__", "breakpoint", "input"}
FORBIDDEN_OF_OS = ("system", "popen", "exec", "spawn", "fork", "posix_spawn", "startfile")
ALLOWED = {"backends/torch/run.py": {"exec", "compile"}}


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_the_package_runs_no_text(path: Path) -> None:
    """No eval, exec, pickle or process outside the one place that runs generated source."""
    relative = path.relative_to(PACKAGE).as_posix()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert set(forbidden(tree)) <= ALLOWED.get(relative, set())


def forbidden(tree: ast.AST) -> Iterator[str]:
    """What a module imports or calls and must not."""
    for node in ast.walk(tree):
        match node:
            case ast.Import(names):
                yield from (name.name for name in names if is_forbidden(name.name))
            case ast.ImportFrom(module=str(module)) if is_forbidden(module):
                yield module
            case ast.Call(func=ast.Name(name)) if name in FORBIDDEN_CALLS:
                yield name
            case ast.Attribute(ast.Name("os"), name) if name.startswith(FORBIDDEN_OF_OS):
                yield f"os.{name}"
            case ast.Call(ast.Attribute(ast.Name("torch"), "load"), _, keywords) if not any(
                map(_is_restricted, keywords)
            ):
                yield "torch.load"


def _is_restricted(keyword: ast.keyword) -> bool:
    return keyword.arg == "weights_only" and isinstance(keyword.value, ast.Constant) and keyword.value.value is True


def is_forbidden(module: str) -> bool:
    return module in FORBIDDEN_MODULES or module.partition(".")[0] in FORBIDDEN_MODULES


def test_the_scan_sees_what_is_forbidden() -> None:
    text = "import subprocess\nfrom pickle import loads\nimport os\nos.system('x')\neval('1')\nimport urllib.request\nos.execv"
    text += "\ntorch.load(f)\ntorch.load(f, weights_only=False)\ntorch.load(f, weights_only=True)"
    assert set(forbidden(ast.parse(text))) == {
        "subprocess",
        "pickle",
        "os.system",
        "eval",
        "urllib.request",
        "os.execv",
        "torch.load",
    }


# ---- 8: the generated source has one structure, whatever the names and texts are


class Blank(ast.NodeTransformer):
    """Takes the names and texts out of a syntax tree."""

    def generic_visit(self, node: ast.AST) -> ast.AST:
        for field in ("id", "attr", "arg", "name", "asname"):
            if isinstance(getattr(node, field, None), str):
                setattr(node, field, "_")
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            node.value = ""
        return super().generic_visit(node)


def skeleton(source: str) -> str:
    return ast.dump(Blank().visit(ast.parse(source)))


def structures(place: str, name: str) -> set[str]:
    """The structures with a harmless name of the same length: lines break, and statements join, by length."""
    sizes = {len(name), len(ascii(name)) - 2, len(ascii(name.encode().decode("latin-1"))) - 2}
    found = {structure(place, form, size) for size in sizes for form in FORMS[place in QUOTED_PLACES]}
    return found | ({structure(place, "1", 1)} if name.isdigit() else set())


FORMS = {True: ("h", "-h", "_h"), False: ("h", "_h", "H", "h×", "h_")}


@cache
def structure(place: str, form: str, size: int) -> str:
    """The structure with a name of a form, filled to a size."""
    name = form + form[-1] * max(0, size - len(form))
    return skeleton(archdsl.loads(spec(**{place: name})).to_source())


@pytest.mark.parametrize("part", range(PARTS))
def test_hostile_names_do_not_change_the_source(part: int) -> None:
    rng = random.Random(f"structure:{part}")
    kept = 0
    for _ in range(2_000 // PARTS):
        place, name = hostile(rng)
        kept += judge_name(place, name)
    assert kept > 60


@pytest.mark.parametrize("place", [*QUOTED_PLACES, *WORD_PLACES])
def test_every_listed_name_in_every_place(place: str) -> None:
    names = (
        [name.replace('"', "'") for name in QUOTED]
        if place in QUOTED_PLACES
        else [w for w in WORDS if w.isidentifier()]
    )
    for name in names[:: 3 if place in QUOTED_PLACES else 4]:
        judge_name(place, name)


def judge_name(place: str, name: str) -> bool:
    """Whether a name is taken; then the source is as with a harmless one, and what is printed is inert."""
    text = spec(**{place: name})
    try:
        model = archdsl.loads(text)
    except archdsl.ArchError as error:
        refusals = REFUSALS | {"unknown-name", "invalid-expression"} if TEMPLATE.search(name) else REFUSALS
        assert {d.code for d in error.diagnostics} & refusals, (place, name, str(error))
        return False
    source = model.to_source()
    assert skeleton(source) in structures(place, name), (place, name)
    assert hidden(source) is None, (place, name)
    assert hidden(model.summary()) is None, (place, name)
    assert json.dumps(model.to_json()).isascii()
    return True


TEMPLATE = re.compile(r"\{[A-Za-z0-9_+*/%-]*\}")  # in quotes, too, values are put in
REFUSALS = {
    "invalid-name",
    "duplicate-name",
    "encoding",
    "syntax",
    "ambiguous-word",
    "wrong-type",
    "unknown-kind",
}


def test_compiled_names_are_the_paths_of_the_spec() -> None:
    """Names that are no words of Python reach the module as they are, and the whitelist lets them pass."""
    pytest.importorskip("torch")
    for name in ("a b", "class", "'); import os #", "é", "{x y}", "%s", "\\", "0x", "🙂"):
        module = archdsl.loads(spec(first=name, deeper=name)).to_torch()
        keys = set(module.state_dict())
        assert f"{name}.h_deep.{name}.weight" in keys, name


# ---- 9: what is printed is inert

HOSTILE_FILES = (
    *(
        "a\x1b[31mb.arch",
        "a\nb.arch",
        "a\tb.arch",
        "a\u202eb.arch",
        "a\u2066b.arch",
        "a\x07.arch",
        "a\x9bb.arch",
        "\u200b.arch",
    ),
    *(
        '"""; import os.arch',
        "'''.arch",
        "<script>.arch",
        "a\\.arch",
        "{x}.arch",
        "%s.arch",
        "é🙂.arch",
        "\udcff.arch",
        "$(id).arch",
    ),
)


@pytest.mark.parametrize("name", HOSTILE_FILES, ids=ascii)
@pytest.mark.parametrize(
    "text", ["input 8\nFC 10 -> 10", "input 8\nFC 10 -> 11", "input 8\nlet = 3", "# nothing", "\ufffd\x00"]
)
def test_a_hostile_file_name_is_inert(name: str, text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    for command in (
        ["check"],
        ["check", "--format", "json"],
        ["summary"],
        ["summary", "--format", "json"],
        ["compile"],
    ):
        status = main([*command, str(path)])
        assert status in (0, 1, 2)
        printed = capsys.readouterr()
        assert hidden(printed.out) is None, command
        assert hidden(printed.err) is None, command
        if command[0] == "compile" and status == 0:
            ast.parse(printed.out)
        if "json" in command and printed.out:
            assert printed.out.isascii()
            json.loads(printed.out)
    assert main(["check", str(path.with_name(f"missing{name}"))]) == 2
    assert hidden(capsys.readouterr().err) is None


@pytest.mark.parametrize(
    "letter", ["\x1b", "\x00", "\x7f", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\u2028", "\r", "\x08"]
)
def test_hidden_characters_in_a_text_are_told_and_not_printed(letter: str) -> None:
    for text in (f"input 8\nRELU # {letter}x", f'input 8\n"a{letter}b": RELU', f"input 8\nRE{letter}LU"):
        with pytest.raises(archdsl.ArchError) as raised:
            archdsl.loads(text)
        (diagnostic,) = raised.value.diagnostics
        assert diagnostic.code == "encoding"
        assert f"U+{ord(letter):04X}" in diagnostic.message
        assert text[diagnostic.span.start] == letter
        assert hidden(str(raised.value)) is None


# ---- 13: the same answer for any hash seed, locale and working folder

SAMPLES = ("specs/googlenet.arch", "specs/kim_cnn.arch", "specs/resnet_cifar.arch", "tests/errors/claim-shape.arch")
SURROUNDINGS: list[dict[str, Any]] = [
    {"env": {"PYTHONHASHSEED": "0", "LC_ALL": "C.UTF-8"}, "cwd": ROOT},
    {"env": {"PYTHONHASHSEED": "1", "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}, "cwd": Path("/")},
    {"env": {"PYTHONHASHSEED": "4711", "LC_ALL": "POSIX", "TZ": "Asia/Tokyo", "COLUMNS": "40"}, "cwd": PACKAGE},
]


def answers(surroundings: dict[str, Any], tmp_path: Path) -> list[tuple[int, bytes, bytes]]:
    """Exit status and output of commands, byte for byte."""
    wide = tmp_path / "wide é.arch"
    wide.write_text('input 8x8x3\n"größe": CONV 4 3x3 -> 6x6x4\nCOMV 3 # é', encoding="utf-8")
    paths = [*(str(ROOT / sample) for sample in SAMPLES), str(wide)]
    commands = [["check", *paths], ["check", "--format", "json", *paths]]
    commands += [[command, path] for command in ("summary", "compile") for path in paths]
    found = []
    for command in commands:
        ran = subprocess.run(
            [sys.executable, "-m", "archdsl", *command],
            capture_output=True,
            cwd=surroundings["cwd"],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), **surroundings["env"]},
            check=False,
        )
        found.append((ran.returncode, ran.stdout, ran.stderr))
    return found


@pytest.mark.slow
def test_the_answer_is_the_same_everywhere(tmp_path: Path) -> None:
    first, *others = (answers(surroundings, tmp_path) for surroundings in SURROUNDINGS)
    assert all(status in (0, 1) for status, _, _ in first)
    for other in others:
        assert other == first
