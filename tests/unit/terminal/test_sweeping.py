"""`arsim sweep`: results, progress, stopping, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest

import sim.terminal.progress
from sim.cli import exit_code
from sim.questions.study import question_of
from sim.questions.study import refuse_above as refuse_study_above
from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.plan import refuse_above
from sim.questions.sweeps.schema import table as fields_table
from sim.questions.sweeps.sweep import State
from sim.runs.store.tables import read_parquet
from sim.scenario.resolved import resolved_yaml
from sim.terminal.progress import Pace
from tests.sweeps import base, deadly

ROOT = Path(__file__).parents[3]
EXPERIMENTS = sorted((ROOT / "scenarios" / "experiments").glob("*.yaml"))
FILE = """name: trial
scenario: base.yaml
levers:
  strategies.focus.0.concentrate.share_of_people: {list: [0.3, 0.6]}
outcomes: [profit_manufacturer, sell_out_units]
replications: 2
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "base.yaml").write_text(resolved_yaml(base()), encoding="utf-8")
    (tmp_path / "trial.yaml").write_text(FILE, encoding="utf-8")
    return tmp_path / "trial.yaml"


def test_results_are_written(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["sweep", str(file), "--workers", "1", "--out", str(out)]
    assert exit_code(command) == 0
    assert "8 rows of 6 different runs: 0 from the store, 6 computed, 0 failed" in capsys.readouterr().out
    (folder,) = (out / "trial").glob("*-sweep*")
    names = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert names == {
        "table.csv",
        "table.parquet",
        "failures.csv",
        "experiment.json",
        "scenario.yaml",
        "manifest.json",
        "report.html",
        "figures/overview.png",
        "figures/overview.svg",
    }
    pd.testing.assert_frame_equal(
        pd.read_csv(folder / "table.csv"), read_parquet(folder / "table.parquet"), check_dtype=False
    )
    assert json.loads((folder / "manifest.json").read_text())["runs"]["computed"] == 6
    assert "<td>CNY</td>" in (folder / "report.html").read_text(encoding="utf-8")
    assert exit_code(command) == 0
    assert "6 from the store, 0 computed" in capsys.readouterr().out
    first, second = sorted((out / "trial").glob("*-sweep*"))
    assert (first / "table.parquet").read_bytes() == (second / "table.parquet").read_bytes()


def test_too_many_runs_are_refused_and_confirmed(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE + "max_runs: 4\n")
    command = ["sweep", str(file), "--workers", "1", "--out", str(tmp_path / "out"), "--quiet"]
    assert exit_code(command) == 2
    assert "trial: runs: 8: are 2 points × 2 strategies × 2 replications" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
    assert exit_code([*command, "--limit", "8"]) == 0


def test_ctrl_c_says_what_is_kept(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    counts: list[int] = []

    def stop(self: Pace, state: State) -> None:
        self.state = state
        counts.append(state.computed)
        if state.computed >= 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sim.terminal.progress.Pace, "__call__", stop)
        assert exit_code(["sweep", str(file), "--workers", "1", "--out", str(tmp_path / "out")]) == 130
    words = capsys.readouterr().err
    assert f"stopped: {counts[-1]} of 6 runs" in words
    assert "finished runs are kept in" in words
    assert "goes on from there" in words
    assert exit_code(["sweep", str(file), "--workers", "1", "--out", str(tmp_path / "out")]) == 0
    assert f"{counts[-1]} from the store" in capsys.readouterr().out


def test_a_bad_file_is_one_line(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(FILE.replace("share_of_people", "share_of_peple"))
    assert exit_code(["sweep", str(file)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_pace_counts_only_what_was_computed() -> None:
    now = [0.0]
    pace = Pace(lambda: now[0])
    pace(State(total=100, found=40))
    now[0] = 10.0
    pace(State(total=100, found=40, computed=18, failed=2))
    assert str(pace) == "60 of 100 runs, 40 from the store, 2 runs/s, 0:20 remaining, 2 failed"


def test_explain_tells_every_field(capsys: pytest.CaptureFixture[str]) -> None:
    assert exit_code(["sweep", "--explain"]) == 0
    told = capsys.readouterr().out
    assert "cross_levers: " in told
    assert "triangular" in told


def test_the_page_on_experiments_has_the_fields_of_the_schema() -> None:
    assert fields_table() in (ROOT / "docs" / "experiments.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda file: file.name)
def test_shipped_experiments_load_within_their_budget(experiment: Path) -> None:
    found = load_experiment(experiment)
    assert found.spec.name == experiment.stem
    if found.spec.study is None:
        refuse_above(found, None)
    else:
        refuse_study_above(found, question_of(found).most_runs(found), None)


def failing(folder: Path) -> str:
    """Write an experiment in which one of three runs fails."""
    fields, scenario = deadly(folder, 0.0, 2.0)
    (folder / "base.yaml").write_text(resolved_yaml(scenario), encoding="utf-8")
    file = folder / "deadly.yaml"
    file.write_text(json.dumps({**fields, "scenario": "base.yaml"}), encoding="utf-8")
    return str(file)


@pytest.mark.parametrize("quiet", [[], ["--quiet"]])
def test_failed_runs_are_counted_and_the_code_is_1(
    quiet: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    command = ["sweep", failing(tmp_path), "--workers", "1", "--out", str(out), *quiet]
    assert exit_code(command) == 1
    said = capsys.readouterr()
    (folder,) = (out / "deadly").glob("*-sweep*")
    assert said.err.splitlines()[-1].startswith(f"1 of 3 runs failed, see {folder}/failures.csv; the others are kept")
    assert f"report: {folder}/report.html" in said.out
    assert pd.read_csv(folder / "table.csv")["sell_out_units"].notna().tolist() == [True, True, True, False]
    assert len(pd.read_csv(folder / "failures.csv")) == 1


def test_a_study_with_a_failed_run_has_the_code_of_such_a_sweep(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(failing(tmp_path))
    file.write_text(json.dumps({**json.loads(file.read_text()), "study": {"robustness": {}}}), encoding="utf-8")
    out = tmp_path / "out"
    assert exit_code(["study", str(file), "--workers", "1", "--out", str(out), "--quiet"]) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "runs: 1 failed: first bad, replication 0" in error
    assert list((out / "deadly").iterdir()) == []
