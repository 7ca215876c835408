"""The work behind `arsim compare`: run the strategies, ask why, write, and leave either a complete folder or none."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sim.errors import InputError, Problem
from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.show import Count, progress_bar
from sim.terminal.storing import opened

if TYPE_CHECKING:
    from sim.questions.compare import Comparison
    from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Wish:
    """What the user asked of a comparison; None and empty leave it to the scenario.

    Attributes
    ----------
    halfwidth : share of the baseline's mean.
    why : replications of the decomposition; 0 for none.
    every_kpi : whether the store keeps the whole catalogue of each run.
    """

    strategies: tuple[str, ...] = ()
    kpis: tuple[str, ...] = ()
    baseline: str | None = None
    halfwidth: float | None = None
    replications: int | None = None
    futures: tuple[str, ...] | None = None
    why: int = 0
    every_kpi: bool = False


def compare_and_write(
    scenario: Scenario, wish: Wish, out: Path, *, workers: int, quiet: bool, count: Count, store: Path | None = None
) -> tuple[Path, Comparison]:
    """Compare strategies and write the results.

    Parameters
    ----------
    scenario : with its strategies; seed included.
    out : folder of all results; the comparison lands in `out/<scenario>/<run id>-compare/`.
    workers : processes.
    quiet : whether to draw no progress bar.
    count : takes the runs done, for the line of a stopped comparison.
    store : folder of the store of runs, from which finished runs are taken; None for none.

    Returns
    -------
    folder : the comparison's folder.
    comparison : what was measured.
    """
    from sim.questions.compare import compare
    from sim.questions.why import explain_gain
    from sim.report.questions.compare import write_comparison
    from sim.scenario.resolved import scenario_hash, write_resolved

    timings: dict[str, float] = {}
    run_id = f"{new_run_id(scenario_hash(scenario))}-compare"
    with run_folder(out / scenario.name, run_id, lambda place: write_resolved(scenario, place)) as folder:
        started = time.perf_counter()
        why = {}
        with opened(store) as shelf:
            with progress_bar(scenario.name, count, quiet) as progress:
                comparison = compare(
                    scenario, wish.strategies or None, baseline=wish.baseline, kpis=wish.kpis or None,
                    until_halfwidth=wish.halfwidth, max_replications=wish.replications, futures=wish.futures,
                    workers=workers, store=shelf, every_kpi=wish.every_kpi, progress=progress,
                )  # fmt: skip
            timings["simulate_seconds"] = time.perf_counter() - started
            for name in comparison.strategies[1:] if wish.why else ():
                with progress_bar(f"why {name}", count, quiet) as progress:
                    why[name] = explain_gain(
                        scenario, name, baseline=comparison.baseline, kpi=comparison.kpis[0], replications=wish.why,
                        workers=workers, store=shelf, progress=progress,
                    )  # fmt: skip
            timings["why_seconds"] = time.perf_counter() - started - timings["simulate_seconds"]
        write_resolved(scenario, folder.partial)
        write_comparison(comparison, why, folder.partial, timings=timings)
    return folder.final, comparison


def share_of(text: str) -> float:
    """Read '2%' or '0.02' as 0.02.

    Raises
    ------
    InputError
        When it is neither, or not between 0 and 1.
    """
    try:
        value = float(text.removesuffix("%")) / (100.0 if text.endswith("%") else 1.0)
    except ValueError:
        value = float("nan")
    if not 0.0 < value < 1.0:
        allowed = "must be a share such as 2% or 0.02"
        raise InputError([Problem("--until-halfwidth", 0, "share", text, allowed)])
    return value


def names_in(text: str | None) -> tuple[str, ...]:
    """Return the names of a list with commas."""
    return tuple(name.strip() for name in (text or "").split(",") if name.strip())
