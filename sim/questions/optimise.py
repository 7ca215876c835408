"""Which lever values are best, with the best of them run again on luck that the search has not seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np
import pandas as pd

from sim.metrics.interval import t_quantile
from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import OptimiseSpec
from sim.questions.sweeps.load import Experiment
from sim.questions.swept import differences, means_of, space_of
from sim.questions.wording import budget_rule, interval, names_of, number
from sim.statistics.optimise import Optimum, optimise
from sim.statistics.outcomes import sign_of
from sim.strategies.plan import BASELINE

READING = (
    "All points of the search met the same luck, so the best of them are best partly by luck; only the values on fresh "
    "luck count. What the finalists lost there on average is the table of the winner's curse.",
    "Values of the search are moved by what the baseline changed from the search's luck to the fresh one (`luck` in "
    "that table): good years for all are no merit of a point. `runs` has them as they were.",
    "The best is chosen among the finalists by their fresh values, so a little of the curse remains; more "
    "fresh_replications make it smaller.",
    "A search of this size finds good values, not the best that exist; and good in this world, not in others.",
)

MOST_EQUAL: Final = 5
"""Settings as good as the best that the answer lists; the table has all."""


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most."""
    asked, spec = asked_of(experiment, OptimiseSpec), experiment.spec
    return (asked.budget + 1) * spec.replications + (asked.finalists + 1) * asked.fresh_replications


def answer(runner: Runner) -> Answer:
    """Search the levers, run the best again, and compare them with the baseline on the same fresh luck."""
    e = runner.experiment
    asked, spec = asked_of(e, OptimiseSpec), e.spec
    unseen = range(spec.replications, spec.replications + asked.fresh_replications)
    again: list[pd.DataFrame] = []

    def fresh(points: pd.DataFrame) -> pd.DataFrame:
        again.append(runner.table(points, [asked.strategy, BASELINE], unseen))
        return means_of(again[-1], asked.strategy, spec.outcomes)

    found = optimise(
        space_of(e), runner.evaluator(asked.strategy), fresh, dict.fromkeys(spec.outcomes), asked.budget, seed=e.seed,
        method=asked.method, batch=asked.batch, finalists=asked.finalists,
    )  # fmt: skip
    seen = runner.table(found.finalists[[*spec.levers]].head(1), [BASELINE], range(spec.replications))
    then, now = (means_of(table, BASELINE, spec.outcomes).iloc[0] for table in (seen, again[0]))
    found = _on_the_same_luck(found, {kpi: float(now[kpi] - then[kpi]) for kpi in spec.outcomes})
    against = _against_baseline(found, again[0], asked.strategy, spec.outcomes)
    tables = {
        "finalists": found.finalists.reset_index(), "against_baseline": against, "winners_curse": found.curse,
        "search": found.trials.reset_index(),
    }  # fmt: skip
    equal = equally_good(found, [*spec.levers], spec.outcomes)
    if len(equal):
        tables["equally_good"] = equal
    text = _text(found, against, equal, e)
    return Answer(text, tables, (*READING, budget_rule(e)), {"optimum": found, "against": against})


def _on_the_same_luck(found: Optimum, moved: Mapping[str, float]) -> Optimum:
    """Return the search as it would have looked on the fresh luck, as far as that is the same for all points.

    Parameters
    ----------
    moved : what each KPI of the baseline changed from the luck of the search to the fresh one.
    """
    trials, finalists = found.trials.copy(), found.finalists.copy()
    for kpi, change in moved.items():
        trials[kpi] += change
        finalists[f"{kpi}_search"] += change
    luck = np.array([moved[str(kpi)] for kpi in found.curse["objective"]])
    signs = np.array([sign_of(str(kpi)) for kpi in found.curse["objective"]])
    seen, optimism = found.curse["search"] + luck, found.curse["optimism"] + signs * luck
    return Optimum(trials, finalists, found.curse.assign(search=seen, optimism=optimism, luck=luck))


def _against_baseline(found: Optimum, again: pd.DataFrame, strategy: str, kpis: tuple[str, ...]) -> pd.DataFrame:
    """Return trial, kpi, fresh, baseline, gain (positive where the finalist is better), low, high; 95 % intervals."""
    parts = []
    for kpi in kpis:
        gap = differences(again, strategy, BASELINE, kpi).loc[found.finalists.index]
        half = t_quantile(gap["n"].to_numpy() - 1.0) * gap["deviation"]
        own, reference = (means_of(again, name, [kpi]).loc[gap.index, kpi] for name in (strategy, BASELINE))
        parts.append(pd.DataFrame({
            "trial": gap.index, "kpi": kpi, "fresh": own, "baseline": reference, "gain": gap["difference"],
            "low": gap["difference"] - half, "high": gap["difference"] + half,
        }))  # fmt: skip
    return pd.concat(parts, ignore_index=True)


def equally_good(found: Optimum, levers: Sequence[str], kpis: Sequence[str]) -> pd.DataFrame:
    """Return the settings that are exactly as good as a finalist: luck or order alone has named one of them.

    Returns
    -------
    Columns finalist and trial (numbers of the search), luck ("search": equal on all KPIs there, and not run again;
    "fresh": a finalist, too, equal on all KPIs there), and the levers. A setting that was tried twice stands once.
    """
    parts = []
    for trial, finalist in found.finalists.iterrows():
        for luck, table, suffix in (("search", found.trials, "_search"), ("fresh", found.finalists, "")):
            seen = finalist[[f"{kpi}{suffix}" for kpi in kpis]].to_numpy(dtype=np.float64)
            alike = (table[[*kpis]].to_numpy(dtype=np.float64) == seen).all(axis=1)
            alike &= (table[[*levers]] != finalist[[*levers]]).any(axis=1).to_numpy()
            own = table.loc[alike, [*levers]].drop_duplicates().rename_axis("trial").reset_index()
            parts.append(own.assign(finalist=trial, luck=luck))
    every: pd.DataFrame = pd.concat(parts, ignore_index=True)[["finalist", "trial", "luck", *levers]]
    return every.sort_values(["finalist", "trial"], ignore_index=True)


def _text(found: Optimum, against: pd.DataFrame, equal: pd.DataFrame, experiment: Experiment) -> str:
    """Name the best finalist with its levers, what is as good, what it gains, and how much the search promised."""
    kpi, names = experiment.spec.outcomes[0], names_of([*experiment.spec.levers])
    best, gain = found.finalists.iloc[0], against.iloc[0]
    levers = _levers(best, names)
    words, curse = kpi.replace("_", " "), found.curse.iloc[0]
    text = f"Best for {words}: {levers}; {number(best[kpi])} on fresh luck, "
    text += f"{_verdict(*gain[['gain', 'low', 'high']])} the baseline. "
    text += _as_good(best, equal[equal["finalist"] == best.name], names)
    better = "better" if curse["optimism"] >= 0 else "worse"
    return f"{text}In the search the finalists looked {better} by {number(abs(curse['optimism']))} on average."


def _as_good(best: pd.Series, equal: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Name the settings that are exactly as good as the best, by the levers in which they differ from it."""
    if equal.empty:
        return ""
    rows = [row for _, row in equal.drop_duplicates([*names]).iterrows()]
    differ = [{path: name for path, name in names.items() if row[path] != best[path]} for row in rows]
    others = [_levers(row, own) for row, own in zip(rows, differ, strict=True)][:MOST_EQUAL]
    said = "; ".join(others)
    if len({name for own in differ for name in own.values()}) == 1:
        # one lever that does not matter: its name once
        name = next(iter(differ[0].values()))
        said = f"{name} {', '.join(other.removeprefix(f'{name} ') for other in others)}"
    more = f"; and {len(rows) - MOST_EQUAL} more (table `equally_good`)" if len(rows) > MOST_EQUAL else ""
    where = "on fresh luck" if (equal["luck"] == "fresh").all() else "in the search"
    return f"Exactly as good {where}, all else as above: {said}{more}. "


def _levers(row: pd.Series, names: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {_value(row[path])}" for path, name in names.items())


def _verdict(gain: float, low: float, high: float) -> str:
    if low > 0:
        return f"better by {interval(gain, low, high)} than"
    if high < 0:
        return f"worse by {interval(-gain, -high, -low)} than"
    return f"not clearly different (by {interval(gain, low, high)}) from"


def _value(value: object) -> str:
    return number(value) if isinstance(value, float) else str(value)
