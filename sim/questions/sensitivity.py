"""Which dimensions matter to the outcomes, and which decide the choice between two strategies."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar, Final, Literal, Self

import pandas as pd
from pydantic import model_validator

from sim.questions.question import Answer, Pair, Question, differences, means_of, names_of, space_of
from sim.scenario.schema.common import quantity
from sim.statistics.sensitivity import morris, morris_size, sobol, sobol_size
from sim.statistics.space import BEATS, DIFFERENCE, Evaluate

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment

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


class SensitivityStudy(Question):
    """Which dimensions matter to the outcomes, and which decide the choice between two strategies."""

    asks: ClassVar[str] = "Which dimensions matter?"
    names: ClassVar[Mapping[str, str]] = {"between": "strategies"}

    method: Literal["morris", "sobol"] = quantity(
        "morris", "morris: effects along paths, few runs; sobol: shares of variance, many runs.", unit="-"
    )
    trajectories: int = quantity(
        10, "Paths of morris; each has a point more than there are dimensions.", unit="paths", ge=2, le=10_000
    )
    samples: int = quantity(
        64, "Base points of sobol, a power of 2; times dimensions and two.", unit="points", ge=2, le=1 << 20
    )
    between: Pair | None = quantity(
        None, "Two strategies: which dimensions decide the choice between them (first KPI).", unit="-", source="user"
    )

    @model_validator(mode="after")
    def _power(self) -> Self:
        if self.samples & (self.samples - 1):
            raise ValueError("samples must be a power of 2, such as 64 or 128")
        return self

    @property
    def deciding(self) -> slice:
        """The first outcome, where it decides between two strategies."""
        return slice(0 if self.between is None else 1)

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most."""
        space = space_of(experiment)
        n = morris_size(space, self.trajectories) if self.method == "morris" else sobol_size(space, self.samples)
        return n * len(experiment.strategies) * experiment.spec.replications

    def answer(self, runner: Runner) -> Answer:
        """Run every strategy at the points of the method, and say what each dimension does."""
        e, space, evaluate = runner.experiment, space_of(runner.experiment), self._evaluator(runner)
        if self.method == "morris":
            table = morris(space, evaluate, seed=e.seed, trajectories=self.trajectories, levels=LEVELS)
        else:
            table = sobol(space, evaluate, seed=e.seed, n=self.samples)
        tables, text = {"sensitivity": table}, ""
        if self.between is not None:
            points = runner.tables[-1].drop_duplicates("point").set_index("point")[e.paths]
            chosen = differences(runner.tables[-1], *self.between, runner.kpi)[[DIFFERENCE, BEATS]]
            tables["choice"] = points.join(chosen).reset_index()
            text = _choice(table, names_of(e.paths), chosen[BEATS], self.between, runner.kpi)
        text += _outcome(table, e)
        reading = (*READING, MORRIS if self.method == "morris" else SOBOL)
        return Answer(text, tables, reading, {"table": table, "method": self.method, "between": self.between})

    def _evaluator(self, runner: Runner) -> Evaluate:
        """Return what runs all strategies at once: in one world they share their burn-in."""
        e = runner.experiment

        def evaluate(points: pd.DataFrame) -> pd.DataFrame:
            runs = runner.table(points, e.strategies)
            means = {s: means_of(runs, s, e.spec.outcomes) for s in e.strategies}
            found = pd.DataFrame({column(k, s): means[s][k] for k in e.spec.outcomes for s in e.strategies})
            if self.between is not None:
                found = found.join(differences(runs, *self.between, runner.kpi)[[DIFFERENCE, BEATS]])
            return found

        return evaluate


def column(kpi: str, strategy: str) -> str:
    """Return what the outcome of one strategy is called."""
    return f"{kpi} · {strategy}"


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
