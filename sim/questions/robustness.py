"""Which strategy does well in many worlds."""

from __future__ import annotations

import pandas as pd

from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import RobustnessSpec
from sim.questions.sweeps.design import n_points
from sim.questions.sweeps.load import Experiment
from sim.questions.swept import means_of
from sim.statistics.outcomes import sign_of
from sim.statistics.robustness import by_strategy, regrets, robustness, satisficing

READING = (
    "Each point of the design stands for a world, and all count alike: shares are as good as the ranges they were "
    "drawn from.",
    "Regret is what a strategy loses in a world against the best of the strategies tried there, not against the best "
    "that could be done.",
)


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most."""
    spec = experiment.spec
    return n_points(spec) * len(experiment.strategies) * spec.replications


def answer(runner: Runner) -> Answer:
    """Run every strategy at every point, and compare what they lose where."""
    e = runner.experiment
    asked = asked_of(e, RobustnessSpec)
    kpi, good_enough = e.spec.outcomes[0], dict(asked.good_enough)
    runs = runner.table(None, e.strategies)
    values = {k: by_strategy({s: means_of(runs, s, [k]) for s in e.strategies}, k) for k in e.spec.outcomes}
    ranking = robustness(values[kpi], kpi, good_enough.get(kpi))
    tables = {"robustness": ranking, "regret": _long(regrets(values[kpi], kpi), "regret")}
    text = _text(ranking, values[kpi], kpi)
    if good_enough:
        tables["good_enough"] = satisficing({k: values[k] for k in good_enough}, good_enough)
        text += _good_enough(tables["good_enough"])
    return Answer(text, tables, READING, {"values": values[kpi], "kpi": kpi, "threshold": good_enough.get(kpi)})


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


def _long(wide: pd.DataFrame, name: str) -> pd.DataFrame:
    table = wide.rename_axis(index="point", columns=None).reset_index()
    return table.melt("point", var_name="strategy", value_name=name)
