"""Measure the default market and write docs/validation.md with its figures.

python -m studies.validation.make             everything; about ten minutes on two cores
python -m studies.validation.make --quick     a smoke test: small, short, two markets; written to results/validation
python -m studies.validation.make --redraw    page and figures again from studies/validation/results.json
python -m studies.validation.make --only focus.boundary    measure one experiment again and keep the rest

False alarms are a study of their own: studies/validation/false_alarms.py.
"""

from __future__ import annotations

import importlib
import json
import math
import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any

import click

from sim import __version__
from studies.validation import cases, page, plots
from studies.validation.runs import FULL, MECHANISM_MARKETS, QUICK, ROOT, Size

# Longest first, so that no process waits alone at the end.
JOBS = (
    "elasticities.paired",
    "fieldwork.visit_curve",
    "elasticities.from_few_visits",
    "channel.bullwhip",
    "channel.loading",
    "channel.distribution_path",
    "fieldwork.lost_advisor",
    "confounding.calls_follow_potential",
    "shoppers.default_market",
    "fieldwork.travel",
    "shoppers.many_brands",
    "shoppers.baseline_file",
    "elasticities.shelf_space",
    "leads.lasting",
    "mechanisms.platform",
    "mechanisms.attention",
    "mechanisms.answers",
    "mechanisms.learning",
    "mechanisms.spare_time",
    "mechanisms.targets",
    "focus.boundary",
    "focus.crossing",
    "focus.links",
    "focus.scarce_again",
    "focus.ample_again",
)
MECHANISMS = tuple(job for job in JOBS if job.startswith(("leads", "mechanisms")))
CLOUDS = frozenset({"points_calls", "points_sales", "change_calls", "change_sales", "variance"})


def measure(job: str, size: Size, seed: int) -> dict[str, Any]:
    """Run one experiment in one market."""
    module, function = job.split(".")
    run: Callable[[Size, int], dict[str, Any]] = getattr(
        importlib.import_module(f"studies.validation.{module}"), function
    )
    return run(size, seed)


def markets_of(job: str, size: Size) -> int:
    """Return how many markets an experiment is measured in; those of single mechanisms take fewer."""
    return min(size.replications, MECHANISM_MARKETS) if job in MECHANISMS else size.replications


def measure_all(size: Size, jobs: Sequence[str], workers: int) -> dict[str, Any]:
    """Run experiments in every market; results by experiment, in the order of the seeds."""
    began = time.perf_counter()
    found: dict[str, dict[int, Any]] = {job: {} for job in jobs}
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        tasks = [(job, seed) for job in jobs for seed in range(1, markets_of(job, size) + 1)]
        waiting = {pool.submit(measure, job, size, seed): (job, seed) for job, seed in tasks}
        for done, future in enumerate(as_completed(waiting), start=1):
            job, seed = waiting[future]
            found[job][seed] = rounded(future.result())
            click.echo(f"{time.perf_counter() - began:5.0f} s  {done}/{len(waiting)}  {job} {seed}")
    results = {job: [without_clouds(by_seed[s], s) for s in sorted(by_seed)] for job, by_seed in found.items()}
    return {"version": __version__, "size": vars(size), "results": results}


def rounded(value: Any) -> Any:
    """Five significant digits are enough for a page; they keep the stored results small."""
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    if isinstance(value, list):
        return [rounded(v) for v in value]
    if isinstance(value, float):
        return float(f"{value:.5g}") if math.isfinite(value) else None
    return value


def without_clouds(value: Any, seed: int) -> Any:
    """Keep the clouds of points of the first market only."""
    if seed == 1 or not isinstance(value, dict):
        return value
    return {k: without_clouds(v, seed) for k, v in value.items() if k not in CLOUDS}


@click.command()
@click.option("--quick", is_flag=True, help="A smoke test: small and short, not for reading.")
@click.option("--redraw", is_flag=True, help="Use the stored results.")
@click.option("--only", multiple=True, type=click.Choice(JOBS), help="Measure these again and keep the rest.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
def main(quick: bool, redraw: bool, only: tuple[str, ...], workers: int) -> None:
    """Measure, draw and write."""
    here = Path(__file__).resolve().parent
    folder = ROOT / "results" / "validation" if quick else ROOT / "docs"
    store = folder / "results.json" if quick else here / "results.json"
    (folder / "images").mkdir(parents=True, exist_ok=True)
    measured = json.loads(store.read_text(encoding="utf-8")) if redraw or only else {}
    if not redraw:
        fresh = measure_all(QUICK if quick else FULL, only or JOBS, workers)
        kept = measured.get("cases") if only else None
        fresh["cases"] = cases.printed_figures() if kept is None else kept
        measured = {**fresh, "results": measured.get("results", {}) | fresh["results"]}
        store.write_text(json.dumps(measured, separators=(",", ":")) + "\n", encoding="utf-8")
    plots.draw_all(measured["results"], folder / "images")
    (folder / "validation.md").write_text(page.text(measured), encoding="utf-8")
    click.echo(f"wrote {folder / 'validation.md'}")


if __name__ == "__main__":
    main()
