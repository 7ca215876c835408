"""`arsim study`: results, refusals, going on from the store."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sim.cli import exit_code
from sim.runs.store.tables import read_parquet
from sim.scenario.resolved import resolved_yaml
from tests.sweeps import SPEED, base

FILE = f"""name: trial
question: What is safe?
scenario: base.yaml
uncertainties:
  {SPEED}: {{list: [15, 30]}}
outcomes: [profit_manufacturer, sell_out_units]
replications: 2
"""
STUDY = "study: {robustness: {good_enough: {sell_out_units: 1}}}\n"


def written(folder: Path, text: str) -> str:
    (folder / "base.yaml").write_text(resolved_yaml(base()), encoding="utf-8")
    (folder / "trial.yaml").write_text(text, encoding="utf-8")
    return str(folder / "trial.yaml")


def test_results_are_written_and_come_again_from_the_store(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["study", written(tmp_path, FILE + STUDY), "--workers", "1", "--out", str(out)]
    assert exit_code(command) == 0
    said = capsys.readouterr().out
    assert "has the least regret in its worst world" in said
    assert "8 rows of runs (equal runs are computed once): 0 from the store, 8 computed" in said
    (folder,) = (out / "trial").glob("*-study*")
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    tables = {f"tables/{n}.{kind}" for n in ("robustness", "regret", "good_enough") for kind in ("csv", "parquet")}
    assert names == tables | {
        "report.html",
        "figures/worlds.png",
        "figures/worlds.svg",
        "runs.parquet",
        "runs.csv",
        "experiment.json",
        "scenario.yaml",
        "manifest.json",
    }
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.index('id="pictures"') < page.index('id="tables"')
    assert json.loads((folder / "manifest.json").read_text())["study"] == "robustness"
    assert exit_code(command) == 0
    assert "8 from the store, 0 computed" in capsys.readouterr().out
    first, second = sorted((out / "trial").glob("*-study*"))
    assert (first / "runs.parquet").read_bytes() == (second / "runs.parquet").read_bytes()
    assert len(read_parquet(first / "runs.parquet")) == 8


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (FILE, "trial.yaml:1: study: none: needs one"),
        (FILE + "study:\n", "trial.yaml:8: study: empty: give one question: boundary, discovery, optimise"),
        (FILE + "study: {}\n", "trial.yaml:8: study: empty: give one question: boundary, discovery, optimise"),
        (FILE + "study:\n  boundary:\n", "boundary is empty; state its fields, or {} for their defaults"),
        (FILE + "study: {robustness: {}, boundary: {between: [a, b]}}\n", "give one of boundary, discovery"),
        (FILE + "study: {boundary: {between: [baseline, focs]}}\n", "did you mean 'focus'?"),
        (FILE + STUDY + "max_runs: 5\n", "trial: runs: 8: may be needed, and max_runs is 5"),
    ],
)
def test_refusals_are_one_line(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["study", written(tmp_path, text), "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not (tmp_path / "out").exists()


def test_a_sweep_of_a_study_that_chooses_its_points_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = FILE.replace(f"{SPEED}: {{list: [15, 30]}}", f"{SPEED}: {{distribution: uniform, low: 15, high: 30}}")
    file = written(tmp_path, text + "study: {sensitivity: {}}\n")
    assert exit_code(["sweep", file, "--out", str(tmp_path / "out")]) == 2
    said = "trial.yaml:8: study: sensitivity: chooses its points itself; run the file by `arsim study`"
    assert said in capsys.readouterr().err
