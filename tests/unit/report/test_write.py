"""A run as a folder: complete, repeatable to the byte, and safe against an older run in the same place."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pandas as pd
import pytest

from sim.report.run import export, write_run
from sim.runs.store.tables import read_parquet, write_parquet
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from tests.unit.report.conftest import made
from tests.unit.report.fake import FakeResult


def test_the_folder_has_every_part(folder: Path, result: FakeResult) -> None:
    names = {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()}
    assert {"scenario.yaml", "manifest.json", "kpis.csv", "kpis_by_territory.csv", "report.html"} <= names
    assert {f"tables/{t}.parquet" for t in result.tables} <= names
    assert len([n for n in names if n.startswith("figures/")]) == 20
    assert not [n for n in names if n.endswith(".part")]


def test_the_manifest_counts_rows_and_names_seeds(folder: Path, result: FakeResult) -> None:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    assert (manifest["seed"], manifest["replications"]) == (1, [11, 12, 13])
    assert manifest["timings_seconds"] == {"simulate": 1.5}
    assert {n: t["rows"] for n, t in manifest["tables"].items()} == {n: len(f) for n, f in result.tables.items()}
    assert len(manifest["inputs_sha256"]["scenario"]) == 64


def test_tables_come_back_as_they_were(folder: Path, result: FakeResult) -> None:
    for name in ("market", "outlets", "visits"):
        back = read_parquet(folder / "tables" / f"{name}.parquet")
        pd.testing.assert_frame_equal(back, result.tables[name], check_dtype=False)


def test_kpis_are_written_with_their_intervals(folder: Path) -> None:
    with (folder / "kpis.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["kpi"]: row for row in csv.DictReader(file)}
    share = rows["market_share_units"]
    assert float(share["low"]) < float(share["mean"]) < float(share["high"])
    assert share["n_replications"] == "3"


def test_the_written_scenario_loads_again(folder: Path, result: FakeResult) -> None:
    assert load_scenario(folder / "scenario.yaml") == result.scenario


def test_two_writes_of_one_run_are_equal_to_the_byte(tmp_path: Path) -> None:
    one = write_run(made("one territory"), tmp_path / "a")
    two = write_run(made("one territory"), tmp_path / "b")
    files = sorted(p.relative_to(one) for p in one.rglob("*") if p.is_file())
    assert files == sorted(p.relative_to(two) for p in two.rglob("*") if p.is_file())
    for file in files:
        assert (one / file).read_bytes() == (two / file).read_bytes(), file


@pytest.fixture
def without_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing, where a test is about files."""
    monkeypatch.setattr("sim.report.run.draw_pictures", lambda _: ())


@pytest.mark.usefixtures("without_pictures")
def test_tables_of_an_older_run_go_and_other_files_stay(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "old.parquet").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("mine")
    write_run(made("one territory"), tmp_path)
    assert not (tmp_path / "tables" / "old.parquet").exists()
    assert (tmp_path / "notes.txt").read_text() == "mine"


@pytest.mark.usefixtures("without_pictures")
def test_a_write_that_breaks_leaves_no_manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_run(made("one territory"), tmp_path)

    def broken(*_: object, **__: object) -> str:
        raise OSError("disk full")

    monkeypatch.setattr("sim.report.run.report_html", broken)
    with pytest.raises(OSError, match="disk full"):
        write_run(made("one territory"), tmp_path)
    assert not (tmp_path / "manifest.json").exists()


@pytest.mark.usefixtures("without_pictures")
def test_another_writer_gets_every_part() -> None:
    class Memory:
        def __init__(self) -> None:
            self.names: list[str] = []

        def data(self, name: str, content: bytes) -> None:
            assert content
            self.names.append(name)

        def table(self, name: str, frame: pd.DataFrame) -> None:
            assert list(frame.columns)
            self.names.append(name)

    memory = Memory()
    manifest = export(made("one territory"), memory)
    assert "report.html" in memory.names
    assert set(manifest["tables"]) <= set(memory.names)


def test_an_empty_table_and_mixed_text_can_be_written(tmp_path: Path) -> None:
    empty = pd.DataFrame({"replication": pd.Series(dtype="int64"), "note": pd.Series(dtype=object)})
    write_parquet(empty, tmp_path / "it's empty.parquet")
    assert list(read_parquet(tmp_path / "it's empty.parquet").columns) == ["replication", "note"]
    late = pd.DataFrame({"id": pd.Series([None] * 3000 + ["010000"], dtype=object)})
    write_parquet(late, tmp_path / "late.parquet")
    assert read_parquet(tmp_path / "late.parquet")["id"].iloc[-1] == "010000"


def test_a_real_run_can_be_written(tmp_path: Path) -> None:
    engine = pytest.importorskip("sim.runs.replications")
    small = {
        "replications": 2,
        "calendar": {"duration_days": 28, "burn_in_days": 14},
        "outlets": {"generate": {"n": 40}},
        "territories": {"generate": {"n": 2}},
    }
    run = engine.run(Scenario.model_validate(small))
    folder = write_run(run, tmp_path / "real")
    assert json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["replications"] == [0, 1]
    assert "Our market share" in (folder / "report.html").read_text(encoding="utf-8")
