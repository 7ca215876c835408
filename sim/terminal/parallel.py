"""Replications of one scenario in several processes; the tables are the same as in one."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sim.ledger.result import RunResult
    from sim.scenario.schema import Scenario


def run_in_processes(scenario: Scenario, workers: int, progress: Callable[[int, int], None]) -> RunResult:
    """Run every replication of a scenario, several at a time.

    Parameters
    ----------
    scenario : what to run, seed and replications included.
    workers : processes at most; never more than replications.
    progress : called with (days done, days in all) when a replication is complete.
    """
    from sim._version import __version__
    from sim.ledger.result import RunResult, join_replications
    from sim.ledger.tables import STATIC

    began = time.perf_counter()
    n = scenario.replications
    days = scenario.calendar.burn_in_days + scenario.calendar.duration_days
    # Spawned, not forked: Numba's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    runs: dict[int, tuple[dict[str, Any], list[Any]]] = {}
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(workers, n), mp_context=context)
    try:
        waiting = {pool.submit(one_replication, scenario, k): k for k in range(n)}
        progress(0, n * days)
        for future in as_completed(waiting):
            runs[waiting[future]] = future.result()
            progress(len(runs) * days, n * days)
    except BaseException:
        # After a failure or Ctrl-C the other replications are of no use, and some are waiting in the pool already.
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    manifest = {
        "version": __version__,
        "seed": scenario.seed,
        "replications": n,
        "workers": min(workers, n),
        "seconds_total": round(time.perf_counter() - began, 3),
        "census_notes": runs[0][1],
    }
    return RunResult(scenario, scenario.seed, join_replications([runs[k][0] for k in range(n)], STATIC), manifest)


def one_replication(scenario: Scenario, replication: int) -> tuple[dict[str, Any], list[Any]]:
    """Run one replication to its end; return its tables and the notes on the census."""
    from sim.engine import Session

    session = Session(scenario, replication=replication)
    while not session.finished:
        session.step()
    return session.observe(), list(session.census_notes)
