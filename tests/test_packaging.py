"""The package as users get it: a wheel in an empty environment, an editable install, and what each brings along."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from importlib import metadata
from pathlib import Path

import pytest

import archdsl

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
LIBRARY = sorted(path.name for path in (ROOT / "library").glob("*.arch"))
SPECS = sorted(path.relative_to(ROOT / "specs").as_posix() for path in (ROOT / "specs").rglob("*.arch"))


def run(*command: str | Path, folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a process that knows nothing of this one's packages; it must succeed."""
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    done = subprocess.run(
        [str(word) for word in command],
        cwd=folder,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def pip(*arguments: str | Path, folder: Path, python: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run this environment's pip, on another environment where one is named. Nothing is fetched."""
    pytest.importorskip("pip")
    of = ["--python", python] if python else []
    return run(sys.executable, "-m", "pip", *of, "--disable-pip-version-check", *arguments, folder=folder)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what belongs to the package, so that a build leaves nothing in the checkout."""
    folder = tmp_path_factory.mktemp("source")
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    for name in ("archdsl", "grammars", "library", "schemas", "specs", "docs"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("README.md", "LICENSE", "CHANGELOG.md", "CONTRIBUTING.md"):
        shutil.copy(ROOT / name, folder)
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", source, "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder=folder)
    (built,) = folder.glob("*.whl")
    return built


def build(source: Path, target: str, folder: Path) -> None:
    """Build with the backend alone: `sdist`, or `wheel:editable`, as `pip install -e` asks for it."""
    run(sys.executable, "-m", "hatchling", "build", "-t", target, "-d", folder, folder=source)


def environment(folder: Path) -> Path:
    """An empty environment with lark alone, copied from this one; its Python."""
    venv.create(folder, with_pip=False)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / Path(sys.executable).name
    code = "import sysconfig; print(sysconfig.get_path('purelib'))"
    place = Path(run(python, "-c", code, folder=folder).stdout.strip())
    for file in metadata.files("lark") or ():
        if ".." not in file.parts and "__pycache__" not in file.parts:
            (place / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(file.locate(), place / file)
    return python


@pytest.fixture(scope="module", params=["wheel", "editable"])
def installed(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment with lark and archdsl, installed from a wheel or from a checkout."""
    python = environment(tmp_path_factory.mktemp("environment") / "of a user")
    if request.param == "wheel":
        built = request.getfixturevalue("wheel")
    else:
        folder = tmp_path_factory.mktemp("editable")
        build(request.getfixturevalue("source"), "wheel:editable", folder)
        (built,) = folder.glob("*.whl")
    pip("install", "--no-deps", built, folder=python.parent, python=python)
    return python


def program(python: Path) -> Path:
    return python.with_name("archdsl" + python.suffix)


# ---- what is in them


def test_the_wheel_has_grammars_schemas_library_and_specs_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    modules = {str(path.relative_to(ROOT)) for path in (ROOT / "archdsl").rglob("*.py")}
    information = f"archdsl-{archdsl.__version__}.dist-info"
    data = {"grammars/arch.lark", "grammars/listing.lark", "specs/README.md", *(f"specs/{name}" for name in SPECS)}
    data |= {"schemas/archdsl-1.schema.json", *(f"library/{name}" for name in LIBRARY)}
    expected = modules | {"archdsl/py.typed"} | {f"archdsl/_data/{name}" for name in data}
    assert {name for name in names if not name.startswith(information)} == expected
    assert {f"{information}/licenses/LICENSE", f"{information}/entry_points.txt"} <= names


def test_the_version_stands_in_two_places_alike(wheel: Path) -> None:
    assert wheel.name.startswith(f"archdsl-{archdsl.__version__}-py3-none-any")


def test_a_wheel_can_be_built_from_the_source_archive(source: Path, tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build(source, "sdist", tmp_path)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(tmp_path, filter="data")
    unpacked = tmp_path / archive.name.removesuffix(".tar.gz")
    assert all((unpacked / "grammars" / name).is_file() for name in ("arch.lark", "listing.lark"))
    pip("wheel", unpacked, "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path, folder=tmp_path)
    assert list(tmp_path.glob("*.whl"))


# ---- that they work


def test_lark_is_all_that_it_needs(installed: Path, tmp_path: Path) -> None:
    pip("check", folder=tmp_path, python=installed)
    listed = pip("list", "--format", "freeze", folder=tmp_path, python=installed).stdout
    assert {line.partition("==")[0].partition(" ")[0] for line in listed.split("\n") if line} == {"archdsl", "lark"}


def test_the_specs_that_come_with_it_hold(installed: Path, tmp_path: Path) -> None:
    code = "from archdsl.data import SPECS; print(SPECS)"
    specs = run(installed, "-c", code, folder=tmp_path).stdout.strip()
    done = run(program(installed), "check", specs, folder=tmp_path)
    assert done.stdout.splitlines()[-1].startswith(f"{len(SPECS)} of {len(SPECS)} files hold")
    done = run(program(installed), "check", f"{specs}/../library", folder=tmp_path)
    assert done.stdout.splitlines()[-1] == f"{len(LIBRARY)} of {len(LIBRARY)} files hold"
    done = run(program(installed), "compile", f"{specs}/alexnet.arch", folder=tmp_path)
    assert "class AlexNet(nn.Module):" in done.stdout


def test_a_spec_of_ones_own_holds(installed: Path, tmp_path: Path) -> None:
    (tmp_path / "own.arch").write_text("input 8x8x3\nCONV 4 3x3 -> 6x6x4\n")
    for command in ([program(installed)], [installed, "-m", "archdsl"]):
        done = run(*command, "check", "own.arch", folder=tmp_path)
        assert done.stdout == "own.arch: Own  1 layer, 112 params, 3,888 macs, 1 claim holds\n"


def test_the_tables_are_those_of_the_grammar_that_comes_with_it(installed: Path, tmp_path: Path) -> None:
    code = (
        "from archdsl.syntax.build import PLACES, tables; "
        "assert all(path.read_text(encoding='utf-8') == tables(name) for name, path in PLACES.items())"
    )
    run(installed, "-c", code, folder=tmp_path)


def test_a_check_writes_nothing(installed: Path, tmp_path: Path) -> None:
    """Neither where it works nor at home nor among temporary files: no cache, no bytecode, no tables."""
    places = {name: tmp_path / name for name in ("work", "home", "temporary")}
    for place in places.values():
        place.mkdir()
    (places["work"] / "own.arch").write_text("input 8x8x3\nCONV 4 3x3\n")
    variables = dict.fromkeys(("HOME", "USERPROFILE", "XDG_CACHE_HOME"), str(places["home"]))
    variables |= dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(places["temporary"]))
    for command in ("check", "summary"):
        run(program(installed), command, "own.arch", folder=places["work"], **variables)
    assert [path.name for place in places.values() for path in place.rglob("*")] == ["own.arch"]
