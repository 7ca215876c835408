"""The work behind `arsim run`: simulate, write, and leave either a complete folder or none of that name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.parallel import run_in_processes
from sim.terminal.show import Count, Progress, progress_bar

if TYPE_CHECKING:
    from sim.ledger.result import RunResult
    from sim.scenario.schema import Scenario


def simulate(
    scenario: Scenario, out: Path, *, workers: int, quiet: bool, count: Count, store: Path | None = None
) -> tuple[Path, RunResult]:
    """Run a scenario and write its results.

    Parameters
    ----------
    scenario : what to run, seed and replications included.
    out : folder of all results; the run lands in `out/<scenario>/<run id>/`.
    workers : processes that share the replications.
    quiet : whether to draw no progress bar.
    count : takes the days done, for the line of a stopped run.
    store : folder of the store of runs, from which finished replications are taken; None for none.

    Returns
    -------
    folder : the run's folder.
    result : the tables.
    """
    from sim.report import write_run
    from sim.scenario.resolved import scenario_hash, write_resolved

    timings: dict[str, float] = {}
    run_id = new_run_id(scenario_hash(scenario))
    with run_folder(out / scenario.name, run_id, lambda place: write_resolved(scenario, place)) as folder:
        started = time.perf_counter()
        with progress_bar(scenario.name, count, quiet) as progress:
            result = _result(scenario, workers, progress, store)
        timings["simulate_seconds"] = time.perf_counter() - started
        write_run(result, folder.partial, timings=timings)
    return folder.final, result


def _result(scenario: Scenario, workers: int, progress: Progress, store: Path | None) -> RunResult:
    from sim.terminal.storing import opened

    with opened(store) as shelf:
        if shelf is not None:
            from sim.runs.replications import run_through_store

            return run_through_store(scenario, shelf, workers, progress)
    if min(workers, scenario.replications) > 1:
        return run_in_processes(scenario, workers, progress)
    from sim.engine import run

    return run(scenario, progress=progress)
