"""The recipe of docs/how-to-extend.md: two files of one name make a study."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario.resolved import resolved_yaml
from tests.sweeps import base

RECIPE = (Path(__file__).parents[3] / "docs" / "how-to-extend.md").read_text(encoding="utf-8")
WITH_THEM = """
import json, sys, sim.questions
sim.questions.__path__.append(sys.argv[1] + "/questions")
import sim.report.questions
sim.report.questions.__path__.append(sys.argv[1] + "/pictures")
from sim.cli import exit_code
for command in json.loads(sys.argv[2]):
    print("exit", exit_code(command), flush=True)
"""
"""Runs commands in a process that finds the two files beside the package's own."""


def block(before: str) -> str:
    """The block of code that follows some words of the page."""
    found = re.search(re.sub(r"\\? ", r"\\s+", re.escape(before)) + r".*?```\w+\n(.*?)```", RECIPE, re.DOTALL)
    assert found, before
    return found[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    places = {"questions": "in `sim/questions/spread.py`:", "pictures": "in `sim/report/questions/spread.py`:"}
    for name, before in places.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "spread.py").write_text(block(before), encoding="utf-8")
    (tmp_path / "base.yaml").write_text(resolved_yaml(base()), encoding="utf-8")
    (tmp_path / "trial.yaml").write_text(block("An experiment asks it with"), encoding="utf-8")
    return tmp_path


def arsim(folder: Path, *commands: list[str]) -> subprocess.CompletedProcess[str]:
    """What some commands say one after the other, each followed by its exit code."""
    arguments = [sys.executable, "-c", WITH_THEM, str(folder), json.dumps(commands)]
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def test_two_files_make_a_study_that_schema_and_messages_know(folder: Path) -> None:
    trial, short, misspelt = (folder / f"{name}.yaml" for name in ("trial", "short", "misspelt"))
    short.write_text(trial.read_text().replace("{runs: 4}", "{runs: 2}"))
    misspelt.write_text(trial.read_text().replace("spread:", "spraed:"))
    study = ["study", str(trial), "--workers", "1", "--out", str(folder / "out")]
    done = arsim(folder, study, ["sweep", "--explain"], ["study", str(short)], ["study", str(misspelt)])
    said, explained, *_ = done.stdout.split("exit 0\n")
    assert " varies most: " in said, done.stderr
    assert "How much does luck decide?" in explained
    assert done.stdout.count("exit 2\n") == 2
    assert f"{short}:5: study.spread.runs: 2: must be at least 3" in done.stderr
    assert "did you mean 'spread'?" in done.stderr
    (found,) = (folder / "out" / "how_much_luck").glob("*-study*")
    assert len((found / "runs.csv").read_text().splitlines()) == 1 + 2 * 4
    assert (found / "tables" / "spread.csv").read_text().startswith("strategy,mean,std\n")
    assert (found / "figures" / "replications.svg").is_file()
    page = (found / "report.html").read_text(encoding="utf-8")
    assert "A point is a replication." in page
    assert "Give or take one standard deviation" in page


def test_a_file_without_a_study_is_named(folder: Path) -> None:
    (folder / "questions" / "spread.py").write_text("NOTHING = 0\n")
    done = arsim(folder, ["study", str(folder / "trial.yaml")])
    assert "sim.questions.spread: study: 0 found: must define exactly one" in done.stderr
