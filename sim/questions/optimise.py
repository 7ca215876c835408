"""Which lever values are best on several KPIs, searched by Optuna; the best are run again on new random numbers.

All points of the search run on common random numbers, so it is among like and like. Its best values are best partly by
luck (the winner's curse; Smith & Winkler 2006), therefore only what the finalists bring in other replications counts.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import t_quantile
from sim.metrics.kpi import Better
from sim.questions.question import (
    Answer,
    Question,
    budget_rule,
    differences,
    interval,
    means_of,
    names_of,
    number,
    space_of,
)
from sim.scenario.schema.common import quantity
from sim.statistics.outcomes import directions, sign_of, wrong
from sim.statistics.space import Dimension, Evaluate, Space, need, run, seed_of
from sim.statistics.tradeoff import efficient_set
from sim.strategies.plan import BASELINE

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.schema import ExperimentSpec

Method = Literal["nsga2", "tpe"]

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


class OptimiseStudy(Question):
    """Which lever values are best on several KPIs; the best are run again on luck that the search has not seen."""

    asks: ClassVar[str] = "Which lever values are best?"
    names: ClassVar[Mapping[str, str]] = {"strategy": "strategies"}

    strategy: str = quantity(..., "The strategy whose levers are searched.", unit="-", source="user")
    method: Method = quantity("tpe", "nsga2 for many points, tpe for few.", unit="-")
    budget: int = quantity(60, "Points of the search.", unit="points", ge=2, le=1_000_000)
    batch: int = quantity(10, "Points that are run together; nsga2's population.", unit="points", ge=2, le=10_000)
    finalists: int = quantity(8, "Points that are run again.", unit="points", ge=1, le=1000)
    fresh_replications: int = quantity(8, "Runs of each of them, on fresh luck.", unit="runs", ge=2, le=100_000)

    @property
    def deciding(self) -> slice:
        """All outcomes: each is a goal."""
        return slice(None)

    def misfits(self, spec: ExperimentSpec) -> Iterator[tuple[str, str]]:
        """Yield uncertainties, which nobody can choose."""
        if spec.uncertainties or not spec.levers:
            yield ", ".join(spec.uncertainties) or "no levers", "needs levers, and no uncertainties"

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most."""
        return (self.budget + 1) * experiment.spec.replications + (self.finalists + 1) * self.fresh_replications

    def answer(self, runner: Runner) -> Answer:
        """Search the levers, run the best again, and compare them with the baseline on the same fresh luck."""
        e, spec, space = runner.experiment, runner.experiment.spec, space_of(runner.experiment)
        goals, evaluate = directions(spec.outcomes), runner.evaluator(self.strategy)
        trials = search(space, evaluate, goals, self.budget, seed=e.seed, method=self.method, batch=self.batch)
        chosen = finalists_of(trials, goals, space.names, self.finalists)
        unseen = range(spec.replications, spec.replications + self.fresh_replications)
        again = runner.table(chosen[space.names], [self.strategy, BASELINE], unseen)
        fresh = run(lambda _: means_of(again, self.strategy, spec.outcomes), chosen, goals)
        found = judged(trials, chosen, fresh, goals)
        seen = runner.table(found.finalists[[*spec.levers]].head(1), [BASELINE], range(spec.replications))
        then, now = (means_of(table, BASELINE, spec.outcomes).iloc[0] for table in (seen, again))
        found = _on_the_same_luck(found, {kpi: float(now[kpi] - then[kpi]) for kpi in spec.outcomes})
        against = _against_baseline(found, again, self.strategy, spec.outcomes)
        tables = {
            "finalists": found.finalists.reset_index(),
            "against_baseline": against,
            "winners_curse": found.curse,
            "search": found.trials.reset_index(),
        }
        equal = equally_good(found, [*spec.levers], spec.outcomes)
        if len(equal):
            tables["equally_good"] = equal
        text = _text(found, against, equal, e)
        return Answer(text, tables, (*READING, budget_rule(e)), {"optimum": found, "against": against})


@dataclass(frozen=True)
class Optimum:
    """What a search found.

    Attributes
    ----------
    trials : what `search` returns.
    finalists : points run again: their parameters, the objectives on fresh luck, `<objective>_search` (what the search
        saw) and efficient (on fresh luck), the best of the first objective first.
    curse : for each objective: search and fresh (means over the finalists), optimism: how much better the search
        made them look, positive as a rule.
    """

    trials: pd.DataFrame
    finalists: pd.DataFrame
    curse: pd.DataFrame


def search(
    space: Space,
    evaluate: Evaluate,
    goals: Mapping[str, Better],
    budget: int,
    *,
    seed: int,
    method: Method = "nsga2",
    batch: int = 20,
) -> pd.DataFrame:
    """Search a space, the same one for the same seed: every batch draws from a sampler of its own.

    Parameters
    ----------
    goals : outcome → direction.
    budget : points.
    method : "nsga2" (Deb et al. 2002) for several goals, "tpe" (Bergstra et al. 2011) for few points.
    batch : points that are run together; of nsga2 also the size of the population.

    Returns
    -------
    Of each point (index trial) its values, the goals, and whether it is efficient.

    Raises
    ------
    InputError : Optuna is not installed, or a goal has no direction.
    """
    signs = {name: sign_of(name, better) for name, better in goals.items()}
    if not signs or budget < 2 or batch < 2:
        raise wrong("goals, budget, batch", (len(signs), budget, batch), "must be at least 1, 2, 2")
    optuna = need("optuna")
    with _quiet():
        study = optuna.create_study(directions=["maximize" if sign > 0 else "minimize" for sign in signs.values()])
        distributions = {d.name: _distribution(d) for d in space.dimensions}
        rows: list[pd.DataFrame] = []
        while (done := sum(map(len, rows))) < budget:
            study.sampler = _sampler(method, seed_of(seed, f"optimise {done}"), batch)
            asked = [study.ask(distributions) for _ in range(min(batch, budget - done))]
            index = pd.Index([t.number for t in asked], name="trial")
            points = pd.DataFrame([t.params for t in asked], index=index)[space.names]
            values = run(evaluate, points, signs)
            for trial in asked:
                study.tell(trial, [float(v) for v in values.loc[trial.number]])
            rows.append(points.join(values))
    trials = pd.concat(rows)
    return trials.assign(efficient=_efficient(trials, goals))


def finalists_of(trials: pd.DataFrame, goals: Mapping[str, Better], names: Sequence[str], most: int) -> pd.DataFrame:
    """Return the efficient points of a search, at most so many, evenly along the first goal.

    Parameters
    ----------
    names : the dimensions. Points that did exactly the same, such as shares that round to the same people, are one.
    """
    first = next(iter(goals))
    good = trials[trials["efficient"]].drop_duplicates([*names]).drop_duplicates([*goals])
    good = good.sort_values(first, ascending=goals[first] == "lower", kind="stable")
    good = good.iloc[np.unique(np.linspace(0, len(good) - 1, min(most, len(good))).round().astype(int))]
    return good.drop(columns="efficient")


def judged(trials: pd.DataFrame, finalists: pd.DataFrame, again: pd.DataFrame, goals: Mapping[str, Better]) -> Optimum:
    """Return the search with what the finalists bring on fresh luck.

    Parameters
    ----------
    again : the goals of each finalist on fresh luck.
    """
    names, first = list(goals), next(iter(goals))
    again, seen = again.loc[finalists.index, names], finalists[names]
    table = finalists.drop(columns=names).join(again).join(seen.add_suffix("_search"))
    table["efficient"] = _efficient(again, goals)
    table = table.sort_values(first, ascending=goals[first] == "lower", kind="stable")
    curse = pd.DataFrame({"objective": names, "search": seen.mean().to_numpy(), "fresh": again.mean().to_numpy()})
    signs = np.array([sign_of(name, goals[name]) for name in names])
    curse = curse.assign(optimism=signs * (curse["search"] - curse["fresh"]))
    return Optimum(trials=trials, finalists=table, curse=curse)


def _efficient(table: pd.DataFrame, goals: Mapping[str, Better]) -> NDArray[np.bool_]:
    efficient: NDArray[np.bool_] = efficient_set(table[[*goals]], goals)["efficient"].to_numpy()
    return efficient


def _sampler(method: Method, seed: int, batch: int) -> Any:
    samplers = need("optuna").samplers
    if method == "tpe":
        return samplers.TPESampler(seed=seed, n_startup_trials=batch, multivariate=True, constant_liar=True)
    return samplers.NSGAIISampler(seed=seed, population_size=batch)


def _distribution(dimension: Dimension) -> Any:
    kinds = need("optuna").distributions
    if dimension.choices:
        return kinds.CategoricalDistribution(dimension.choices)
    if dimension.whole:
        return kinds.IntDistribution(int(np.ceil(dimension.low)), int(np.floor(dimension.high)))
    return kinds.FloatDistribution(dimension.low, dimension.high, log=dimension.log)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep Optuna from logging every point, and restore what the caller had."""
    logging = need("optuna").logging
    before = logging.get_verbosity()
    logging.set_verbosity(logging.WARNING)
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", module="optuna")
            yield
    finally:
        logging.set_verbosity(before)


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
    curse = found.curse.assign(search=seen, optimism=optimism, luck=luck)
    return Optimum(trials=trials, finalists=finalists, curse=curse)


def _against_baseline(found: Optimum, again: pd.DataFrame, strategy: str, kpis: tuple[str, ...]) -> pd.DataFrame:
    """Return trial, kpi, fresh, baseline, gain (positive where the finalist is better), low, high; 95 % intervals."""
    parts = []
    for kpi in kpis:
        gap = differences(again, strategy, BASELINE, kpi).loc[found.finalists.index]
        half = t_quantile(gap["n"].to_numpy() - 1.0) * gap["deviation"]
        fresh, reference = (means_of(again, name, [kpi]).loc[gap.index, kpi] for name in (strategy, BASELINE))
        part = pd.DataFrame({"trial": gap.index, "kpi": kpi, "fresh": fresh, "baseline": reference})
        mean = gap["difference"]
        parts.append(part.assign(gain=mean, low=mean - half, high=mean + half))
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
