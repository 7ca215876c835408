"""Which dimensions matter to the outcomes, and which decide the choice between two strategies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pandas as pd

from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import Pair, SensitivitySpec
from sim.questions.sweeps.load import Experiment
from sim.questions.swept import differences, means_of, space_of
from sim.questions.wording import names_of
from sim.statistics.sensitivity import morris, morris_size, sobol, sobol_size
from sim.statistics.space import BEATS, DIFFERENCE, Evaluate

LEVELS: Final = 4
"""Places of Morris's grid on each dimension; even, so that a step is as likely from every one of them."""
STEP: Final = LEVELS / (2 * (LEVELS - 1))
"""A step of a path of Morris, as a share of the dimension's distribution."""

READING = (
    "An effect is that of moving a dimension through the whole distribution that the file gives it: a wider range "
    "makes any dimension matter more.",
    "A dimension that moves both strategies alike matters to the KPI and not to the choice between them.",
    "All points have the luck of the same replications: intervals are of the points, not of other luck.",
)
MORRIS = "Morris ranks the dimensions and finds those that do nothing; it does not share out the variance."
SOBOL = "Intervals are of the points that were drawn; with few samples a small share may be luck."


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most."""
    asked, space = asked_of(experiment, SensitivitySpec), space_of(experiment)
    n = morris_size(space, asked.trajectories) if asked.method == "morris" else sobol_size(space, asked.samples)
    return n * len(experiment.strategies) * experiment.spec.replications


def answer(runner: Runner) -> Answer:
    """Run every strategy at the points of the method, and say what each dimension does."""
    e = runner.experiment
    asked, space = asked_of(e, SensitivitySpec), space_of(e)
    evaluate = _evaluator(runner, asked.between)
    if asked.method == "morris":
        table = morris(space, evaluate, seed=e.seed, trajectories=asked.trajectories, levels=LEVELS)
    else:
        table = sobol(space, evaluate, seed=e.seed, n=asked.samples)
    names, tables, text = names_of(e.paths), {"sensitivity": table}, ""
    if asked.between is not None:
        points = runner.tables[-1].drop_duplicates("point").set_index("point")[e.paths]
        chosen = differences(runner.tables[-1], *asked.between, e.spec.outcomes[0])[[DIFFERENCE, BEATS]]
        tables["choice"] = points.join(chosen).reset_index()
        text = _choice(table, names, chosen[BEATS], asked.between, e.spec.outcomes[0])
    text += _outcome(table, e)
    reading = (*READING, MORRIS if asked.method == "morris" else SOBOL)
    return Answer(text, tables, reading, {"table": table, "method": asked.method, "between": asked.between})


def column(kpi: str, strategy: str) -> str:
    """Return what the outcome of one strategy is called."""
    return f"{kpi} · {strategy}"


def _evaluator(runner: Runner, between: Pair | None) -> Evaluate:
    """Return what runs all strategies at once: in one world they share their burn-in."""
    e = runner.experiment

    def evaluate(points: pd.DataFrame) -> pd.DataFrame:
        runs = runner.table(points, e.strategies)
        means = {s: means_of(runs, s, e.spec.outcomes) for s in e.strategies}
        found = pd.DataFrame({column(k, s): means[s][k] for k in e.spec.outcomes for s in e.strategies})
        if between is not None:
            found = found.join(differences(runs, *between, e.spec.outcomes[0])[[DIFFERENCE, BEATS]])
        return found

    return evaluate


def _choice(table: pd.DataFrame, names: Mapping[str, str], beats: pd.Series, between: Pair, kpi: str) -> str:
    """Say what decides which of two strategies is better, and how often each of them is."""
    a, b = between
    if beats.nunique() == 1:
        always = {0.0: f"{b} is better than {a}", 1.0: f"{a} is better than {b}"}
        how = always.get(float(beats.iloc[0]), f"{a} and {b} are equal")
        return f"Nothing decides the choice: {how} on {kpi} at each of {len(beats)} points. "
    wins = f"{a} is better on {kpi} at {(beats == 1.0).mean():.0%} of {len(beats)} points"
    first = _first(table, BEATS, names)
    return f"What decides whether {a} or {b} is better: {first}{_idle(table, names)}; {wins}. "


def _idle(table: pd.DataFrame, names: Mapping[str, str]) -> str:
    """Name what never changed who is better: steps show that plainly, shares of variance are never quite 0."""
    if "mu_star" not in table:
        return ""
    own = table[(table["outcome"] == BEATS) & (table["mu_star"] == 0.0)]
    return f"; never {', '.join(names[d] for d in own['dimension'])}" if len(own) else ""


def _outcome(table: pd.DataFrame, experiment: Experiment) -> str:
    """Say what moves the KPI under each strategy; strategies of which the same is true are named together."""
    kpi = experiment.spec.outcomes[0]
    said = {s: _first(table, column(kpi, s), names_of(experiment.paths)) for s in experiment.strategies}
    return f"What moves {kpi} most: {'; '.join(f'{what} under {s}' for s, what in said.items())}."


def _first(table: pd.DataFrame, outcome: str, names: Mapping[str, str]) -> str:
    """Name the two dimensions that do most to an outcome, with numbers."""
    own = table[table["outcome"] == outcome]
    size = "mu_star" if "mu_star" in own else "index"
    if size == "index":
        own = own[(own["order"] == "total") & own["index"].notna()]
    rows = own[own[size] > 0.0].sort_values(size, ascending=False, kind="stable")[:2]
    said = [_words(names[row["dimension"]], row, outcome, size) for _, row in rows.iterrows()]
    return ", then ".join(said) or "nothing"


def _words(name: str, row: pd.Series, outcome: str, size: str) -> str:
    """Return a dimension with the size of what it does, in words that suit the method."""
    value = row[size]
    if size == "index":
        # with few samples an estimate may lie above the whole
        share, low, high = (min(max(v, 0.0), 1.0) for v in (value, row["low"], row["high"]))
        return f"{name} ({share:.0%} of the variance, {low:.0%} to {high:.0%})"
    if outcome == BEATS:
        # a tie counts half, so this is the mean change and not quite a count of changes
        share, low, high = (min(v * STEP, 1.0) for v in (value, row["low"], row["high"]))
        return f"{name} (changes it in {share:.0%} of the steps along it, {low:.0%} to {high:.0%})"
    return f"{name} (by {value:,.0f}, {row['low']:,.0f} to {row['high']:,.0f})"
