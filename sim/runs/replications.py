"""Replications of one scenario with a store behind them; all tables are kept, a results folder is an export."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sim.engine import Replication, gather, replicate
from sim.ledger.result import RunResult
from sim.runs.arms import measured
from sim.runs.pool import workers_for
from sim.runs.store import Facts, RunKeys, Store
from sim.scenario.schema import Scenario

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Repetition:
    """One replication of a scenario for a worker process."""

    scenario: Scenario
    replication: int
    folder: str
    key: str
    facts: Facts


def run_through_store(scenario: Scenario, store: Store, workers: int, progress: Progress | None = None) -> RunResult:
    """Return what `sim.run` does; replications that the store has are read, the others run and kept.

    Parameters
    ----------
    workers : processes; never more than replications to run.
    progress : called with (days done, days in all); by whole replications with several processes.
    """
    began = time.perf_counter()
    n, days = scenario.replications, scenario.calendar.burn_in_days + scenario.calendar.duration_days
    report = progress or (lambda _done, _total: None)
    keys = RunKeys(scenario)
    jobs = [
        Repetition(scenario, k, str(store.folder), keys.key(scenario.strategy, k), keys.facts(scenario.strategy, k))
        for k in range(n)
    ]
    parts = {job.replication: part for job in jobs if (part := store.get_tables(job.key)) is not None}
    waiting = [job for job in jobs if job.replication not in parts]
    if min(workers, len(waiting)) > 1:
        report(len(parts) * days, n * days)
        with workers_for(min(workers, len(waiting))) as work:
            for number, part in work(repeat, waiting):
                parts[waiting[number].replication] = part
                report(len(parts) * days, n * days)
    else:
        for job in waiting:
            parts[job.replication] = repeat(job, partial(_report_days, report, len(parts) * days, n * days))
    return gather(scenario, scenario.seed, [parts[k] for k in range(n)], time.perf_counter() - began)


def _report_days(report: Progress, before: int, total: int, done: int) -> None:
    report(before + done, total)


def repeat(job: Repetition, progress: Callable[[int], None] | None = None) -> Replication:
    """Run one replication and keep all of it; a failure is kept as failed before its error goes on."""
    store = Store(Path(job.folder), look=False)
    began = time.perf_counter()
    try:
        part = replicate(job.scenario, seed=job.facts.seed, replication=job.replication, progress=progress)
        arms = measured(job.scenario, job.facts.seed, part.tables)
        facts = job.facts.now(time.perf_counter() - began)
        store.put_tables(job.key, part, facts)
        store.put(job.key, arms, facts, job.scenario)
    except Exception:
        store.failed(job.key, traceback.format_exc(), job.facts.now(), job.scenario)
        raise
    finally:
        store.close()
    return part
