"""One table, however it was computed: serial, in processes, on a cluster, stopped and resumed, with dying workers."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

import sim
from sim.errors import InputError
from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.sweep import How, run_sweep, sweep
from sim.runs.store import Store, contents
from sim.runs.store import store as store_module
from tests.sweeps import SHARE, SPEED, Double, DoubleThatDiesOnce, base, deadly, experiment

ROOT = Path(__file__).parents[4]


def csv(table: pd.DataFrame) -> bytes:
    return table.to_csv(index=False).encode()


@pytest.fixture(scope="module")
def serial() -> pd.DataFrame:
    return sweep(experiment(), base())


def test_the_table_is_tidy(serial: pd.DataFrame) -> None:
    assert list(serial) == ["point", SHARE, SPEED, "strategy", "replication", "profit_manufacturer", "sell_out_units"]
    assert len(serial) == 16
    assert not serial.isna().any(axis=None)
    assert serial[["point", "strategy", "replication"]].drop_duplicates().shape[0] == 16


def test_a_row_is_what_a_comparison_of_that_scenario_gives(serial: pd.DataFrame) -> None:
    row = serial[(serial["strategy"] == "focus") & (serial["replication"] == 1)].iloc[-1]
    own = base(
        {"team": {"visit": {"speed_km_per_hour": float(row[SPEED])}}},
        {"strategies": {"focus": ({"concentrate": {"territories": 1, "share_of_people": float(row[SHARE])}},)}},
    )
    found = sim.compare(own, max_replications=2, kpis=["sell_out_units"], details=False).arms.outcomes
    (value,) = found.loc[(found["strategy"] == "focus") & (found["replication"] == 1), "value"]
    assert value == row["sell_out_units"]


def test_the_baseline_does_not_depend_on_levers_that_are_not_its_own(serial: pd.DataFrame) -> None:
    own = serial[serial["strategy"] == "baseline"]
    assert own.groupby([SPEED, "replication"])["profit_manufacturer"].nunique().eq(1).all()


def test_two_processes_give_the_same_table(serial: pd.DataFrame, tmp_path: Path) -> None:
    assert csv(sweep(experiment(), base(), workers=2, store=tmp_path)) == csv(serial)


@pytest.fixture
def cluster(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of a real cluster of two workers on this machine."""
    distributed = pytest.importorskip("distributed")
    monkeypatch.setenv("ARSIM_TEST_MARK", str(tmp_path / "mark"))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, local_directory=str(tmp_path)
    ) as found:
        yield found.scheduler_address


def test_a_cluster_gives_the_same_table(serial: pd.DataFrame, tmp_path: Path, cluster: str) -> None:
    table = sweep(experiment(), base(), dask=cluster, store=tmp_path / "store")
    assert csv(table) == csv(serial)
    assert len(Store(tmp_path / "store").ls()) == 12, "the parent keeps what the cluster computed"


@pytest.mark.slow
def test_a_worker_of_a_cluster_that_is_killed_costs_only_what_it_had_in_hand(tmp_path: Path, cluster: str) -> None:
    own = load_experiment(experiment(), base())
    quiet = run_sweep(own, Store(tmp_path / "a"), How(keep=Double))
    killed = run_sweep(own, Store(tmp_path / "b"), How(dask=cluster, keep=DoubleThatDiesOnce))
    assert (tmp_path / "mark").exists()
    assert csv(killed.table) == csv(quiet.table)
    assert killed.failures.empty


@pytest.mark.slow
def test_a_run_that_kills_workers_of_a_cluster_is_failed_and_the_sweep_goes_on(tmp_path: Path, cluster: str) -> None:
    own, scenario = deadly(tmp_path, 0.0, 1.0)
    found = run_sweep(load_experiment(own, scenario), Store(tmp_path / "store"), How(dask=cluster))
    (failure,) = found.failures.to_dict("records")
    assert (failure["point"], failure["strategy"]) == (1, "bad")
    assert "died" in failure["error"]
    assert found.table["sell_out_units"].isna().sum() == 1


def test_finished_runs_are_not_computed_again(serial: pd.DataFrame, tmp_path: Path) -> None:
    own = load_experiment(experiment(), base())
    with_part = load_experiment(experiment({"replications": 1}), base())
    store = Store(tmp_path)
    assert run_sweep(with_part, store).state.computed == 6
    found = run_sweep(own, store)
    assert (found.state.found, found.state.computed) == (6, 6)
    assert csv(found.table) == csv(serial)
    again = run_sweep(own, store)
    assert (again.state.found, again.state.computed) == (12, 0)
    assert csv(again.table) == csv(serial)
    assert run_sweep(own, store, How(fresh=True)).state.computed == 12


def test_another_outcome_keeps_what_the_store_had(tmp_path: Path) -> None:
    store = Store(tmp_path)
    run_sweep(load_experiment(experiment({"outcomes": ("numeric_distribution",)}), base()), store)
    run_sweep(load_experiment(experiment(), base()), store)
    found = run_sweep(load_experiment(experiment({"outcomes": ("numeric_distribution",)}), base()), store)
    assert found.state.computed == 0


def test_a_damaged_run_is_computed_again(serial: pd.DataFrame, tmp_path: Path) -> None:
    own, store = load_experiment(experiment(), base()), Store(tmp_path)
    run_sweep(own, store)
    file = sorted((tmp_path / "runs").rglob("*.parquet"))[3]
    file.write_bytes(file.read_bytes()[:-9] + b"123456789")
    found = run_sweep(own, store)
    assert found.state.computed == 1
    assert csv(found.table) == csv(serial)


def test_a_dead_worker_costs_only_what_it_had_in_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ARSIM_TEST_MARK", str(tmp_path / "mark"))
    own = load_experiment(experiment(), base())
    quiet = run_sweep(own, Store(tmp_path / "a"), How(keep=Double))
    killed = run_sweep(own, Store(tmp_path / "b"), How(workers=2, keep=DoubleThatDiesOnce))
    assert (tmp_path / "mark").exists()
    assert csv(killed.table) == csv(quiet.table)
    assert killed.failures.empty


@pytest.mark.slow
def test_a_run_that_kills_its_worker_is_failed_after_three_tries(tmp_path: Path) -> None:
    own, scenario = deadly(tmp_path, 0.0, 1.0)
    store = Store(tmp_path / "store")
    found = run_sweep(load_experiment(own, scenario), store, How(workers=2))
    assert found.state.failed == 1
    (failure,) = found.failures.to_dict("records")
    assert (failure["point"], failure["strategy"]) == (1, "bad")
    assert "died 3 times" in failure["error"]
    assert len((tmp_path / "tries").read_text()) == 4, "once among others, three times alone"
    assert found.table["sell_out_units"].isna().sum() == 1
    assert [row.key for row in store.ls(failed=True)] == [failure["key"]]


def test_a_run_that_raises_is_listed_and_the_others_go_on(tmp_path: Path) -> None:
    own, scenario = deadly(tmp_path, 2.0, 0.0)
    with pytest.warns(RuntimeWarning, match="1 of 4 runs failed"):
        table = sweep(own, scenario, store=tmp_path / "store")
    assert table["sell_out_units"].isna().tolist() == [False, True, False, False]
    (failure,) = table.attrs["failures"]
    assert failure["error"].endswith("RuntimeError: an unlucky day") or "unlucky" in failure["error"]
    store = Store(tmp_path / "store")
    row = store.find(failure["key"])
    assert "Traceback" in store.error_of(row)
    assert sim.load(store.scenario_file(row)).strategies, "it can be repeated from the store alone"


def test_a_missing_cluster_is_one_line() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(InputError, match="must be the address of a running Dask scheduler"):
        sweep(experiment(), base(), dask="nowhere at all")


def test_a_stopped_parent_takes_its_workers_along_and_the_sweep_goes_on(serial: pd.DataFrame, tmp_path: Path) -> None:
    script = (
        "from sim.questions.sweeps.sweep import sweep\nfrom tests.sweeps import base, experiment\n"
        "if __name__ == '__main__':\n"
        f"    sweep(experiment(), base(), workers=2, store={str(tmp_path)!r})\n"
    )
    (tmp_path / "script.py").write_text(script)
    command = [sys.executable, str(tmp_path / "script.py")]
    parent = subprocess.Popen(command, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, start_new_session=True)
    deadline = time.monotonic() + 120
    while not list(tmp_path.glob("runs/*/*.parquet")) and time.monotonic() < deadline and parent.poll() is None:
        time.sleep(0.02)
    workers = children_of(parent.pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    while any(alive(worker) for worker in workers) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not any(alive(worker) for worker in workers)
    assert csv(sweep(experiment(), base(), store=tmp_path)) == csv(serial)


def children_of(process: int) -> list[int]:
    text = Path(f"/proc/{process}/task/{process}/children")
    return [int(child) for child in text.read_text().split()] if text.exists() else []


def alive(process: int) -> bool:
    status = Path(f"/proc/{process}/stat")
    try:
        return status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_script_without_a_guard_gets_one_line(tmp_path: Path) -> None:
    script = "from tests.sweeps import base\nimport sim\nsim.compare(base(), max_replications=2, workers=2)\n"
    (tmp_path / "script.py").write_text(script)
    done = subprocess.run(
        [sys.executable, str(tmp_path / "script.py")],
        env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode != 0
    assert (
        "script.py: workers: more than 1: a script that uses several processes must begin its work under" in done.stderr
    )
    assert "BrokenProcessPool" not in done.stderr


def test_a_finished_sweep_is_taken_up_from_the_catalogue_alone(
    serial: pd.DataFrame, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own, store = load_experiment(experiment(), base()), Store(tmp_path)
    run_sweep(own, store)
    with monkeypatch.context() as patch:
        for reader in ("is_sound", "read_kpis", "read_facts"):
            patch.setattr(contents, reader, None)  # would be called to read a file
        patch.setattr(store_module, "read_arms", None)
        assert csv(run_sweep(own, store).table) == csv(serial)
        assert csv(run_sweep(own, Store(tmp_path)).table) == csv(serial)
    store.rebuild()
    assert csv(run_sweep(own, store).table) == csv(serial)
    next((tmp_path / "runs").rglob("*.parquet")).unlink()
    found = run_sweep(own, Store(tmp_path))
    assert found.state.computed == 1
    assert csv(found.table) == csv(serial)


@pytest.mark.slow
def test_ten_thousand_runs_stay_out_of_the_parents_memory() -> None:
    command = [sys.executable, "-c", "import json, tests.benchmark.sweeping as s; print(json.dumps(s.memory(10_000)))"]
    found = json.loads(subprocess.check_output(command, text=True, cwd=ROOT))
    assert found["parent_peak_mb"] < 500
