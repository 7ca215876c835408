"""Which strategy is best, with replications spent where they decide."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.errors import InputError
from sim.metrics.interval import t_quantile
from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import SelectionSpec
from sim.questions.sweeps.load import Experiment
from sim.statistics.outcomes import sign_of
from sim.statistics.selection import Selection, kn, ocba

READING = (
    "All strategies meet the same luck in a replication, so differences are known far better than means: compare by "
    "`behind`, what a strategy loses against the pick in the replications that both have. Means are of those that all "
    "have.",
    "The runs were ended by what they showed, so intervals are a little too narrow, most of all those of the dropped; "
    "what may be claimed is the promise alone.",
    "The promise holds for the luck of this world, not for other worlds: see the study of robustness for those.",
)


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most.

    Raises
    ------
    InputError
        When the budget does not reach for the first replications.
    """
    asked, k = asked_of(experiment, SelectionSpec), len(experiment.strategies)
    if asked.procedure == "kn":
        return k * asked.max_replications
    assert asked.budget is not None
    if asked.budget < k * asked.first:
        allowed = f"must be at least {k * asked.first}: {asked.first} runs of {k} strategies"
        raise InputError([experiment.problem(("study", "selection", "budget"), asked.budget, allowed)])
    return asked.budget


def answer(runner: Runner) -> Answer:
    """Run strategies until the best is found, and say how sure that is."""
    e = runner.experiment
    asked, kpi = asked_of(e, SelectionSpec), e.spec.outcomes[0]
    samples = Samples(runner, kpi)
    if asked.procedure == "kn":
        assert asked.indifference is not None
        found = kn(
            samples, e.strategies, kpi, asked.indifference, level=asked.chance, first=asked.first, batch=asked.batch,
            max_replications=asked.max_replications, ahead=samples.run,
        )  # fmt: skip
    else:
        assert asked.budget is not None
        found = ocba(
            samples, e.strategies, kpi, asked.budget, first=asked.first, step=max(asked.batch, len(e.strategies)),
            ahead=samples.run,
        )  # fmt: skip
    table = _table(found, samples, sign_of(kpi))
    text = _text(found, table, asked)
    return Answer(text, {"selection": table}, READING, {"table": table, "kpi": kpi, "note": found.note})


class Samples:
    """Values of a KPI, remembered: strategies of one look run together and share their burn-ins.

    Attributes
    ----------
    known : strategy → its values, replications 0 and on.
    """

    def __init__(self, runner: Runner, kpi: str) -> None:
        self._runner, self._kpi = runner, kpi
        self.known: dict[str, list[float]] = {}

    def run(self, strategies: Sequence[str], replications: Sequence[int]) -> None:
        """Run strategies in replications that follow on those known."""
        table = self._runner.base(strategies, replications)
        for name, values in table.groupby("strategy")[self._kpi]:
            self.known.setdefault(str(name), []).extend(values)

    def __call__(self, strategy: str, replications: Sequence[int]) -> NDArray[np.float64]:
        """Return the values of a strategy in some replications."""
        if len(self.known.get(strategy, ())) <= replications[0]:
            self.run([strategy], replications)
        return np.array(self.known[strategy])[list(replications)]


def _table(found: Selection, samples: Samples, sign: float) -> pd.DataFrame:
    """Return what is known of each strategy, and what it loses against the pick on common luck, the best first.

    Means are those of the replications that all have: luck would favour one that was dropped before a bad one.
    """
    best = np.array(samples.known[found.best])
    shared = min(map(len, samples.known.values()))
    rows = []
    for row in found.table.to_dict("records"):
        own = np.array(samples.known[str(row["strategy"])])
        n = min(len(own), len(best))
        mean, half = _interval(own[:shared])
        behind, reach = _interval(sign * (best[:n] - own[:n]))
        rows.append({
            "strategy": row["strategy"], "pick": row["strategy"] == found.best, "kept": bool(row["kept"]),
            "replications": len(own), "mean": mean, "low": mean - half, "high": mean + half,
            "behind": behind, "behind_low": behind - reach, "behind_high": behind + reach,
        })  # fmt: skip
    return pd.DataFrame(rows).sort_values(["pick", "behind"], ascending=[False, True], ignore_index=True)


def _interval(values: NDArray[np.float64]) -> tuple[float, float]:
    """Return the mean and half the width of its 95 % interval."""
    n = len(values)
    half = float(t_quantile(np.array([n - 1.0]))[0] * values.std(ddof=1) / np.sqrt(n))
    return float(values.mean()), half


def _text(found: Selection, table: pd.DataFrame, asked: SelectionSpec) -> str:
    """Say which strategy was picked, what is promised, which others are as good, and what it cost."""
    text = f"{found.best}: {found.note}."
    others = table[~table["pick"]]
    if asked.indifference is not None:
        close = others.loc[others["behind"] <= asked.indifference, "strategy"]
        if len(close):
            within = f"within {asked.indifference:,g} of it, so that any of them is as good"
            text += f" A tie: {' and '.join(close)} came {within}."
    equal = len(table) * int(table["replications"].max())
    if asked.procedure == "kn" and found.runs < equal:
        return f"{text} {found.runs} runs, where as many for every strategy would have been {equal}."
    return f"{text} {found.runs} runs."
