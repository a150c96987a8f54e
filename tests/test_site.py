"""The site is built without a warning, and whatever a page links is there."""

from __future__ import annotations

import re
import subprocess
import sys
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import pytest
from support.pages import PAGES, ROOT

pytest.importorskip("sphinx")
pytest.importorskip("furo")
pytest.importorskip("myst_parser")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built by the command of CONTRIBUTING.md into a folder of its own."""
    command = "sphinx-build -W -c docs . build/site"
    assert command in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    folder = tmp_path_factory.mktemp("site")
    words = [*command.split()[1:-1], "-q", "-d", str(folder / "trees"), str(folder / "site")]
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "site"


def test_every_page_and_every_spec_is_there(site: Path) -> None:
    pages = [*PAGES, ROOT / "specs" / "README.md", ROOT / "benchmarks" / "README.md", *(ROOT / "specs").rglob("*.arch")]
    for page in pages:
        assert (site / page.relative_to(ROOT)).with_suffix(".html").is_file(), page
    assert (site / "index.html").read_bytes() == (site / "README.html").read_bytes()


def test_every_page_is_in_the_contents(site: Path) -> None:
    text = (site / "index.html").read_text(encoding="utf-8")
    contents = set(re.findall(r'class="reference internal" href="([\w/-]+\.html)"', text))
    for page in PAGES[1:]:
        assert page.relative_to(ROOT).with_suffix(".html").as_posix() in contents, page


def test_links_lead_somewhere(site: Path) -> None:
    """Between pages, to places within them, and to files."""
    texts = {path: path.read_text(encoding="utf-8") for path in site.rglob("*.html")}
    places = {path: set(re.findall(r'\bid="([^"]+)"', text)) for path, text in texts.items()}
    count = 0
    for path, text in texts.items():
        for link in re.findall(r'<a [^>]*href="([^"]*)"', text):
            if re.match(r"https?:|mailto:", link):
                continue
            target, _, place = unquote(unescape(link)).partition("#")
            file = (path.parent / target).resolve() if target else path
            assert file.is_file(), f"{path.name}: {link}"
            assert not place or file not in places or place in places[file], f"{path.name}: {link}"
            count += 1
    assert count > 2_000


def test_specs_and_sessions_have_colours(site: Path) -> None:
    text = (site / "docs" / "tutorial.html").read_text(encoding="utf-8")
    assert '<span class="nf">CONV</span>' in text
    assert '<span class="gr">error[shape-mismatch]</span>' in text.replace('</span><span class="gr">', "")


def test_what_is_built_is_not_in_the_repository() -> None:
    assert "build/" in (ROOT / ".gitignore").read_text(encoding="utf-8").split("\n")
