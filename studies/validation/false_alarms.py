"""How often a comparison sees a difference where there is none.

A strategy is compared with two copies of itself under other names, each on luck of its own, with replications added
until the intervals are narrow. Whatever is reported then is a false alarm. Each comparison has a root seed of its own.

python -m studies.validation.false_alarms                     the comparisons that are still missing, of 400
python -m studies.validation.false_alarms --comparisons 40    the first forty only

Results are kept in studies/validation/false_alarms.json after each comparison, so that the study can be interrupted.
Each result belongs to the study's market and rule; when these change, all of it is measured anew.
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from pathlib import Path
from typing import Any, Final

import click

from sim.questions.compare import Comparison, compare, verdicts
from sim.scenario.schema import Scenario
from sim.statistics.paired import NO_DIFFERENCE

STORE: Final = Path(__file__).resolve().parent / "false_alarms.json"
COMPARISONS: Final = 400
ALLOWED: Final = 30
"""5 % of 400 are 20; 30 lies 2.3 standard deviations above."""
HALFWIDTH: Final = 0.12
MOST: Final = 60
KPIS: Final = ("sell_out_units", "profit_manufacturer")
MARKET: Final[dict[str, Any]] = {
    "name": "false_alarms",
    "calendar": {"burn_in_days": 2, "duration_days": 20},
    "territories": {"generate": {"n": 1}},
    "outlets": {"generate": {"n": 30}},
    "rivals": {"generate": {"n": 1}},
    "team": {"generate": {"n": 1}},
    "recording": {"visits": False},
    "strategies": {name: ({"people": {"visit_every_days_a": 5.0}},) for name in ("one", "two", "three")},
}


def compared(seed: int, **options: Any) -> Comparison:
    """Compare the strategy "one" with its copies, by the rule of the study unless told otherwise."""
    rule: dict[str, Any] = {"luck": "independent", "until_halfwidth": HALFWIDTH, "max_replications": MOST} | options
    return compare(
        Scenario.model_validate(MARKET),
        ("one", "two", "three"),
        baseline="one",
        kpis=KPIS,
        seed=seed,
        details=False,
        **rule,
    )


def alarms(comparison: Comparison) -> int:
    """Return how many differences a comparison reports."""
    return int((verdicts(comparison)["verdict"] != NO_DIFFERENCE).sum())


def one(seed: int) -> dict[str, Any]:
    """Return what one comparison of the study says."""
    comparison = compared(seed)
    return {
        "n": comparison.replications,
        "alarms": alarms(comparison),
        "p": float(verdicts(comparison)["p_holm"].min()),
    }


def study() -> str:
    """Return a mark of what the stored results belong to."""
    rule = json.dumps([MARKET, KPIS, HALFWIDTH, MOST], sort_keys=True)
    return hashlib.sha256(rule.encode()).hexdigest()[:16]


def stored() -> dict[int, dict[str, Any]]:
    """Return results by seed, as far as they belong to this study."""
    if not STORE.exists():
        return {}
    kept = json.loads(STORE.read_text(encoding="utf-8"))
    return {int(seed): result for seed, result in kept["results"].items()} if kept["study"] == study() else {}


def summary(results: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return the figures for the page."""
    n = [results[seed]["n"] for seed in sorted(results)]
    return {
        "comparisons": len(results),
        "alarms": sum(r["alarms"] > 0 for r in results.values()),
        "allowed": ALLOWED,
        "replications": {str(k): n.count(k) for k in sorted(set(n))},
    }


def write(results: dict[int, dict[str, Any]]) -> None:
    """Put results into the file, all or nothing."""
    whole = {"study": study(), **summary(results), "results": {str(s): results[s] for s in sorted(results)}}
    draft = STORE.with_suffix(".tmp")
    draft.write_text(json.dumps(whole, separators=(",", ":")) + "\n", encoding="utf-8")
    os.replace(draft, STORE)


@click.command()
@click.option("--comparisons", default=COMPARISONS, show_default=True, help="Comparisons of the whole study.")
@click.option("--workers", default=2, show_default=True, help="Processes.")
def main(comparisons: int, workers: int) -> None:
    """Run what is missing."""
    results, began = stored(), time.perf_counter()
    missing = [seed for seed in range(1, comparisons + 1) if seed not in results]
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        waiting = {pool.submit(one, seed): seed for seed in missing}
        for future in as_completed(waiting):
            results[waiting[future]] = future.result()
            write(results)
            found = summary(results)
            click.echo(f"{time.perf_counter() - began:5.0f} s  {found['alarms']} alarms in {found['comparisons']}")


if __name__ == "__main__":
    main()
