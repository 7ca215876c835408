"""Which strategy does well in many worlds: regret, the worst worlds, and how often it is good enough.

Tables of values have a row for each point (world) and a column for each strategy; a value is a mean over replications.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd

from sim.metrics.interval import share_interval
from sim.metrics.kpi import Better
from sim.questions.question import Answer, Question, means_of
from sim.questions.sweeps.points import n_points
from sim.scenario.schema.common import quantity
from sim.statistics.outcomes import sign_of, wrong
from sim.statistics.tradeoff import worst_mean

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment

WORST: Final = 0.05
"""Share of worlds that count as the worst."""
READING = (
    "Each point of the design stands for a world, and all count alike: shares are as good as the ranges they were "
    "drawn from.",
    "Regret is what a strategy loses in a world against the best of the strategies tried there, not against the best "
    "that could be done.",
)


class RobustnessStudy(Question):
    """Which strategy does well in many worlds: regret, the worst worlds, and how often it is good enough."""

    asks: ClassVar[str] = "Which strategy is safe?"
    by_design: ClassVar[bool] = True
    fewest_strategies: ClassVar[int] = 2
    names: ClassVar[Mapping[str, str]] = {"good_enough": "outcomes"}

    good_enough: dict[str, float] = quantity(
        text="KPI → the least that is good enough (the most, where lower is better).",
        unit="unit of the KPI",
        source="user",
        factory=dict,
        max_length=12,
    )

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most: every strategy at every point."""
        return n_points(experiment.spec) * len(experiment.strategies) * experiment.spec.replications

    def answer(self, runner: Runner) -> Answer:
        """Run every strategy at every point, and compare what they lose where."""
        e, kpi, good_enough = runner.experiment, runner.kpi, dict(self.good_enough)
        runs = runner.table(None, e.strategies)
        values = {k: by_strategy({s: means_of(runs, s, [k]) for s in e.strategies}, k) for k in e.spec.outcomes}
        ranking = robustness(values[kpi], sign_of(kpi), good_enough.get(kpi))
        lost = regrets(values[kpi], sign_of(kpi)).rename_axis(index="point", columns=None).reset_index()
        tables = {"robustness": ranking, "regret": lost.melt("point", var_name="strategy", value_name="regret")}
        text = _text(ranking, values[kpi], kpi)
        if good_enough:
            signs = {k: sign_of(k) for k in good_enough}
            tables["good_enough"] = satisficing({k: values[k] for k in good_enough}, good_enough, signs)
            text += _good_enough(tables["good_enough"])
        return Answer(text, tables, READING, {"values": values[kpi], "kpi": kpi, "threshold": good_enough.get(kpi)})


def by_strategy(results: Mapping[str, pd.DataFrame], kpi: str) -> pd.DataFrame:
    """Return point × strategy of one outcome.

    Parameters
    ----------
    results : strategy → outcomes at the same points.

    Raises
    ------
    InputError : the strategies have not run the same points, or a value is not finite.
    """
    table = pd.DataFrame({name: own[kpi] for name, own in results.items()})
    if not np.isfinite(table.to_numpy(dtype=np.float64)).all():
        raise wrong(kpi, f"{int(table.isna().any(axis=1).sum())} points", "lack a value of some strategy")
    return table


def regrets(values: pd.DataFrame, sign: float) -> pd.DataFrame:
    """Return what each strategy loses at each point against the best there, in the shape of `values` (Savage 1951).

    Parameters
    ----------
    sign : 1 where higher is better, −1 where lower is.
    """
    return -(sign * values).sub((sign * values).max(axis=1), axis=0)


def satisficing(
    values: Mapping[str, pd.DataFrame], thresholds: Mapping[str, float], signs: Mapping[str, float]
) -> pd.DataFrame:
    """Return the share of points at which a strategy meets all thresholds (Starr 1962's domain criterion).

    Parameters
    ----------
    values : KPI → point × strategy.
    thresholds : KPI → the least that is good enough; the most, where lower is better.
    signs : KPI → 1 where higher is better, −1 where lower is.

    Returns
    -------
    Columns strategy, share, low, high (Wilson's interval: other points of the same distributions), n; the largest
    share first.
    """
    parts = [signs[kpi] * values[kpi] >= signs[kpi] * bound for kpi, bound in thresholds.items()]
    met = pd.DataFrame(np.logical_and.reduce(parts), columns=parts[0].columns)
    n = len(met)
    rows = [(str(name), met[name].mean(), *share_interval(int(met[name].sum()), n), n) for name in met.columns]
    table = pd.DataFrame(rows, columns=["strategy", "share", "low", "high", "n"])
    return table.sort_values("share", ascending=False, kind="stable", ignore_index=True)


def robustness(values: pd.DataFrame, sign: float, threshold: float | None = None) -> pd.DataFrame:
    """Return several views of robustness side by side; they need not agree (McPhail et al. 2018).

    Parameters
    ----------
    values : point × strategy.
    sign : 1 where higher is better, −1 where lower is.
    threshold : what is good enough, for the share that meets it.

    Returns
    -------
    Columns strategy, mean, worst (point), worst_mean (of the worst 5 % of points) with low and high, best_share (of
    points at which it is the best; ties count for all), worst_regret, mean_regret, met (share of points that meet the
    threshold; NaN without one); the least worst regret first.
    """
    direction: Better = "higher" if sign > 0 else "lower"
    lost = regrets(values, sign)
    rows = []
    for name in values.columns:
        own = values[name].to_numpy(dtype=np.float64)
        tail = worst_mean(own, WORST, better=direction)
        rows.append(
            {
                "strategy": str(name),
                "mean": own.mean(),
                "worst": sign * (sign * own).min(),
                "worst_mean": tail.mean,
                "low": tail.low,
                "high": tail.high,
                "best_share": float((lost[name] == 0).mean()),
                "worst_regret": lost[name].max(),
                "mean_regret": lost[name].mean(),
                "met": np.nan if threshold is None else float(np.mean(sign * own >= sign * threshold)),
            }
        )
    return pd.DataFrame(rows).sort_values(["worst_regret", "mean_regret"], kind="stable", ignore_index=True)


def _text(ranking: pd.DataFrame, values: pd.DataFrame, kpi: str) -> str:
    """Name the strategy with the least worst regret, and the one that is best on average when that is another."""
    first = ranking.iloc[0]
    text = f"{first['strategy']} has the least regret in its worst world ({first['worst_regret']:,.0f})"
    average = ranking.iloc[(sign_of(kpi) * ranking["mean"]).argmax()]
    if average["strategy"] != first["strategy"]:
        text += f"; on average {average['strategy']} is best ({average['mean']:,.0f} against {first['mean']:,.0f})"
    return f"{text}; {len(values)} worlds."


def _good_enough(met: pd.DataFrame) -> str:
    best = met[met["share"] == met["share"].max()]
    share, low, high = best.iloc[0][["share", "low", "high"]]
    names = ", ".join(best["strategy"])
    return f" Good enough most often: {names}, in {share:.0%} of the worlds ({low:.0%} to {high:.0%})."
