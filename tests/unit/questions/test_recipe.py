"""The recipe of docs/how-to-extend.md: two files of one name make a study."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from sim.scenario.resolved import resolved_yaml
from tests.sweeps import base

RECIPE = (Path(__file__).parents[3] / "docs" / "how-to-extend.md").read_text(encoding="utf-8")
WITH_THEM = """
import sys, sim.questions
sim.questions.__path__.append(sys.argv[1] + "/questions")
import sim.report.questions
sim.report.questions.__path__.append(sys.argv[1] + "/pictures")
from sim.cli import exit_code
sys.exit(exit_code(sys.argv[2:]))
"""


def block(before: str) -> str:
    """The block of code that follows some words of the page."""
    found = re.search(re.escape(before) + r".*?```\w+\n(.*?)```", RECIPE, re.DOTALL)
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


def arsim(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command in a process that finds the two files beside the package's own."""
    command = [sys.executable, "-c", WITH_THEM, str(folder), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_two_files_make_a_study(folder: Path) -> None:
    done = arsim(folder, "study", str(folder / "trial.yaml"), "--workers", "1", "--out", str(folder / "out"))
    assert done.returncode == 0, done.stderr
    assert " varies most: " in done.stdout
    (found,) = (folder / "out" / "how_much_luck").glob("*-study*")
    assert len((found / "runs.csv").read_text().splitlines()) == 1 + 2 * 4
    assert (found / "tables" / "spread.csv").read_text().startswith("strategy,mean,std\n")
    assert (found / "figures" / "replications.svg").is_file()
    page = (found / "report.html").read_text(encoding="utf-8")
    assert "A point is a replication." in page
    assert "Give or take one standard deviation" in page


def test_schema_and_messages_know_it(folder: Path) -> None:
    assert "How much does luck decide?" in arsim(folder, "sweep", "--explain").stdout
    trial = folder / "trial.yaml"
    trial.write_text(trial.read_text().replace("{runs: 4}", "{runs: 2}"))
    done = arsim(folder, "study", str(trial))
    assert done.returncode == 2
    assert f"{trial}:5: study.spread.runs: 2: must be at least 3" in done.stderr
    trial.write_text(trial.read_text().replace("spread:", "spraed:"))
    assert "did you mean 'spread'?" in arsim(folder, "study", str(trial)).stderr


def test_without_its_file_there_is_no_such_study(folder: Path) -> None:
    (folder / "questions" / "spread.py").unlink()
    done = arsim(folder, "study", str(folder / "trial.yaml"))
    assert done.returncode == 2
    assert "trial.yaml:5: study.spread" in done.stderr


def test_a_file_without_a_study_is_named(folder: Path) -> None:
    (folder / "questions" / "spread.py").write_text("NOTHING = 0\n")
    done = arsim(folder, "study", str(folder / "trial.yaml"))
    assert "sim.questions.spread: study: 0 found: must define exactly one" in done.stderr
