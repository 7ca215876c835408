"""Run every question of the scenario library and write its page: docs/questions/<name>.md, picture and results.

python -m studies.questions.make                      what has changed; a question whose results are there is skipped
python -m studies.questions.make price_war --force    one question anew
python -m studies.questions.make --redraw             pages and pictures again from studies/questions/results/*.json

Finished runs are kept in results/questions, so that what was broken off goes on where it was, and more replications
cost only the new ones, as long as the program is the same. Numbers come from `sim.compare`; words come from
answers.yaml, where {mean …}, {diff …} and {size …} stand for numbers of the results, so that words can't fall behind
them; `futures` there names those futures of the scenario that are run for the page. `tests/unit/test_questions.py`
holds the verdicts quoted there to the results.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import subprocess
import time
from collections.abc import Sequence
from typing import Any

import click
import pandas as pd
from ruamel.yaml import YAML

import sim
from sim._version import MODEL_VERSION
from sim.questions.compare import Comparison, compare
from sim.report.questions.compare.dose import dose_rows
from sim.runs.store import Store
from sim.scenario.futures import PRESENT
from sim.statistics.paired import paired_table
from sim.strategies.plan import BASELINE
from studies.questions import pages
from studies.questions.pages import HERE, RESULTS, ROOT

QUESTIONS = ROOT / "scenarios" / "questions"
REPLICATIONS = 20
MODEL = (
    "*.py",
    "agents/**/*.py",
    "kernels/**/*.py",
    "ledger/**/*.py",
    "metrics/**/*.py",
    "scenario/**/*.py",
    "strategies/**/*.py",
    "world/**/*.py",
)
"""What decides what a run gives."""
END = "profit_with_end_value"
"""A second answer on every page, so that a horizon does not decide in silence; a family of verdicts of its own."""
EXPLAINING = (
    "profit_manufacturer",
    END,
    "market_share_units",
    "weighted_distribution_company",
    "sell_out_units",
    "calls_per_day",
    "travel_share",
    "relation",
    "on_shelf_availability",
    "bullwhip_chain",
    "days_of_stock_chain",
    "spending",
    "platform_cost",
    "profit_distributors",
)
"""KPIs kept besides those asked for: they say why."""


def answers() -> dict[str, Any]:
    """Return the hand-written words of every page, in the order of the list."""
    words: dict[str, Any] = YAML(typ="safe").load((HERE / "answers.yaml").read_text(encoding="utf-8"))
    return words


def measured(comparison: Comparison, seconds: float) -> dict[str, Any]:
    """Return what a page needs of a comparison, as plain values."""
    deciding, table = comparison.kpis[0], comparison.arms.outcomes
    found = paired_table(table, comparison.baseline, kpis=[deciding])
    arms = table[table["strategy"] != comparison.baseline]
    pairs = (
        [paired_table(arms, arm, kpis=[deciding]).assign(against=arm) for arm in comparison.strategies[1:]]
        if len(comparison.strategies) > 2
        else []
    )
    means = table.groupby(["future", "strategy", "kpi"], sort=False)["value"].mean().reset_index()
    nested: dict[str, Any] = {}
    for row in means.to_dict("records"):
        nested.setdefault(row["future"], {}).setdefault(row["strategy"], {})[row["kpi"]] = _rounded(row["value"])
    keep = [
        "future",
        "strategy",
        "kpi",
        "n",
        "baseline_mean",
        "difference",
        "low",
        "high",
        "relative_difference",
        "p_holm",
        "verdict",
        "detectable",
        "identical",
    ]

    def plain(rows: pd.DataFrame, columns: list[str]) -> list[dict[str, Any]]:
        return [{k: _rounded(v) for k, v in row.items()} for row in rows[columns].to_dict("records")]

    return {
        "question": comparison.scenario.comparison.question,
        "currency": comparison.scenario.currency,
        "deciding": deciding,
        "kpis": list(comparison.kpis),
        "baseline": comparison.baseline,
        "strategies": list(comparison.strategies),
        "futures": comparison.futures,
        "replications": comparison.replications,
        "version": sim.__version__,
        "model_version": MODEL_VERSION,
        "commit": _commit(),
        "seconds": round(seconds),
        "runs": comparison.replications * len(comparison.futures) * len(comparison.strategies),
        "differences": plain(found, keep),
        "pairs": plain(pd.concat(pairs), ["against", *keep]) if pairs else [],
        "at_the_end": plain(paired_table(table, comparison.baseline, kpis=[END]), keep) if deciding != END else [],
        "dose": dose_rows(comparison),
        "means": nested,
    }


def _rounded(value: Any) -> Any:
    """Six significant digits are enough for a page; not a number becomes nothing."""
    if isinstance(value, float):
        return float(f"{value:.6g}") if value == value else None
    return value.item() if hasattr(value, "item") else value


def program() -> str:
    """Return a digest of the source that a run depends on: a run of another program is another run."""
    digest = hashlib.sha256()
    for part in MODEL:
        for file in sorted((ROOT / "sim").glob(part)):
            digest.update(file.read_bytes())
    return digest.hexdigest()[:12]


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


def run(name: str, futures: Sequence[str], asked: int | None, workers: int, force: bool) -> bool:
    """Run one question unless its results are those of this scenario already; returns whether it ran."""
    target = RESULTS / f"{name}.json"
    stored = json.loads(target.read_text(encoding="utf-8")) if target.exists() else {}
    replications = asked or max(stored.get("replications", 0), REPLICATIONS)
    mark = pages.fingerprint(QUESTIONS / f"{name}.yaml", replications)
    tried = stored.get("fingerprint"), stored.get("model_version"), stored.get("futures")
    if not force and tried == (mark, MODEL_VERSION, [PRESENT, *futures]):
        return False
    scenario = sim.load(QUESTIONS / f"{name}.yaml")
    began = time.process_time()
    kpis = list(dict.fromkeys((*scenario.comparison.kpis, *EXPLAINING)))
    with contextlib.closing(Store(ROOT / "results" / "questions" / program())) as store:
        # Where nobody needs to be run to know what doing nothing gives, arms are compared with one of them.
        arms = None if scenario.comparison.baseline == BASELINE else list(scenario.strategies)
        comparison = compare(
            scenario, arms, kpis=kpis, max_replications=replications, futures=futures, workers=workers, store=store
        )
    results = measured(comparison, time.process_time() - began)
    results["kpis"] = list(scenario.comparison.kpis)
    # Finished runs are not run again, and cost what they cost.
    results["seconds"] = max(results["seconds"], stored.get("seconds", 0) if stored.get("fingerprint") == mark else 0)
    target.parent.mkdir(exist_ok=True)
    target.write_text(
        json.dumps(results | {"fingerprint": mark}, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    return True


@click.command()
@click.argument("names", nargs=-1)
@click.option("--replications", type=int, help="As last time, but at least 20, when left out.")
@click.option("--workers", default=1, help="Processes.")
@click.option("--force", is_flag=True, help="Run again what has results.")
@click.option("--redraw", is_flag=True, help="Run nothing.")
def main(names: Sequence[str], replications: int | None, workers: int, force: bool, redraw: bool) -> None:
    """Run questions and write their pages."""
    words = answers()
    for name in names or words:
        if not redraw:
            ran = run(name, words.get(name, {}).get("futures", []), replications, workers, force)
            click.echo(f"{name}: {'done' if ran else 'results are there'}", err=True)
        if name in words and (RESULTS / f"{name}.json").exists():
            pages.write(name, words[name])
    pages.write_list(words)


if __name__ == "__main__":
    main()
