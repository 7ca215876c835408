"""Ask the question of an experiment file: run what it chooses to run, and give its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd

from sim.errors import InputError, Problem, RunError
from sim.questions.question import Answer, Question, differences, means_of
from sim.questions.sweeps.load import Experiment, Source, load_experiment
from sim.questions.sweeps.plan import Plan
from sim.questions.sweeps.points import plain, points_of
from sim.questions.sweeps.sweep import How, State, opened, run_plan
from sim.runs.executors import Executor, executor_for
from sim.runs.store import Store
from sim.scenario.schema import Scenario
from sim.statistics.space import BEATS, DIFFERENCE, Evaluate


@dataclass(frozen=True)
class Study:
    """A study that has been run.

    Attributes
    ----------
    kind : name of the question.
    runs : every run that was looked at: call (of the runner), point, levers and uncertainties, strategy, replication,
        outcomes.
    seconds : of the whole study. [s]
    """

    experiment: Experiment
    kind: str
    answer: Answer
    runs: pd.DataFrame
    state: State
    seconds: float


def study(
    experiment: Source,
    scenario: Scenario | None = None,
    *,
    workers: int = 1,
    dask: str | None = None,
    store: Store | str | Path | None = None,
    fresh: bool = False,
    limit: int | None = None,
    progress: Callable[[State], None] | None = None,
) -> Study:
    """Run the study of an experiment.

    Parameters
    ----------
    experiment : path of an experiment file with a section `study`, or its fields.
    scenario, workers, dask, store, fresh, limit, progress : as for `sim.sweep`.

    Raises
    ------
    InputError
        When the experiment cannot be used, has no section `study`, or may need more runs than allowed.
    RunError
        When a run failed.
    """
    with opened(store) as shelf:
        return run_study(load_experiment(experiment, scenario), shelf, How(workers, dask, fresh, limit), progress)


def run_study(
    experiment: Experiment, store: Store, how: How | None = None, progress: Callable[[State], None] | None = None
) -> Study:
    """Run the study of a checked experiment through a store.

    Raises
    ------
    InputError, RunError
        As for `study`.
    """
    began = time.perf_counter()
    question, most = checked(experiment, None if how is None else how.limit)
    with Runner(experiment, store, how, progress) as runner:
        runner.state.total, runner.state.at_most = most, True
        answer = question.answer(runner)
    runs = pd.concat(runner.tables, ignore_index=True)
    assert experiment.spec.study is not None
    kind, seconds = experiment.spec.study.kind, time.perf_counter() - began
    return Study(experiment, kind=kind, answer=answer, runs=runs, state=runner.state, seconds=seconds)


def checked(experiment: Experiment, limit: int | None) -> tuple[Question, int]:
    """Return the question of an experiment, and how many runs it needs at most.

    Parameters
    ----------
    limit : what the user confirms instead of the file's `max_runs`.

    Raises
    ------
    InputError
        When it asks none, its question does not fit the rest, or more runs may be needed than allowed.
    """
    question = question_of(experiment)
    most = question.most_runs(experiment)
    refuse_above(experiment, most, limit)
    return question, most


def question_of(experiment: Experiment) -> Question:
    """Return the question of an experiment.

    Raises
    ------
    InputError
        When it asks none.
    """
    if experiment.spec.study is None:
        allowed = "needs one (docs/experiments.md), or run the file by `arsim sweep`"
        raise InputError([experiment.problem(("study",), "none", allowed)])
    return experiment.spec.study.asked


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


class Runner:
    """Runs points of an experiment for its study; a context, so that its workers end with it.

    Parameters
    ----------
    store : where finished runs are looked up and kept.
    progress : called with the state of the whole study.

    Attributes
    ----------
    experiment : as checked.
    kpi : the first outcome, which decides.
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
        self.experiment, self.kpi, self.state = experiment, experiment.spec.outcomes[0], State()
        self.tables: list[pd.DataFrame] = []
        self._store, self._how = store, how or How()
        self._tell = progress or (lambda _: None)
        self._stack = ExitStack()
        self._executor: Executor | None = None

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
        rows = None if points is None else [_point(e, row) for row in points.to_dict("records")]
        plan = Plan(e, rows, tuple(strategies), replications)
        if self._executor is None:
            self._executor = self._stack.enter_context(executor_for(self._how.workers, self._how.dask))
        before = State(**vars(self.state))

        def tell(now: State) -> None:
            for name in ("found", "computed", "failed"):
                setattr(self.state, name, getattr(before, name) + getattr(now, name))
            self.state.total = max(self.state.total, self.state.done)
            self.state.prepared, self.state.to_prepare = now.prepared, now.to_prepare
            self._tell(self.state)

        found = run_plan(plan, self._store, self._how, tell, self._executor)
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

    def evaluator(self, strategy: str) -> Evaluate:
        """Return what runs points under one strategy: means of all outcomes over the replications."""
        return lambda points: means_of(self.table(points, [strategy]), strategy, self.experiment.spec.outcomes)

    def chooser(self, a: str, b: str) -> Evaluate:
        """Return what runs points under two strategies on common random numbers: difference and beats of the KPI."""
        return lambda points: differences(self.table(points, [a, b]), a, b, self.kpi)[[DIFFERENCE, BEATS]]

    def base(self, strategies: Sequence[str], replications: Sequence[int]) -> pd.DataFrame:
        """Return the table of strategies as the file states them, in a study without dimensions."""
        return self.table(pd.DataFrame(index=pd.RangeIndex(1, name="point")), strategies, replications)


def _point(experiment: Experiment, row: Mapping[Any, Any]) -> dict[str, Any]:
    """Return a row of points as plain values, rounded, and whole where the field is."""
    found: dict[str, Any] = {}
    for path in experiment.paths:
        value = row[path].item() if hasattr(row[path], "item") else row[path]
        found[path] = plain(value, experiment.targets[path].whole) if isinstance(value, float) else value
    return found


def _failed(experiment: Experiment, failures: pd.DataFrame, points: Sequence[Mapping[str, Any]]) -> RunError:
    first = failures.iloc[0]
    values = "".join(f", {path} = {value}" for path, value in points[int(first["point"])].items())
    run = f"first {first['strategy']}, replication {first['replication']}{values}"
    allowed = f"{run}: {first['error']}; again: arsim run --key {first['key'][:12]} --debug"
    return RunError(str(Problem(experiment.spec.name, 0, "runs", f"{len(failures)} failed", allowed)))
