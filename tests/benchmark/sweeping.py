"""What a sweep costs besides the simulation: `python -m tests.benchmark.sweeping [10000]`.

Prints the overhead of a run, how busy two workers are, the memory of the parent and the time to take up a sweep that is
finished, for many runs of no length (a double stands for the simulation). Nothing here is a test: timings belong to a
machine and a day.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from datetime import datetime
from pathlib import Path

from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.plan import Plan
from sim.questions.sweeps.sweep import How, State, run_sweep
from sim.runs.arms import Arms
from sim.runs.cells import Cell
from sim.runs.execute import execute
from sim.runs.executors import InProcess
from sim.runs.keep import Start, Values
from sim.runs.store import Store
from sim.runs.store.files import parts_of
from tests.sweeps import SPEED, Double, base, experiment

MARKET = {"calendar": {"burn_in_days": 30, "duration_days": 120}, "outlets": {"generate": {"n": 200}}}


def many(n: int) -> dict[str, object]:
    """An experiment of n runs, each in a world of its own."""
    return {
        **experiment(),
        "levers": {},
        "cross_levers": False,
        "strategies": ("baseline",),
        "samples": n,
        "replications": 1,
        "max_runs": n,
        "uncertainties": {SPEED: {"distribution": "uniform", "low": 10, "high": 40}},
    }


ARMS: dict[str, Arms] = {}


class OnlyKeep(Values):
    """Do everything that a worker does but simulate: keep the same tables under every key."""

    def run(self, cell: Cell, start: Start) -> Arms:
        return ARMS["all"]


def overhead() -> dict[str, float]:
    """Processor time of a run: the simulation, and everything else; how busy two workers are."""
    own = load_experiment(experiment({"samples": 6, "replications": 2}), base(MARKET))
    with tempfile.TemporaryDirectory() as folder:
        run_sweep(load_experiment(experiment({"samples": 1}), base(MARKET)), Store(Path(folder) / "warm"))
        plan = Plan(own)
        keys = plan.keys()
        groups = list(plan.groups(keys, keys.ravel().tolist()))
        n = sum(len(group) for group in groups)
        keep = Values(own.spec.outcomes)
        began = time.process_time()
        for group in groups:
            start = Start()
            for cell in group:
                ARMS["all"] = keep.run(cell, start)
        simulated = time.process_time() - began
        began = time.process_time()
        run_sweep(own, Store(Path(folder) / "one"), How(keep=OnlyKeep))
        besides = time.process_time() - began
        store = Store(Path(folder) / "two")
        run_sweep(load_experiment(experiment({"samples": 24, "replications": 4}), base(MARKET)), store, How(workers=2))
        rows = store.ls()
    ended = [datetime.fromisoformat(row.created).timestamp() for row in rows]
    span = max(ended) - min(end - row.seconds for end, row in zip(ended, rows, strict=True))
    return {
        "runs": n,
        "simulated_ms_a_run": round(1e3 * simulated / n, 1),
        "overhead_ms_a_run": round(1e3 * besides / n, 1),
        # From the first run's beginning to the last one's end: the share of both workers' time spent inside runs.
        "two_workers_inside_runs_share": round(sum(row.seconds for row in rows) / (2 * span), 3),
    }


def memory(n: int) -> dict[str, float]:
    """Parent's peak memory over n runs of no length in two processes. [MB]"""
    own = load_experiment(many(n), base())
    with tempfile.TemporaryDirectory() as folder:
        began, quarter = time.perf_counter(), [0.0]

        def look(state: State) -> None:
            if not quarter[0] and state.computed >= n // 4:
                quarter[0] = time.perf_counter() - began

        run_sweep(own, Store(folder), How(workers=2, keep=Double), look)
        passed = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    return {
        "runs": n,
        "seconds": round(passed, 1),
        "seconds_of_the_first_quarter": round(quarter[0], 1),
        "parent_peak_mb": round(peak),
    }


def fill(store: Store, plan: Plan) -> None:
    """Keep one real run and copy it under every other key."""
    grid = plan.keys()
    keys = grid.ravel().tolist()
    list(execute(plan.groups(grid, keys[:1]), store, InProcess(), Values(plan.experiment.spec.outcomes)))
    (source,) = store.folder.glob("runs/*/*.parquet")
    check = (parts_of(source.name) or ("", ""))[1]
    content = source.read_bytes()
    for key in keys[1:]:
        place = store.folder / "runs" / key[:2]
        place.mkdir(exist_ok=True)
        (place / f"{key}.{check}.parquet").write_bytes(content)
    store.refresh()


def resume(n: int) -> dict[str, float]:
    """Time until a sweep of n finished runs has its table, in a process that has just begun. [s]"""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        fill(store, Plan(load_experiment(many(n), base())))
        store.close()
        command = [sys.executable, "-m", "tests.benchmark.sweeping", "again", str(n), folder]

        def taken_up() -> dict[str, float]:
            return json.loads(subprocess.check_output(command, text=True))  # type: ignore[no-any-return]

        return {"runs": n, **taken_up()}


def again(n: int, folder: str) -> dict[str, float]:
    """Take up a finished sweep."""
    began, processor = time.perf_counter(), time.process_time()
    own = load_experiment(many(n), base())
    found = run_sweep(own, Store(folder))
    passed, used = time.perf_counter() - began, time.process_time() - processor
    assert found.state.computed == 0, found.state
    return {"resume_seconds": round(passed, 2), "resume_processor_seconds": round(used, 2)}


def main(n: int) -> None:
    """Print everything."""
    for part in (overhead, lambda: resume(n), lambda: memory(n)):
        print(json.dumps(part()), flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["again"]:
        print(json.dumps(again(int(sys.argv[2]), sys.argv[3])))
    else:
        main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
