"""The specs of the repository: each holds at every setting without a diagnostic, and says where it is from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import archdsl
from archdsl.checker.check import check, settings
from archdsl.checker.checked import Checked
from archdsl.faults.report import Reporter
from archdsl.files.texts import read_file
from archdsl.limits import Limits
from archdsl.reading.declare import declarations
from archdsl.reading.reading import read
from archdsl.reports.catalogue import catalogue

FOLDER = Path(__file__).parent.parent / "specs"
SPECS = sorted(FOLDER.glob("*.arch"), key=lambda path: path.name)
NAMES = [
    *("alexnet", "alexnet_ensemble", "alexnet_two_gpu", "alphago_policy", "alphago_value", "bert"),
    *("char_lstm", "clip", "convmixer", "dcgan", "detr", "dit", "dueling_dqn", "efficientnet_tf"),
    *("gcn", "googlenet", "gpt2", "kim_cnn", "language_model", "lenet1", "lenet1_lecture"),
    *("lenet5", "lenet5_modern", "llama", "mamba", "mixtral", "mlp_mixer", "mobilenet_v1"),
    *("repvgg", "resnet101", "resnet152", "resnet18", "resnet34", "resnet50", "resnet_cifar"),
    *("siamese", "stable_diffusion_unet", "stable_diffusion_vae", "t5", "transformer", "unet"),
    *("unet3d", "vgg", "wavenet", "whisper", "yolov3"),
]
each_spec = pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)


def all_settings(path: Path, **given: Any) -> list[Checked]:
    """A spec checked at everything that its `cases` lists."""
    source, faults = read_file(path, Limits())
    assert not faults
    reading = read(source, Limits())
    return [check(reading, setting, Limits()) for setting in settings(reading, given)]


def parameters(path: Path) -> list[str]:
    source, _ = read_file(path, Limits())
    file = read(source, Limits()).file
    assert file is not None
    model = declarations(file, Reporter(source, [])).model
    assert model is not None
    return [parameter.name.text for parameter in model.parameters]


def test_all_are_there() -> None:
    assert [path.stem for path in SPECS] == NAMES


@each_spec
def test_holds_without_a_diagnostic(path: Path) -> None:
    for checked in all_settings(path):
        assert checked.diagnostics == [], checked.parameters
        assert all(claim.holds for claim in checked.claims)


@each_spec
def test_claims_params_at_every_setting(path: Path) -> None:
    for checked in all_settings(path):
        derived = f"{checked.totals.params:,} params"
        assert any(claim.derived == derived for claim in checked.claims), checked.parameters


@each_spec
def test_other_numbers_of_classes_hold(path: Path) -> None:
    """Claims that are about the classes of the paper stay silent for others."""
    if "classes" not in parameters(path):
        pytest.skip("the classes are no parameter")
    for checked in all_settings(path, classes=12):
        assert checked.diagnostics == [], checked.parameters
        assert checked.network is not None
        assert {output.shape[-1] for output in checked.network.outputs} == {12}


@each_spec
def test_comment_names_the_source(path: Path) -> None:
    comment = path.read_text(encoding="utf-8").partition("\nmodel ")[0]
    assert all(line.startswith("#") for line in comment.splitlines() if line)
    assert re.search(r"\b(19|20)\d\d: [A-Z0-9]", comment), "authors, a year and a title"
    assert re.search(r"NIPS|ICML|IEEE|Nature|arXiv", comment), "where it was published"
    assert re.search(r"[Ss]ection|Table|Methods|pp\.", comment), "where in it"


@each_spec
def test_lines_are_tidy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.endswith("\n")
    assert not text.endswith("\n\n")
    for line in text.splitlines():
        assert line == line.rstrip()
        assert "\t" not in line
        assert len(line) <= 120


@each_spec
def test_claims_stand_in_columns(path: Path) -> None:
    """In a run of layer lines the arrows stand below one another."""
    places: list[int] = []
    for line in [*path.read_text(encoding="utf-8").splitlines(), ""]:
        if " -> " in line and not line.startswith("#"):
            places.append(line.index(" -> "))
        elif not line.strip():
            assert len(set(places)) <= 1, places
            places = []


def test_outputs_have_names() -> None:
    googlenet = archdsl.load(FOLDER / "googlenet.arch")
    assert [output.name for output in googlenet.outputs] == ["linear", "aux1", "aux2"]
    assert [output.shape for output in googlenet.outputs] == [(1000,)] * 3


def test_source_of_depth_is_in_one_line() -> None:
    """1,202 layers are no more work than 20: the network is never unrolled."""
    first, *_, last = all_settings(FOLDER / "resnet_cifar.arch")
    assert (first.parameters["depth"], last.parameters["depth"]) == (20, 1202)
    assert first.visits == last.visits


def test_readme_is_generated_from_the_specs() -> None:
    """`python -m archdsl.reports.catalogue` writes it anew."""
    assert (FOLDER / "README.md").read_text(encoding="utf-8") == catalogue()


@pytest.mark.slow
def test_the_check_of_all_specs_says_the_same_in_every_run() -> None:
    """No warning, and the same bytes whatever the order of hashes is."""
    runs = [
        subprocess.run(
            [sys.executable, "-m", "archdsl", "check", "specs"],
            cwd=FOLDER.parent,
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        )
        for seed in ("0", "1", "12345")
    ]
    assert {(run.returncode, run.stdout, run.stderr) for run in runs} == {(0, runs[0].stdout, b"")}
    assert b"warning" not in runs[0].stdout
