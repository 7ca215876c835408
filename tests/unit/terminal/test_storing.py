"""The store on the command line, on a real run of a small market."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sim import cli, engine
from sim.runs.store import Store
from tests.unit.runs.made import FACTS, arms, key

TEXT = """name: small
calendar: {burn_in_days: 3, duration_days: 6}
territories: {generate: {n: 1}}
outlets: {generate: {n: 12}}
replications: 2
strategies: {a: [{zero_unvisited: {}}]}
"""


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("results")
    file = folder / "small.yaml"
    file.write_text(TEXT)
    assert cli.exit_code(["run", str(file), "--out", str(folder), "--quiet"]) == 0
    return folder


def call(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str, str]:
    code = cli.exit_code(list(arguments))
    output = capsys.readouterr()
    return code, output.out, output.err


def test_ls_show_verify_gc_export(capsys: pytest.CaptureFixture[str], results: Path) -> None:
    where = ("--store", str(results / "store"))
    code, out, _ = call(capsys, "store", "ls", *where)
    assert code == 0
    assert [line.split()[1] for line in out.splitlines()] == ["finished"] * 2
    key = out.split()[0]
    shown = call(capsys, "store", "show", key, *where)[1]
    assert "strategy: baseline" in shown
    assert "sell_out_units: " in shown
    assert call(capsys, "store", "verify", *where)[1] == "4 files are sound, none damaged\n"
    assert call(capsys, "store", "gc", "--dry-run", *where)[1] == "0 can go, 0.0 MB\n"
    assert call(capsys, "store", "gc", *where)[1] == "0 removed, 0.0 MB\n"
    out = call(capsys, "store", "export", str(results / "tables"), *where)[1]
    assert [Path(line).name for line in out.splitlines()] == [
        f"{name}.parquet" for name in ("runs", "outcomes", "territories", "daily", "decisions", "dose")
    ]


def test_runs_of_another_version_are_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    store.put(key(1), arms(), FACTS)
    store.put(key(2), arms(), replace(FACTS, model_version=1))
    store.put(key(3), arms(), replace(FACTS, schema_hash="others"))
    where = ("--store", str(tmp_path / "store"))
    *rows, last = call(capsys, "store", "ls", *where)[1].splitlines()
    assert len(rows) == 3
    assert last.startswith("2 runs are of another version of the model (1, 3; this is ")
    assert call(capsys, "store", "verify", *where)[1].splitlines()[-1] == last
    assert "2 removed" in call(capsys, "store", "gc", *where)[1]
    assert len(call(capsys, "store", "ls", *where)[1].splitlines()) == 1


def test_errors_are_one_line(capsys: pytest.CaptureFixture[str], results: Path, tmp_path: Path) -> None:
    where = ("--store", str(results / "store"))
    key = call(capsys, "store", "ls", *where)[1].split()[0]
    wrong = key[:-1] + ("0" if key[-1] != "0" else "1")
    for arguments in (("store", "show", wrong, *where), ("run", "--key", wrong, *where)):
        code, _, err = call(capsys, *arguments)
        assert code == 2
        assert len(err.splitlines()) == 1
        assert f"did you mean '{key}'?" in err
    code, _, err = call(capsys, "store", "ls", "--store", str(tmp_path))
    assert (code, len(err.splitlines())) == (2, 1)
    assert list(tmp_path.iterdir()) == []
    assert call(capsys, "run")[0] == 2


def test_a_second_run_is_read_and_gives_the_same_folder(
    capsys: pytest.CaptureFixture[str], results: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine.Session, "step", None)
    assert call(capsys, "run", str(results / "small.yaml"), "--out", str(results), "--quiet")[0] == 0
    one, two = sorted((results / "small").iterdir())
    files = [file.relative_to(one) for file in one.rglob("*") if file.is_file()]
    assert len(files) > 20
    timed = {"manifest.json", "report.html"}
    different = [f for f in files if f.name not in timed and (one / f).read_bytes() != (two / f).read_bytes()]
    assert different == []


def test_a_failed_run_is_repeated_alone_with_its_traceback(
    capsys: pytest.CaptureFixture[str], results: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, out = str(results / "small.yaml"), str(tmp_path)
    with monkeypatch.context() as patch:

        def lose(*_: object) -> None:
            raise RuntimeError("goods lost")

        patch.setattr(engine, "check_ledger", lose)
        assert call(capsys, "run", file, "--out", out, "--quiet")[0] == 1
        code, listed, _ = call(capsys, "store", "ls", "--failed", "--store", f"{out}/store")
        assert code == 0
        assert listed.rstrip().endswith("RuntimeError: goods lost")
        key = listed.split()[0]
        assert "Traceback" in call(capsys, "store", "show", key, "--store", f"{out}/store")[1]
        code, _, err = call(capsys, "run", "--key", key, "--out", out, "--debug")
        assert code == 1
        assert "in lose" in err
    assert "it is in the store now" in call(capsys, "run", "--key", key, "--out", out)[1]
    assert Store(tmp_path / "store").ls(failed=True) == []
    assert "its KPIs are those of the store" in call(capsys, "run", "--key", key, "--out", out)[1]
