"""Runs of an experiment for a study: points chosen on the way, through the store, by workers that stay."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Self, TypeVar

import pandas as pd

from sim.errors import InputError, Problem, RunError
from sim.questions.sweeps.design import points_of
from sim.questions.sweeps.load import Experiment
from sim.questions.sweeps.plan import Plan
from sim.questions.sweeps.ranges import plain
from sim.questions.sweeps.sweep import How, State, host_of, run_plan
from sim.questions.swept import differences, means_of
from sim.runs.hosts import Host
from sim.runs.store import Store
from sim.scenario.schema.common import Spec
from sim.statistics.space import BEATS, DIFFERENCE, Evaluate

Asked = TypeVar("Asked", bound=Spec)


class Runner:
    """Runs points of an experiment; a context, so that its workers end with it.

    Parameters
    ----------
    store : where finished runs are looked up and kept.
    progress : called with the state of the whole study.

    Attributes
    ----------
    experiment : as checked.
    state : runs of the study so far; `total` is set by whoever knows how many there will be at most.
    tables : what every call of `table` returned, with the call's number.
    """

    def __init__(
        self,
        experiment: Experiment,
        store: Store,
        how: How | None = None,
        progress: Callable[[State], None] | None = None,
    ) -> None:
        self.experiment, self.state = experiment, State()
        self.tables: list[pd.DataFrame] = []
        self._store, self._how = store, how or How()
        self._tell = progress or (lambda _: None)
        self._stack = ExitStack()
        self._host: Host | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._stack.close()

    def table(
        self, points: pd.DataFrame | None, strategies: Iterable[str], replications: Sequence[int] | None = None
    ) -> pd.DataFrame:
        """Run strategies at points.

        Parameters
        ----------
        points : a column for each lever and uncertainty; None for the points of the experiment's design.
        replications : numbers; the experiment's when absent.

        Returns
        -------
        As of a sweep: point (of the index of `points`), levers and uncertainties, strategy, replication, outcomes.

        Raises
        ------
        InputError
            When a point does not fit the schema.
        RunError
            When a run failed.
        """
        e = self.experiment
        rows = None if points is None else [point_of(e, row) for row in points.to_dict("records")]
        plan = Plan(e, rows, tuple(strategies), replications)
        if self._host is None:
            self._host = self._stack.enter_context(host_of(self._how, self._how.workers))
        before = State(**vars(self.state))

        def tell(now: State) -> None:
            for name in ("found", "computed", "failed"):
                setattr(self.state, name, getattr(before, name) + getattr(now, name))
            self.state.total = max(self.state.total, self.state.done)
            self.state.prepared, self.state.to_prepare = now.prepared, now.to_prepare
            self._tell(self.state)

        found = run_plan(plan, self._store, self._how, tell, self._host)
        tell(found.state)
        if len(found.failures):
            raise _failed(e, found.failures, plan.points)
        table = found.table
        self.tables.append(table.assign(call=len(self.tables)))
        return table if points is None else table.assign(point=points.index.to_numpy()[table["point"]])

    def design(self) -> pd.DataFrame:
        """Return the points of the experiment's own design; index point."""
        e = self.experiment
        rows = points_of(e.spec, e.seed, e.whole)
        return pd.DataFrame(rows, columns=e.paths, index=pd.RangeIndex(len(rows), name="point"))

    def evaluator(self, strategy: str, replications: Sequence[int] | None = None) -> Evaluate:
        """Return what runs points under one strategy: means of all outcomes over the replications."""
        return lambda points: means_of(
            self.table(points, [strategy], replications), strategy, self.experiment.spec.outcomes
        )

    def chooser(self, a: str, b: str, kpi: str) -> Evaluate:
        """Return what runs points under two strategies on the same luck: difference and beats, as of `contrast`."""
        return lambda points: differences(self.table(points, [a, b]), a, b, kpi)[[DIFFERENCE, BEATS]]

    def base(self, strategies: Sequence[str], replications: Sequence[int]) -> pd.DataFrame:
        """Return the table of strategies as the file states them, in a study without dimensions."""
        return self.table(pd.DataFrame(index=pd.RangeIndex(1, name="point")), strategies, replications)


def asked_of(experiment: Experiment, kind: type[Asked]) -> Asked:
    """Return the question of an experiment that asks one of this kind."""
    asked = experiment.spec.study.asked if experiment.spec.study else None
    assert isinstance(asked, kind)
    return asked


def point_of(experiment: Experiment, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of points as plain values, rounded, and whole where the field is."""
    found: dict[str, Any] = {}
    for path in experiment.paths:
        value = row[path].item() if hasattr(row[path], "item") else row[path]
        found[path] = plain(value, experiment.targets[path].whole) if isinstance(value, float) else value
    return found


def refuse_above(experiment: Experiment, runs: int, limit: int | None) -> None:
    """Refuse a study that may need more runs than the budget allows.

    Parameters
    ----------
    runs : that it needs at most.
    limit : what the user confirms instead of the file's `max_runs`.

    Raises
    ------
    InputError
        When there may be more.
    """
    most = experiment.spec.max_runs if limit is None else limit
    if runs > most:
        field = "max_runs" if limit is None else "--limit"
        allowed = f"may be needed, and {field} is {most}; make the study smaller, or confirm it by --limit {runs}"
        raise InputError([Problem(experiment.spec.name, 0, "runs", str(runs), allowed)])


def _failed(experiment: Experiment, failures: pd.DataFrame, points: Sequence[Mapping[str, Any]]) -> RunError:
    first = failures.iloc[0]
    values = "".join(f", {path} = {value}" for path, value in points[int(first["point"])].items())
    run = f"first {first['strategy']}, replication {first['replication']}{values}"
    allowed = f"{run}: {first['error']}; again: arsim run --key {first['key'][:12]} --debug"
    return RunError(str(Problem(experiment.spec.name, 0, "runs", f"{len(failures)} failed", allowed)))
