"""Run a scenario: a plan of its replications that keeps all tables."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np

from sim._version import __version__
from sim.errors import InputError, Problem
from sim.ledger.result import RunResult, join_replications
from sim.ledger.tables import STATIC
from sim.runs.arms import Replication
from sim.runs.cells import Cells
from sim.runs.execute import execute
from sim.runs.executors import executor_for
from sim.runs.keep import Whole
from sim.runs.store import Store
from sim.scenario.schema import Scenario

Progress = Callable[[int, int], None]


def run(
    scenario: Scenario,
    *,
    seed: int | None = None,
    replications: int | None = None,
    workers: int = 1,
    store: Store | None = None,
    progress: Progress | None = None,
) -> RunResult:
    """Run a scenario under the strategy that it names.

    Parameters
    ----------
    scenario : a checked scenario, from `sim.load` or built in Python.
    seed, replications : instead of the scenario's own.
    workers : processes; the tables are the same with any number.
    store : where finished replications are read and kept; with its tables nothing is computed again.
    progress : called with (days done, days in all): after every simulated day, or after whole replications with
        several workers.

    Returns
    -------
    Tables of all replications. The ledger of each has been checked to close.
    """
    n = scenario.replications if replications is None else replications
    if n < 1:
        raise InputError([Problem("sim.run", 0, "replications", str(n), "must be at least 1")])
    began, cells = time.perf_counter(), Cells(scenario, seed)
    plan = [(cells.cell(scenario.strategy, k),) for k in range(n)]
    days, parts = scenario.calendar.burn_in_days + scenario.calendar.duration_days, dict[int, Replication]()
    report = progress or (lambda _done, _total: None)

    def days_done(done: int) -> None:
        report(len(parts) * days + done, n * days)

    several = min(workers, n) > 1
    keep = Whole() if several else Whole(days_done)
    with executor_for(min(workers, n)) as executor:
        if several:
            days_done(0)
        for cell, part in execute(plan, store, executor, keep):
            parts[cell.replication] = part
            if several:
                days_done(0)
    return _gather(scenario, cells.seed, [parts[k] for k in range(n)], time.perf_counter() - began)


def _gather(scenario: Scenario, seed: int, parts: Sequence[Replication], seconds: float) -> RunResult:
    """Join replications, in the order of their numbers, into one result."""
    manifest = {
        "version": __version__,
        "seed": seed,
        "replications": len(parts),
        "seconds_build": round(sum(p.seconds_build for p in parts), 3),
        "seconds_run": round(sum(p.seconds_run for p in parts), 3),
        "seconds_total": round(seconds, 3),
        "census_notes": parts[0].census_notes,
        "numpy": np.__version__,
    }
    return RunResult(scenario, seed, join_replications([p.tables for p in parts], STATIC), manifest)
