"""Ask the question of an experiment file and give its answer."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from sim.errors import InputError
from sim.questions.runner import Runner, refuse_above
from sim.questions.sweeps.load import Experiment, Source, load_experiment
from sim.questions.sweeps.sweep import How, State, opened
from sim.runs.store import Store
from sim.scenario.schema import Scenario


@dataclass(frozen=True)
class Answer:
    """What a question found.

    Attributes
    ----------
    text : the answer in a sentence or two.
    tables : file name → tidy table.
    brief : file name → fewer rows of a table that is too long to read, for the page.
    reading : what the answer does not hold, a sentence each.
    found : what pictures are drawn from.
    """

    text: str
    tables: Mapping[str, pd.DataFrame]
    reading: tuple[str, ...] = ()
    found: Mapping[str, Any] = field(default_factory=dict)
    brief: Mapping[str, pd.DataFrame] = field(default_factory=dict)


class Question(Protocol):
    """A module of this package for one kind of study."""

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most."""
        ...

    def answer(self, runner: Runner) -> Answer:
        """Choose runs, run them and answer."""
        ...


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
    return Study(experiment, experiment.spec.study.kind, answer, runs, runner.state, time.perf_counter() - began)


def checked(experiment: Experiment, limit: int | None) -> tuple[Question, int]:
    """Return the module that answers the question of an experiment, and how many runs it needs at most.

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
    """Return the module that answers the question of an experiment.

    Raises
    ------
    InputError
        When it asks none.
    """
    asked = experiment.spec.study
    if asked is None:
        allowed = "needs one (docs/experiments.md), or run the file by `arsim sweep`"
        raise InputError([experiment.problem(("study",), "none", allowed)])
    question: Question = import_module(f"sim.questions.{asked.kind}")
    return question
