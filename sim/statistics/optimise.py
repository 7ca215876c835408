"""Parameters of a strategy that are best on several goals, within a budget, by Optuna.

All points are run on the same luck, so the search is among like and like. Its best values are best partly by luck (the
winner's curse; Smith & Winkler 2006), therefore the finalists are run again on luck that the search has not seen, and
only those values count.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np
import pandas as pd

from sim.metrics.kpi import Better
from sim.statistics.extra import need
from sim.statistics.outcomes import directions, sign_of
from sim.statistics.space import Dimension, Evaluate, Space, run, seed_of, wrong
from sim.statistics.tradeoff import efficient_set

Method = Literal["nsga2", "tpe"]
STUDY: Final = "arsim"
ASKED: Final = "asked"


@dataclass(frozen=True)
class Optimum:
    """What a search found.

    Attributes
    ----------
    trials : the points run in the search (index `trial`), their values, and efficient.
    finalists : points run again: their parameters, the objectives on fresh luck, `<objective>_search` (what the search
        saw) and efficient (on fresh luck), the best of the first objective first.
    curse : for each objective: search and fresh (means over the finalists), optimism: how much better the search
        made them look, positive as a rule.
    """

    trials: pd.DataFrame
    finalists: pd.DataFrame
    curse: pd.DataFrame


def optimise(
    space: Space,
    evaluate: Evaluate,
    fresh: Evaluate,
    objectives: Mapping[str, Better | None],
    budget: int,
    *,
    seed: int,
    method: Method = "nsga2",
    batch: int = 20,
    finalists: int = 20,
    journal: Path | None = None,
) -> Optimum:
    """Search a space and run the finalists again on fresh luck.

    The same seed gives the same search, also when it was interrupted and goes on from its journal: every batch draws
    from a sampler of its own.

    Parameters
    ----------
    evaluate, fresh : run points in the search, and the finalists in the end, on other replications.
    objectives : outcome → direction; None takes it from the catalogue.
    budget : points of the search.
    method : "nsga2" (Deb et al. 2002) for several objectives, "tpe" (Bergstra et al. 2011) for few points.
    batch : points that are run together; of nsga2 also the size of the population.
    finalists : most points that are run again: the efficient ones, evenly along the first objective.
    journal : file that the search is kept in and goes on from; in memory when absent.

    Raises
    ------
    InputError : Optuna is not installed, an objective has no direction, or the journal holds another search.
    """
    signs = {name: sign_of(name, better) for name, better in objectives.items()}
    if not signs or budget < 2 or batch < 2 or finalists < 1:
        raise wrong("objectives, budget, batch", (len(signs), budget, batch), "must be at least 1, 2, 2")
    with _quiet():
        study = _study(space, signs, journal, {"seed": seed, "method": method, "batch": batch})
        while (done := len(_finished(study))) < budget:
            study.sampler = _sampler(method, seed_of(seed, f"optimise {done}"), batch)
            asked = [study.ask(_distributions(space)) for _ in range(min(batch, budget - done))]
            index = pd.Index([t.number for t in asked], name="trial")
            points = pd.DataFrame([t.params for t in asked], index=index)[space.names]
            values = run(evaluate, points, signs)
            for trial in asked:
                study.tell(trial, [float(v) for v in values.loc[trial.number]])
    trials = _trials(study, space, signs, objectives)
    return _again(trials, space, fresh, objectives, finalists)


def _again(
    trials: pd.DataFrame, space: Space, fresh: Evaluate, objectives: Mapping[str, Better | None], most: int
) -> Optimum:
    """Run the finalists on fresh luck and compare."""
    names, first = list(objectives), next(iter(objectives))
    sign = {name: sign_of(name, better) for name, better in objectives.items()}
    # points that did exactly the same, such as shares that round to the same people, are one finalist
    good = trials[trials["efficient"]].drop_duplicates(space.names).drop_duplicates(names)
    good = good.sort_values(first, ascending=sign[first] < 0, kind="stable")
    good = good.iloc[np.unique(np.linspace(0, len(good) - 1, min(most, len(good))).round().astype(int))]
    again = run(fresh, good[space.names], names)
    table = good[space.names].join(again).join(good[names].add_suffix("_search"))
    table["efficient"] = _efficient(again, objectives)
    table = table.sort_values(first, ascending=sign[first] < 0, kind="stable")
    seen, true = good[names].mean(), again.mean()
    optimism = [sign[name] * (seen[name] - true[name]) for name in names]
    curse = pd.DataFrame(
        {"objective": names, "search": seen.to_numpy(), "fresh": true.to_numpy(), "optimism": optimism}
    )
    return Optimum(trials, table, curse)


def _efficient(table: pd.DataFrame, objectives: Mapping[str, Better | None]) -> Any:
    given = {name: better for name, better in objectives.items() if better is not None}
    toward = directions(objectives, given)
    return efficient_set(table[list(objectives)], toward)["efficient"].to_numpy()


def _study(space: Space, signs: Mapping[str, float], journal: Path | None, how: Mapping[str, Any]) -> Any:
    optuna = need("optuna")
    storage = None
    if journal is not None:
        backend = need("optuna.storages.journal")
        storage = optuna.storages.JournalStorage(backend.JournalFileBackend(str(journal)))
    toward = ["maximize" if sign > 0 else "minimize" for sign in signs.values()]
    asked = json.dumps({**how, "space": repr(space), "objectives": dict(signs)}, sort_keys=True)
    if storage is not None and any(s.study_name == STUDY for s in optuna.get_all_study_summaries(storage)):
        study = optuna.load_study(study_name=STUDY, storage=storage)
        if study.user_attrs.get(ASKED) != asked:
            raise wrong("journal", journal, "holds another search; take another file")
        _give_up_unfinished(study)
        return study
    study = optuna.create_study(study_name=STUDY, storage=storage, directions=toward)
    study.set_user_attr(ASKED, asked)
    return study


def _give_up_unfinished(study: Any) -> None:
    """Mark points as failed that a crash left running; the search asks for others in their place."""
    state = need("optuna").trial.TrialState
    for trial in study.get_trials(deepcopy=False):
        if trial.state == state.RUNNING:
            study.tell(trial.number, state=state.FAIL)


def _finished(study: Any) -> list[Any]:
    done = need("optuna").trial.TrialState.COMPLETE
    return list(study.get_trials(deepcopy=False, states=(done,)))


def _sampler(method: Method, seed: int, batch: int) -> Any:
    samplers = need("optuna").samplers
    if method == "tpe":
        return samplers.TPESampler(seed=seed, n_startup_trials=batch, multivariate=True, constant_liar=True)
    return samplers.NSGAIISampler(seed=seed, population_size=batch)


def _distributions(space: Space) -> dict[str, Any]:
    return {d.name: _distribution(d) for d in space.dimensions}


def _distribution(dimension: Dimension) -> Any:
    kinds = need("optuna").distributions
    if dimension.choices:
        return kinds.CategoricalDistribution(dimension.choices)
    if dimension.whole:
        return kinds.IntDistribution(int(np.ceil(dimension.low)), int(np.floor(dimension.high)))
    return kinds.FloatDistribution(dimension.low, dimension.high, log=dimension.distribution == "loguniform")


def _trials(
    study: Any, space: Space, signs: Mapping[str, float], objectives: Mapping[str, Better | None]
) -> pd.DataFrame:
    done = _finished(study)
    index = pd.Index([t.number for t in done], name="trial")
    table = pd.DataFrame([t.params for t in done], index=index)[space.names]
    table[list(signs)] = [t.values for t in done]
    table["efficient"] = _efficient(table, objectives)
    return table


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
