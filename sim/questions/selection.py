"""Which strategy is best, with replications spent where they decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, Self

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from pydantic import model_validator

from sim.errors import InputError
from sim.metrics.interval import half_width
from sim.questions.question import Answer, Question
from sim.scenario.schema.common import quantity
from sim.statistics.outcomes import directions, sign_of
from sim.statistics.selection import Selection, kn, ocba

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.schema import ExperimentSpec

READING = (
    "All strategies meet the same luck in a replication, so differences are known far better than means: compare by "
    "`behind`, what a strategy loses against the pick in the replications that both have. Means are of those that all "
    "have.",
    "The runs were ended by what they showed, so intervals are a little too narrow, most of all those of the dropped; "
    "what may be claimed is the promise alone.",
    "The promise holds for the luck of this world, not for other worlds: see the study of robustness for those.",
)


class SelectionStudy(Question):
    """Which strategy is best, with replications spent where they decide; the first outcome is the KPI."""

    asks: ClassVar[str] = "Which strategy is best?"
    fewest_strategies: ClassVar[int] = 2
    needs_dimensions: ClassVar[bool] = False

    procedure: Literal["kn", "ocba"] = quantity(
        "kn", "kn: until the best is found with the promised chance; ocba: a fixed budget, no promise.", unit="-"
    )
    indifference: float | None = quantity(
        None, "Smallest difference worth knowing; kn needs it.", unit="unit of the KPI", source="user", gt=0
    )
    chance: float = quantity(0.95, "Promised chance that the best is picked.", ge=0.5, lt=1)
    first: int = quantity(10, "Replications before a strategy can be dropped.", unit="runs", ge=3, le=10_000)
    batch: int = quantity(2, "Replications between two looks.", unit="runs", ge=1, le=1000)
    max_replications: int = quantity(
        100,
        "Replications of a strategy at most; where they end kn, its promise is lost.",
        unit="runs",
        ge=3,
        le=100_000,
    )
    budget: int | None = quantity(None, "Runs of all strategies; ocba needs it.", unit="runs", source="user", ge=6)

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.procedure == "kn" and self.indifference is None:
            raise ValueError("kn needs indifference: the smallest difference worth knowing")
        if self.procedure == "ocba" and self.budget is None:
            raise ValueError("ocba needs budget: the runs to spend")
        if self.max_replications < self.first:
            raise ValueError("max_replications must not be below first")
        return self

    def misfits(self, spec: ExperimentSpec) -> Iterator[tuple[str, str]]:
        """Yield dimensions: strategies are taken as they are."""
        if every := [*spec.levers, *spec.uncertainties]:
            yield ", ".join(every), "chooses among the strategies as they are; it has no levers or uncertainties"

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most.

        Raises
        ------
        InputError
            When the budget does not reach for the first replications.
        """
        k = len(experiment.strategies)
        if self.procedure == "kn":
            return k * self.max_replications
        assert self.budget is not None
        if self.budget < k * self.first:
            allowed = f"must be at least {k * self.first}: {self.first} runs of {k} strategies"
            raise InputError([experiment.problem(("study", "selection", "budget"), self.budget, allowed)])
        return self.budget

    def answer(self, runner: Runner) -> Answer:
        """Run strategies until the best is found, and say how sure that is."""
        kpi, strategies = runner.kpi, runner.experiment.strategies
        better = directions([kpi])[kpi]

        def sample(names: Sequence[str], replications: Sequence[int]) -> NDArray[np.float64]:
            wide = runner.base(names, replications).pivot(index="replication", columns="strategy", values=kpi)
            return wide[list(names)].to_numpy()

        if self.procedure == "kn":
            assert self.indifference is not None
            found = kn(
                sample,
                strategies,
                self.indifference,
                better=better,
                level=self.chance,
                first=self.first,
                batch=self.batch,
                max_replications=self.max_replications,
            )
        else:
            assert self.budget is not None
            step = max(self.batch, len(strategies))
            found = ocba(sample, strategies, self.budget, better=better, first=self.first, step=step)
        table, note = _table(found, sign_of(kpi)), found.note
        text = self._text(found, table)
        return Answer(text, {"selection": table}, READING, {"table": table, "kpi": kpi, "note": note})

    def _text(self, found: Selection, table: pd.DataFrame) -> str:
        """Say which strategy was picked, what is promised, which others are as good, and what it cost."""
        text = f"{found.best}: {found.note}."
        others = table[~table["pick"]]
        if self.indifference is not None:
            close = others.loc[others["behind"] <= self.indifference, "strategy"]
            if len(close):
                within = f"within {self.indifference:,g} of it, so that any of them is as good"
                text += f" A tie: {' and '.join(close)} came {within}."
        equal = len(table) * int(table["replications"].max())
        if self.procedure == "kn" and found.runs < equal:
            return f"{text} {found.runs} runs, where as many for every strategy would have been {equal}."
        return f"{text} {found.runs} runs."


def _table(found: Selection, sign: float) -> pd.DataFrame:
    """Return what is known of each strategy, and what it loses against the pick in common replications, the best first.

    Means are those of the replications that all have: luck would favour one that was dropped before a bad one.
    """
    best = found.values[found.best]
    shared = min(map(len, found.values.values()))
    rows = []
    for name, kept in zip(found.table["strategy"], found.table["kept"], strict=True):
        own = found.values[name]
        n = min(len(own), len(best))
        row = {"strategy": name, "pick": name == found.best, "kept": bool(kept), "replications": len(own)}
        rows.append(row | _interval("mean", own[:shared]) | _interval("behind", sign * (best[:n] - own[:n])))
    table = pd.DataFrame(rows).rename(columns={"mean_low": "low", "mean_high": "high"})
    return table.sort_values(["pick", "behind"], ascending=[False, True], ignore_index=True)


def _interval(name: str, values: NDArray[np.float64]) -> dict[str, float]:
    """Return the mean and the ends of its 95 % interval under their names."""
    mean, half = float(values.mean()), float(half_width(values))
    return {name: mean, f"{name}_low": mean - half, f"{name}_high": mean + half}
