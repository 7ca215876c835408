"""The work behind `arsim run`: simulate, write, and leave either a complete folder or none of that name."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.show import Count, progress_bar
from sim.terminal.storing import opened

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
    from sim.runs.replications import run
    from sim.scenario.resolved import scenario_hash, write_resolved

    timings: dict[str, float] = {}
    run_id = new_run_id(scenario_hash(scenario))
    with run_folder(out / scenario.name, run_id, lambda place: write_resolved(scenario, place)) as folder:
        started = time.perf_counter()
        with opened(store) as shelf, progress_bar(scenario.name, count, quiet) as progress:
            result = run(scenario, workers=workers, store=shelf, progress=progress)
        timings["simulate_seconds"] = time.perf_counter() - started
        write_run(result, folder.partial, timings=timings)
    return folder.final, result
