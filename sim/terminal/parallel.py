"""Replications of one scenario in several processes; the tables are the same as in one."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sim.engine import Replication
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
    from sim.engine import gather

    began = time.perf_counter()
    n = scenario.replications
    days = scenario.calendar.burn_in_days + scenario.calendar.duration_days
    # Spawned, not forked: Numba's threads do not survive a fork.
    context = multiprocessing.get_context("spawn")
    parts: dict[int, Replication] = {}
    others = set(multiprocessing.active_children())
    pool = ProcessPoolExecutor(min(workers, n), mp_context=context)
    try:
        waiting = {pool.submit(one_replication, scenario, k): k for k in range(n)}
        progress(0, n * days)
        for future in as_completed(waiting):
            parts[waiting[future]] = future.result()
            progress(len(parts) * days, n * days)
    except BaseException:
        # After a failure or Ctrl-C the other replications are of no use, and some are waiting in the pool already.
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
    return gather(scenario, scenario.seed, [parts[k] for k in range(n)], time.perf_counter() - began)


def one_replication(scenario: Scenario, replication: int) -> Replication:
    """Run one replication; a function of this module, so that a worker process can find it."""
    from sim.engine import replicate

    return replicate(scenario, replication=replication)
