"""Replications of one scenario in several processes; the tables are the same as in one."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from sim.runs.pool import workers_for

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
    parts: dict[int, Replication] = {}
    with workers_for(min(workers, n)) as work:
        progress(0, n * days)
        for number, part in work(partial(one_replication, scenario), range(n)):
            parts[number] = part
            progress(len(parts) * days, n * days)
    return gather(scenario, scenario.seed, [parts[k] for k in range(n)], time.perf_counter() - began)


def one_replication(scenario: Scenario, replication: int) -> Replication:
    """Run one replication; a function of this module, so that a worker process can find it."""
    from sim.engine import replicate

    return replicate(scenario, replication=replication)
