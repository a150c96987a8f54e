"""The documentation is true: its specs are checked, its commands run, its Python runs, its links lead somewhere.

What a fenced block is held to stands behind its language; `--update-goldens` writes anew what is printed:

    ```arch                 checked whole; each `# error[code]`, `# warning[code]` or `# note[code]` on a line, and
                            nothing else, must be found on it; `# limits: visits=9` and `# given: depth=3` say what
                            the caller sets
    ```arch input=8x8x3     the same, for lines without an input
    ```arch file=PATH       besides, stands in that file as it is here
    ```arch name=PATH       besides, is a file of this name to all other specs and commands of its page
    ```arch draft name=PATH has a fault or a warning, which the command behind it shows; no comment announces it
    ```console              `$ archdsl ...` and `$ echo ... | archdsl ...` run in a folder with `specs` and the files of
                            `tests/data/listings`, and print what follows; a line `...` stands for any lines
    ```console weights=PATH besides, with a checkpoint of that spec, of zeros
    ```text file=PATH       stands in that file as it is here
    ```text printed         is what the ```python before it prints
    ```python               runs in such a folder, too; the blocks of a page share their names
    ```python source=PATH   is what `archdsl compile PATH` writes
    ```python keras         is left alone; `test_from_pytorch.py` runs it where Keras is installed
    ```sh                   is left alone, as is every other
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from itertools import zip_longest
from pathlib import Path

import pytest
from support.checkpoints import wanted, zeros
from support.pages import (
    FENCE,
    LEFT_OUT,
    PAGES,
    ROOT,
    Block,
    blocks,
    blocks_of,
    commands,
    each,
    is_shown,
    rewrite,
    shortened,
)

import archdsl
from archdsl.checker.check import check
from archdsl.diagnostics import Source
from archdsl.diagnostics.codes import CODES
from archdsl.layers import REGISTRY
from archdsl.limits import Limits
from archdsl.reading.given import Inputs, given_input
from archdsl.reading.reading import blocks_alone, read
from archdsl.reading.root import beside
from archdsl.syntax.format.format import formatted

LISTINGS = ROOT / "tests" / "data" / "listings"
_EXPECTED = re.compile(r"\b(?:error|warning|note)\[([a-z-]+)\]")
_LINK = re.compile(r"\]\(([^)\s]+)\)")


# ---- specs


def expected(text: str) -> set[tuple[int, str]]:
    """The lines and codes that the comments of a text announce."""
    found = set()
    for number, line in enumerate(text.splitlines(), 1):
        comment = line.partition("#")[2].replace("archdsl: ignore[", "")
        found |= {(number, code) for code in _EXPECTED.findall(comment)}
    return found


def caller(what: str, text: str) -> dict[str, int]:
    """What a comment at the start says that the caller sets: `# limits: visits=1000`, `# given: depth=3`."""
    found = re.search(rf"^# {what}: (.*)$", text, re.MULTILINE)
    return {name: int(value) for name, _, value in (word.partition("=") for word in found[1].split())} if found else {}


def others(page: Path, folder: Path) -> None:
    """Write the specs of a page that have names."""
    for block in blocks("arch"):
        if block.page == page and "name" in block.options:
            path = folder / block.options["name"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(block.text, encoding="utf-8")


@each("arch")
def test_a_spec_is_what_its_comments_say(block: Block, tmp_path: Path) -> None:
    limits = Limits()._replace(**caller("limits", block.text))
    shape = given_input(block.options["input"], limits) if "input" in block.options else None
    announced = expected(block.text)
    name = block.options.get("name", f"{block}.arch")
    others(block.page, tmp_path)
    source = Source(name, block.text)
    root = beside(str(tmp_path / name), name, limits)
    reading = read(source, limits, None, root, Inputs(shape, {}) if shape is not None else None)
    checked = check(reading, caller("given", block.text), limits)
    if blocks_alone(reading) and "name" in block.options:
        checked = checked._replace(diagnostics=[one for one in checked.diagnostics if one.code != "empty"])
    assert {code for _, code in announced} <= set(CODES)
    if "draft" in block.options:
        assert checked.diagnostics and not announced, "a draft has a fault, and does not announce it"
        return
    assert {(d.line, d.code) for d in checked.diagnostics} == announced, checked.diagnostics


@each("arch")
def test_a_spec_that_parses_is_formatted(block: Block) -> None:
    """As `archdsl fmt` would lay it out."""
    found = formatted(Source(str(block), block.text), REGISTRY, Limits()).text
    assert found in (None, block.text), f"in its layout:\n{found}"


@each("arch", "file")
def test_a_spec_of_the_repository_stands_there(block: Block) -> None:
    assert (ROOT / block.options["file"]).read_text(encoding="utf-8").endswith("\n" + block.text)


@each("text", "file")
def test_a_listing_of_the_repository_stands_there(block: Block) -> None:
    assert (ROOT / block.options["file"]).read_text(encoding="utf-8") == block.text


# ---- the codes


def sections() -> dict[str, str]:
    """What `docs/errors.md` says of each code, in its order."""
    text = (ROOT / "docs" / "errors.md").read_text(encoding="utf-8")
    found = re.findall(r"^### (\S+)\n(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
    assert len(found) == len({code for code, _ in found}), "a code has two sections"
    return dict(found)


def test_every_code_has_a_section() -> None:
    """In the order of the table, and no section without a code."""
    assert list(sections()) == list(CODES)


@pytest.mark.parametrize("code", CODES)
def test_a_section_shows_its_code_and_a_text_without_it(code: str) -> None:
    """Whole, as it is printed; and none in the text behind it."""
    fences = [(fence[1] + fence[2], fence[3]) for fence in FENCE.finditer(sections()[code])]
    (printed, *behind) = [text for form, text in fences if form in ("console", "text printed")]
    assert f"{CODES[code].severity}[{code}]" in printed
    assert not LEFT_OUT.search(printed)
    (form, right) = fences[-1]
    assert right is not printed
    assert form == "python" or form.startswith("arch") or behind
    assert not _EXPECTED.search(right.replace("archdsl: ignore[", ""))


# ---- commands


def furnish(page: Path, folder: Path) -> None:
    """Put what the commands and the Python of a page find into their folder."""
    for path in (ROOT / "specs", *LISTINGS.glob("*.txt")):
        (folder / path.name).symlink_to(path)
    others(page, folder)


def files() -> list[tuple[str, bytes]]:
    """Checkpoints that the commands find in their folder: of LeNet-5, of its copy in DataParallel, and of torch.save."""
    tensors = wanted(ROOT / "specs" / "lenet5_modern.arch")
    whole = zeros(tensors)
    parallel = zeros(each._replace(name=f"module.{each.name}") for each in tensors)
    found = {"lenet5": whole, "cut": whole[:-100], "parallel": parallel}
    return [("lenet5.pt", b"PK\x03\x04"), *((f"{name}.safetensors", data) for name, data in found.items())]


@each("console")
def test_a_command_prints_what_the_page_shows(block: Block, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    bash = shutil.which("bash") or pytest.skip("needs a shell")
    furnish(block.page, tmp_path)
    for name, data in files():
        (tmp_path / name).write_bytes(data)
    if "weights" in block.options:
        spec = tmp_path / block.options["weights"]
        given = {name: int(value) for name, value in block.options.items() if value.isdigit()}
        spec.with_suffix(".safetensors").write_bytes(zeros(sorted(wanted(spec, **given))))
    program = f'archdsl() {{ "{sys.executable}" -m archdsl "$@"; }}\n'
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    written = ""
    for command, shown in commands(block.text):
        assert re.match(r"archdsl |echo .*\| archdsl ", command), "only archdsl is run"
        done = subprocess.run(
            [bash, "-c", program + command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
        )
        printed = done.stdout + done.stderr
        if request.config.getoption("--update-goldens"):
            written += f"$ {command}\n{shortened(shown, printed)}"
        else:
            assert is_shown(shown, printed), f"$ {command}\n{printed}"
    if written not in ("", block.text):
        rewrite(block, written)


# ---- Python


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_python_of_a_page_runs(
    page: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    request: pytest.FixtureRequest,
) -> None:
    if any("sklearn" in block.text for block in blocks("python") if block.page == page):
        pytest.importorskip("sklearn")
    furnish(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    torch = importlib.util.find_spec("torch") is not None
    names: dict[str, object] = {}
    before = set(REGISTRY)
    try:
        for block, shown in zip_longest(blocks_of(page), blocks_of(page)[1:]):
            if block.language != "python" or "keras" in block.options or (not torch and "torch" in block.text):
                continue
            capsys.readouterr()
            exec(compile("\n" * block.line + block.text, str(page), "exec"), names)
            if shown is not None and "printed" in shown.options:
                _compare(shown, capsys.readouterr().out, update=request.config.getoption("--update-goldens"))
    finally:  # a page may declare a kind of layer
        for kind in set(REGISTRY) - before:
            del REGISTRY[kind]


def _compare(shown: Block, printed: str, update: bool) -> None:
    if update and shown.text != printed:
        rewrite(shown, printed)
    elif not update:
        assert shown.text == printed, str(shown)


@each("python", "source")
def test_a_source_is_what_the_compiler_writes(block: Block) -> None:
    assert archdsl.load(ROOT / block.options["source"]).to_source() == block.text


# ---- the pages themselves


def anchors(page: Path) -> set[str]:
    """The places of a page that a link can lead to."""
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", [*PAGES, ROOT / "benchmarks" / "README.md"], ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```$", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for link in _LINK.findall(text):
        if not link.startswith("https://"):
            path, _, anchor = link.partition("#")
            target = (page.parent / path).resolve() if path else page
            assert target.is_relative_to(ROOT), link
            assert target.exists(), link
            assert not anchor or anchor in anchors(target), link


def test_the_readme_links_every_page() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    for page in PAGES[1:]:
        assert f"({page.relative_to(ROOT)})" in text, page


def test_pictures_are_current() -> None:
    """`python docs/pictures/make.py` draws them anew."""
    path = ROOT / "docs" / "pictures" / "make.py"
    spec = importlib.util.spec_from_file_location("make", path)
    assert spec is not None
    assert spec.loader is not None
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    for name in make.PICTURES:
        assert (path.parent / name).read_text(encoding="utf-8") == make.drawn(name), f"run python {path}"


# ---- these tests can fail


def test_comments_announce_what_must_be_found() -> None:
    text = "CONV 8 3x3   # error[a-b] warning[c]\nRELU # archdsl: ignore[leftover]\n# words\nBN # note[d]"
    assert expected(text) == {(1, "a-b"), (1, "c"), (4, "d")}


def test_commands_are_told_from_what_they_print() -> None:
    assert commands("$ archdsl a\nx\n\ny\n$ archdsl b\n") == [("archdsl a", "x\n\ny\n"), ("archdsl b", "")]


def test_what_is_left_out_stays_left_out() -> None:
    assert is_shown("a\n...\nd\n", "a\nb\nc\nd\n")
    assert is_shown("a; ...\n", "a; ...\n")
    assert not is_shown("a; ...\n", "a; b\nc\n")
    assert not is_shown("a\n...\nc\n", "a\nb\nc\nd\n")
    assert shortened("a\n...\nd\n", "A\nb\nc\nD\n") == "A\n...\nD\n"
    assert shortened("a\nb\n", "A\nB\n") == "A\nB\n"
    assert shortened("a\n...\n", "a\nb\n") == "a\n...\n"


def test_all_languages_of_blocks_are_there() -> None:
    assert all(blocks(language) for language in ("arch", "console", "python"))
    assert not blocks("py")


def test_the_readme_counts_kinds_and_specs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"There are {len(REGISTRY)} kinds of layer" in text
    assert f"\n{len(list((ROOT / 'specs').rglob('*.arch')))} specs with published figures" in text
