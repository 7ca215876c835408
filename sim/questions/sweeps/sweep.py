"""Run an experiment and give its table."""

from __future__ import annotations

import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pandas as pd

from sim.questions.sweeps.load import Experiment, Source, load_experiment
from sim.questions.sweeps.plan import Keys, Plan, refuse_above
from sim.runs.cells import Cell
from sim.runs.execute import execute
from sim.runs.executors import Executor, executor_for
from sim.runs.keep import Keep, Values
from sim.runs.store import Store
from sim.runs.store.contents import last_line
from sim.runs.task import Failure
from sim.scenario.schema import Scenario

FAILURE_COLUMNS: Final = ("point", "strategy", "replication", "seed", "key", "error")


@dataclass
class State:
    """How far a sweep is; counts are of different runs, since two rows of the table may be the same run.

    Attributes
    ----------
    total, found, computed, failed : runs: all, those that the store had, those that were computed, and failed, now.
    prepared, to_prepare : worlds whose runs are known.
    at_most : whether `total` is a limit: a study ends as soon as it knows its answer.
    """

    total: int = 0
    found: int = 0
    computed: int = 0
    failed: int = 0
    prepared: int = 0
    to_prepare: int = 0
    at_most: bool = False

    @property
    def done(self) -> int:
        """Runs that need no more work."""
        return self.found + self.computed + self.failed


@dataclass(frozen=True)
class Sweep:
    """What a sweep measured.

    Attributes
    ----------
    table : point, levers and uncertainties by path, strategy, replication, outcomes; a failed run has none.
    failures : a row for each row of the table whose run failed, and why.
    seconds : of the whole sweep. [s]
    """

    experiment: Experiment
    table: pd.DataFrame
    failures: pd.DataFrame
    state: State
    seconds: float


@dataclass(frozen=True)
class How:
    """How a sweep is run; none of it changes the table.

    Attributes
    ----------
    workers, dask, fresh, limit : as of `sweep`.
    keep : makes what is kept of each run, and what goes back, from the names of the outcomes.
    """

    workers: int = 1
    dask: str | None = None
    fresh: bool = False
    limit: int | None = None
    keep: Callable[[tuple[str, ...]], Keep[tuple[float, ...]]] = Values


def sweep(
    experiment: Source,
    scenario: Scenario | None = None,
    *,
    workers: int = 1,
    dask: str | None = None,
    store: Store | str | Path | None = None,
    fresh: bool = False,
    limit: int | None = None,
    progress: Callable[[State], None] | None = None,
) -> pd.DataFrame:
    """Run an experiment.

    Parameters
    ----------
    experiment : path of an experiment file, or its fields as a mapping or an `ExperimentSpec`.
    scenario : the base, instead of the one that the experiment names.
    workers : processes of this machine; 1 stays in this one.
    dask : address of a Dask scheduler, instead of processes of this machine.
    store : where finished runs are looked up and kept; a temporary one when absent.
    fresh : whether runs that the store has are computed again.
    limit : confirms a number of runs above the experiment's `max_runs`.
    progress : called with the state, at least every half second.

    Returns
    -------
    A row for each point, strategy and replication: point, levers and uncertainties by path, strategy, replication, one
    column for each outcome. The row of a failed run has NaN there, a warning counts them, and
    `table.attrs["failures"]` lists them.

    Raises
    ------
    InputError
        When the experiment cannot be used, or has more runs than allowed.
    """
    with opened(store) as shelf:
        found = run_sweep(load_experiment(experiment, scenario), shelf, How(workers, dask, fresh, limit), progress)
    if len(found.failures):
        words = f"{len(found.failures)} of {len(found.table)} runs failed; table.attrs['failures'] says why"
        warnings.warn(words, RuntimeWarning, stacklevel=2)
    found.table.attrs["failures"] = found.failures.to_dict("records")
    return found.table


@contextmanager
def opened(store: Store | str | Path | None) -> Iterator[Store]:
    """Give an open store; a temporary one when none is named."""
    if isinstance(store, Store):
        yield store
        return
    with tempfile.TemporaryDirectory(prefix="arsim-") as folder:
        shelf = Store(folder if store is None else store)
        try:
            yield shelf
        finally:
            shelf.close()


def run_sweep(
    experiment: Experiment, store: Store, how: How | None = None, progress: Callable[[State], None] | None = None
) -> Sweep:
    """Run an experiment through a store and return all that is known of it.

    Raises
    ------
    InputError
        When the experiment has more runs than allowed, a point does not fit the schema, or a cluster does not answer.
    """
    refuse_above(experiment, None if how is None else how.limit)
    return run_plan(Plan(experiment), store, how, progress)


def run_plan(
    plan: Plan,
    store: Store,
    how: How | None = None,
    progress: Callable[[State], None] | None = None,
    executor: Executor | None = None,
) -> Sweep:
    """Run the points of a plan through a store, whatever their number.

    Parameters
    ----------
    executor : open already, and left open: a study of many small plans need not start its workers anew for each.

    Raises
    ------
    InputError
        When a point does not fit the schema, or a cluster does not answer.
    """
    how, tell, began = how or How(), progress or (lambda _: None), time.perf_counter()
    state, experiment = State(), plan.experiment

    def preparing(done: int, total: int) -> None:
        state.prepared, state.to_prepare = done, total
        tell(state)

    keys, keep = plan.keys(preparing), how.keep(experiment.spec.outcomes)
    every = list(dict.fromkeys(keys.ravel().tolist()))
    values = {} if how.fresh else keep.found(store, every)
    state.total, state.found = len(every), len(values)
    tell(state)
    failures: list[tuple[Cell, Failure]] = []

    def count() -> None:
        state.failed = len(failures)
        tell(state)

    missing = [key for key in every if key not in values]
    if missing:
        with nullcontext(executor) if executor else executor_for(min(how.workers, len(missing)), how.dask) as workers:
            runs = plan.groups(keys, missing)
            for cell, found in execute(runs, store, workers, keep, look=False, failures=failures, tick=count):
                values[cell.key] = found
                state.computed += 1
    failed = {cell.key: last_line(failure.text) for cell, failure in failures}
    table = _table(plan, keys, values)
    return Sweep(experiment, table, _failures(plan, keys, failed), state, time.perf_counter() - began)


def _table(plan: Plan, keys: Keys, values: dict[str, tuple[float, ...]]) -> pd.DataFrame:
    """Return the tidy table; the order is that of the plan, whoever was first."""
    n_points, n_strategies, n_replications = plan.shape
    e = plan.experiment
    point = np.repeat(np.arange(n_points), n_strategies * n_replications)
    columns: dict[str, object] = {"point": point}
    for path in e.paths:
        own = pd.Series([p[path] for p in plan.points])
        columns[path] = own.astype("float64" if e.targets[path].place.kind is float else own.dtype).to_numpy()[point]
    columns["strategy"] = np.tile(np.repeat(np.array(e.strategies, dtype=object), n_replications), n_points)
    columns["replication"] = np.tile(np.array(plan.replications, dtype=np.int64), n_points * n_strategies)
    nothing = (np.nan,) * len(e.spec.outcomes)
    outcomes = np.array([values.get(key, nothing) for key in keys.ravel().tolist()], dtype=np.float64)
    columns |= {kpi: outcomes[:, k] for k, kpi in enumerate(e.spec.outcomes)}
    return pd.DataFrame(columns)


def _failures(plan: Plan, keys: Keys, failed: dict[str, str]) -> pd.DataFrame:
    e = plan.experiment
    rows = (
        [
            (p, e.strategies[s], plan.replications[k], e.seed, str(key), failed[str(key)])
            for (p, s, k), key in np.ndenumerate(keys)
            if str(key) in failed
        ]
        if failed
        else []
    )
    return pd.DataFrame(rows, columns=list(FAILURE_COLUMNS))
