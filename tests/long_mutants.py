"""Do the tests bite? One rule of archdsl after the other is made wrong, and the quick tests have to notice.

    python tests/long_mutants.py --family conv
    python tests/long_mutants.py --family conv pool linear --most 60    # of each family as many, drawn

A mutant differs from the program in one place: an operator, an integer, a `not`, what a function returns. Tests are
collected once, and the lines that each of them runs are noted. Then every mutant is a process of its own, made by fork:
the code of one function is exchanged, and the tests that come to the line run, the quick ones and those that caught
others first, until one fails. A mutant survived when all of them ran; when `--seconds` were over before, it is
unfinished, and counts as missed. Those against PyTorch are among them: some rules are only seen there.

`docs/mutation.md` has the figures of a whole run, and why the mutants that survived are harmless.
"""

from __future__ import annotations

import argparse
import ast
import gc
import json
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any, NamedTuple, TypeAlias

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "archdsl"
_GRACE = 10.0  # seconds of CPU that a test has beyond twice what it took without the mutant
_BUSY = 10  # times as long it may take by the clock: others use the processors, too
# No rules: what writes the source of PyTorch; what words a message; proposals, each of which is tried before it is shown;
# bounds that decide how much is tried, or whether a faster way is taken, and never what is right
_NO_RULES = {
    *(
        "lower",
        "lowered",
        "inline",
        "arguments",
        "reading",
        "forms",
        "supported",
        "in_place",
        "_module",
        "_padding",
        "_padded",
        "_extreme",
    ),
    *("_packed", "_sides", "usage", "_usage", "give", "_spell_list", "_rank_refusal", "_dtype_refusal", "_unequal"),
    *("_unknown_word", "_remark", "_too_many", "_fits", "_tries", "_channels_hint", "_divisors", "divisors"),
    *("__repr__", "__str__", "__init_subclass__"),
    *("_plain", "common", "_with_setting", "_is_read_to_its_end"),
}
_NO_VERDICT = ("strict", "blame", "tries", "hint")  # arguments of which none makes a text right or wrong
_CAUGHT, _TIMED_OUT, _SURVIVED, _UNFINISHED, _UNRUN = "caught", "timed out", "survived", "unfinished", "never run"
_SAID = (_CAUGHT, _TIMED_OUT, _SURVIVED, _UNFINISHED, _UNRUN)
_TOLD = {
    0: _SURVIVED,
    2: _UNFINISHED,
    -signal.SIGXCPU: _TIMED_OUT,
    -signal.SIGALRM: _TIMED_OUT,
}  # by how the process of a mutant ended

_BOUNDED = "limits files using errors edges checkpoints listing foreign_values answers numbers sizes solve report"
_RULES = "test_layers test_edges test_language test_results test_arrange test_recurrent test_receptive test_worked"


class Family(NamedTuple):
    """The modules whose rules are mutated, the files of tests that have to notice, and which lines are meant."""

    modules: tuple[str, ...]
    tests: tuple[str, ...]
    lines: str = ""


def _kinds(names: str, shared: str = "", tests: str = "") -> Family:
    kinds = [f"layers/kinds/{name}.py" for name in names.split()]
    return Family((*kinds, *shared.split()), (*_RULES.split(), *tests.split()))


FAMILIES = {
    "conv": _kinds("conv upconv", "layers/convolution.py layers/groups.py", "test_windows test_read_off"),
    "window": _kinds("", "layers/window.py layers/sides.py"),
    "pool": _kinds("pool adaptive unpool"),
    "linear": _kinds("linear gate embedding"),
    "norm": _kinds("norm layernorm softmax dropout activation rectifier"),
    "merge": _kinds("merge"),
    "recurrent": _kinds("recurrent"),
    "attention": _kinds("attention windowattention"),
    "arrange": _kinds("arrange reshape select fold border", "layers/pattern.py"),
    "resample": _kinds("resample source"),
    "parameters": Family(
        ("layers/values.py", "expressions/bind.py", "layers/base.py"),
        (*_RULES.split(), "test_holes_and_faults", "test_answers"),
    ),
    "costs": Family(
        ("analysis/cost.py", "analysis/memory.py", "network/table.py"),
        (*_RULES.split(), "test_nodes", "test_sharing", "test_freezing", "test_facts"),
    ),
    "claims": Family(
        (
            "claims/claims.py",
            "claims/judge.py",
            "claims/hints.py",
            "claims/incoming.py",
            "claims/inside.py",
            "claims/replaced.py",
        ),
        ("test_claims", "test_edges", "test_errors", "test_language", "test_inputs", "test_sharing", "test_freezing"),
    ),
    "limits": Family(
        ("**/*.py",),
        tuple(f"test_{name}" for name in _BOUNDED.split()),
        r"\blimits\.\w+|\bself\.limit\b|\bLARGEST\b|\bPER_VISIT \*|\bbudget\b",
    ),
}


Place: TypeAlias = tuple[str, str, int]  # a function: its file, qualified name and first line


class Mutant(NamedTuple):
    """One change in one function: a field of a node of its syntax tree gets another value."""

    family: str
    path: Path
    function: str
    lines: frozenset[int]
    text: str
    holder: Any
    field: str
    value: Any

    def code(self, tree: ast.Module) -> CodeType:
        """The code of the function with the change."""
        kept = getattr(self.holder, self.field)
        setattr(self.holder, self.field, self.value)
        try:
            whole = compile(ast.fix_missing_locations(tree), str(self.path), "exec", dont_inherit=True)
        finally:
            setattr(self.holder, self.field, kept)
        return next(code for code in _codes(whole) if _place(code) == self.place)

    @property
    def place(self) -> Place:
        """What tells the function from others."""
        name, _, first = self.function.partition("@")
        return str(self.path), name, int(first)

    def __str__(self) -> str:
        name = self.function.partition("@")[0]
        return f"{self.path.relative_to(ROOT)}:{min(self.lines)} {name}: {self.text}"


# ---- mutants

_OPERATORS: dict[type[ast.AST], type[ast.AST]] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.FloorDiv: ast.Mult,
    ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
}


def _changes(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """What may be put in place of a field of a node."""
    match node:
        case ast.BinOp(_, op, _) | ast.BoolOp(op, _) | ast.AugAssign(_, op, _):
            if type(op) in _OPERATORS:
                yield "op", _OPERATORS[type(op)]()
        case ast.Compare(_, ops, _):
            for place, op in enumerate(ops):
                yield "ops", [*ops[:place], _OPERATORS[type(op)](), *ops[place + 1 :]]
        case ast.UnaryOp(ast.Not(), operand):
            yield "operand", ast.UnaryOp(ast.Not(), operand)
        case ast.Constant(bool() as value):
            yield "value", not value
        case ast.Constant(int() as value):
            yield "value", value + 1
            yield "value", value - 1
        case ast.Subscript(_, ast.Constant(0)):  # the last of one is the first
            yield "slice", ast.Constant(1)
        case ast.Return(ast.expr() as value) if not isinstance(value, ast.Constant):
            yield "value", ast.Constant(None)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a function that decide something: no text of messages, no assertions, no types, no hints."""
    yield node
    for name, value in ast.iter_fields(node):
        if name in ("annotation", "returns", "decorator_list", "args") and not isinstance(node, ast.Call):
            continue
        for child in value if isinstance(value, list) else [value]:
            told = isinstance(child, (ast.JoinedStr, ast.Assert)) or getattr(child, "arg", "") in _NO_VERDICT
            first = isinstance(node, ast.Subscript) and isinstance(child, ast.Constant) and child.value == 0
            if isinstance(child, ast.AST) and not told and not first:
                yield from _inside(child)


def _functions(body: list[ast.stmt], prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The outermost functions of a module, with their qualified names."""
    for statement in body:
        if isinstance(statement, ast.ClassDef):
            yield from _functions(statement.body, f"{prefix}{statement.name}.")
        elif isinstance(statement, ast.FunctionDef) and statement.name not in _NO_RULES:
            yield f"{prefix}{statement.name}", statement


def mutants(family: str, path: Path, tree: ast.Module, lines: str) -> Iterator[Mutant]:
    """Every mutant of a module of a family, on lines with a pattern."""
    text = path.read_text(encoding="utf-8").splitlines()
    for name, function in _functions(tree.body):
        first = min([function.lineno, *(one.lineno for one in function.decorator_list)])
        for statement in function.body:
            for node in _inside(statement):
                line = getattr(node, "lineno", 0)
                if not line or not re.search(lines, text[line - 1]):
                    continue
                lines_of = frozenset(range(line, (node.end_lineno or line) + 1))
                before = ast.unparse(node)
                for field, value in _changes(node):
                    kept = getattr(node, field)
                    setattr(node, field, value)
                    after = ast.unparse(ast.fix_missing_locations(node))
                    setattr(node, field, kept)
                    told = f"`{before}` as `{after}`"
                    yield Mutant(family, path, f"{name}@{first}", lines_of, told, node, field, value)


# ---- the code of functions


def _codes(code: CodeType) -> Iterator[CodeType]:
    """The code of everything in a module."""
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from _codes(constant)


def _functions_of(paths: set[Path]) -> dict[Place, list[FunctionType]]:
    """The functions of some modules, all imported now, so that their code can be exchanged for all who know them."""
    for path in sorted(paths):
        if path.stem != "__main__" and PACKAGE / "backends" / "torch" not in path.parents:
            import_module(".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))
    found: dict[Place, list[FunctionType]] = {}
    names = set(map(str, paths))
    for one in gc.get_objects():
        if type(one) is FunctionType and one.__code__.co_filename in names:
            found.setdefault(_place(one.__code__), []).append(one)
    return found


def _place(code: CodeType) -> Place:
    return code.co_filename, code.co_qualname, code.co_firstlineno


# ---- tests


class Run:
    """The plugin that runs mutants in place of the tests once."""

    def __init__(self, chosen: list[Mutant], trees: dict[Path, ast.Module], most: float) -> None:
        self.chosen, self.trees, self.most = chosen, trees, most
        self.items: list[pytest.Item] = []
        self.known: dict[Place, list[FunctionType]] = {}
        self.lines: list[dict[str, set[int]]] = []
        self.seconds: list[float] = []
        self.catches: list[int] = []
        self.places: list[int] = []
        self.said: list[tuple[Mutant, str]] = []

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        self.items = session.items
        self.known = _functions_of({mutant.path for mutant in self.chosen})
        gc.freeze()  # what is in memory now is looked through by no process of a mutant
        self._survey(session)
        begun = time.monotonic()
        for number, mutant in enumerate(self.chosen, 1):
            said = self._judge(session, mutant)
            self.said.append((mutant, said))
            if said != _CAUGHT:
                print(f"{said}: {mutant}", flush=True)
            if number % 50 == 0:
                print(f"... {number} of {len(self.chosen)} in {time.monotonic() - begun:.0f} s", flush=True)
        return True

    # ---- without a mutant

    def _survey(self, session: pytest.Session) -> None:
        """The lines that each test runs, and how long it takes; in a process of its own, so that this one stays fresh."""
        with tempfile.TemporaryFile("w+") as notes:
            child = os.fork()
            if child == 0:
                _silent()
                self._note(session, notes)
                os._exit(0)
            _, status = os.waitpid(child, 0)
            assert status == 0, "the tests could not be run"
            notes.seek(0)
            records = [json.loads(line) for line in notes]
        for passed, seconds, lines in records:
            self.lines.append({name: set(numbers) for name, numbers in lines.items()} if passed else {})
            self.seconds.append(seconds)
        self.catches = [0] * len(records)
        alike: Counter[str] = Counter()  # of the cases of one test first the first, for others are much the same
        for item in self.items:
            self.places.append(alike[item.nodeid.partition("[")[0]])
            alike[item.nodeid.partition("[")[0]] += 1
        failed = [item.nodeid for item, record in zip(self.items, records, strict=True) if not record[0]]
        print(f"{len(records):,} tests take {sum(self.seconds):.0f} s, noting lines", flush=True)
        for name in failed:
            print(f"not passed without a mutant, so left out: {name}")

    def _note(self, session: pytest.Session, notes: Any) -> None:
        meant: dict[str, set[int]] = {}
        for mutant in self.chosen:
            meant.setdefault(str(mutant.path), set()).update(mutant.lines)
        asked: dict[CodeType, bool] = {}  # whether a line of it is meant: of all other code no line is looked at
        for number in range(len(self.items)):
            lines: dict[str, set[int]] = {name: set() for name in meant}

            def note(frame: FrameType, event: str, _: Any, lines: dict[str, set[int]] = lines) -> Any:
                code = frame.f_code
                if code not in asked:
                    own = {line for *_, line in code.co_lines() if line}
                    asked[code] = not own.isdisjoint(meant.get(code.co_filename, ()))
                if not asked[code]:
                    return None
                lines[code.co_filename].add(frame.f_lineno)
                return note

            begun, before = time.process_time(), session.testsfailed
            sys.settrace(note)
            self._run(number, [number + 1])
            sys.settrace(None)
            ran = {name: sorted(numbers) for name, numbers in lines.items() if numbers}
            print(json.dumps((session.testsfailed == before, time.process_time() - begun, ran)), file=notes)
        notes.flush()

    def _run(self, number: int, following: list[int]) -> None:
        item = self.items[number]
        after = self.items[following[0]] if following and following[0] < len(self.items) else None
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=after)

    # ---- with one

    def _judge(self, session: pytest.Session, mutant: Mutant) -> str:
        name, meant = str(mutant.path), mutant.lines
        tests = [number for number, lines in enumerate(self.lines) if not meant.isdisjoint(lines.get(name, ()))]
        if not tests or mutant.place not in self.known:
            return _UNRUN
        tests.sort(key=self._price)
        child, reading = self._start(session, mutant, tests)
        with os.fdopen(reading) as pipe:
            caught = pipe.read()
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        if caught:
            self.catches[int(caught)] += 1
        return _TOLD.get(status, _CAUGHT)

    def _price(self, number: int) -> float:
        """What a test costs for what it may find: little where it is quick, the first of its cases, or caught others."""
        return self.seconds[number] * (1 + self.places[number]) / (1 + self.catches[number])

    def _start(self, session: pytest.Session, mutant: Mutant, tests: list[int]) -> tuple[int, int]:
        reading, writing = os.pipe()
        child = os.fork()
        if child:
            os.close(writing)
            return child, reading
        _silent()
        code = mutant.code(self.trees[mutant.path])
        for function in self.known[mutant.place]:
            function.__code__ = code
        begun = time.process_time()
        for at, number in enumerate(tests):
            if time.process_time() - begun > self.most:
                os._exit(2)
            patience = int(_GRACE + 2 * self.seconds[number])
            resource.setrlimit(resource.RLIMIT_CPU, (int(time.process_time()) + patience, resource.RLIM_INFINITY))
            signal.alarm(_BUSY * patience)  # what waits for something takes no time of a processor
            self._run(number, tests[at + 1 : at + 2])
            if session.testsfailed:
                os.write(writing, str(number).encode())
                os._exit(1)
        os._exit(0)


def _silent() -> None:
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, 1)
    os.dup2(nothing, 2)


# ---- the command


def main() -> int:
    """Run the mutants of one family; 0 where enough of them are caught."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=FAMILIES, nargs="+", required=True)
    parser.add_argument("--most", type=int, help="how many mutants of a family are run, drawn (all)")
    parser.add_argument("--seed", type=int, default=0, help="another number draws others (0)")
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="how long the tests of one mutant go on, of CPU (60)"
    )
    parser.add_argument("--wanted", type=float, default=85.0, help="the share that must be caught, in percent (85)")
    parser.add_argument("--only", default="", help="a pattern of functions, such as `Window.positions`")
    options = parser.parse_args()
    trees: dict[Path, ast.Module] = {}
    chosen: list[Mutant] = []
    for name in options.family:
        of_family: list[Mutant] = []
        for path in sorted({path for pattern in FAMILIES[name].modules for path in PACKAGE.glob(pattern)}):
            tree = trees.setdefault(path, ast.parse(path.read_text(encoding="utf-8")))
            found = mutants(name, path, tree, FAMILIES[name].lines)
            of_family += [one for one in found if re.search(options.only, one.place[1])]
        drawn = random.Random(options.seed).sample(range(len(of_family)), len(of_family))[: options.most]
        chosen += [of_family[number] for number in sorted(drawn)]
    print(f"{len(chosen):,} mutants", flush=True)
    settings.register_profile("mutants", deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    settings.load_profile("mutants")  # noting lines takes time, and the same values are drawn with every mutant
    with suppress(ImportError):  # loaded once, and never by more than one thread, which no fork would bring along
        import torch

        torch.set_num_threads(1)
    run = Run(chosen, trees, options.seconds)
    files = dict.fromkeys(str(ROOT / "tests" / f"{one}.py") for name in options.family for one in FAMILIES[name].tests)
    with tempfile.TemporaryDirectory() as folder:
        arguments = ["-o", "addopts=", "-qq", "-s", "--no-header", "--no-summary", "-m", "not slow and not long"]
        arguments += [
            "-p",
            "no:cacheprovider",
            "-p",
            "no:faulthandler",
            "--basetemp",
            f"{folder}/tests",
            *filter(os.path.exists, files),
        ]
        code = pytest.main(arguments, plugins=[run])
    if code not in (0, pytest.ExitCode.NO_TESTS_COLLECTED):
        return int(code)
    shares = [_told(name, [said for one, said in run.said if one.family == name]) for name in options.family]
    return 0 if min(shares) >= options.wanted else 1


def _told(family: str, said: list[str]) -> float:
    """Print the figures of a family; the share that was caught, in percent."""
    share = 100 * (said.count(_CAUGHT) + said.count(_TIMED_OUT)) / max(1, len(said))
    figures = ", ".join(f"{said.count(one):,} {one}" for one in _SAID)
    print(f"{family}: {len(said):,} mutants, {figures}: {share:.1f} % caught")
    return share


if __name__ == "__main__":
    sys.exit(main())
