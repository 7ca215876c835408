"""A few runs for a worker process: one market's luck, some strategies; each is kept as soon as it is done."""

from __future__ import annotations

import time
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sim.errors import StoreError
from sim.runs.arms import Arms, Job, arms_of
from sim.runs.store import Facts, Store
from sim.runs.stored import worker_store

Values = tuple[float, ...]


@dataclass(frozen=True)
class Task:
    """Runs of one world and one replication.

    Attributes
    ----------
    job : names the strategies of the world; those without a key here are skipped.
    runs : label → key and facts of what is to run.
    asked : KPIs whose values go back.
    folder : the store; '' when there is none within reach of the worker, so that tables go back whole.
    """

    job: Job
    runs: Mapping[str, tuple[str, Facts]]
    asked: tuple[str, ...]
    folder: str = ""

    def only(self, labels: list[str]) -> Task:
        """Return the task with fewer runs."""
        return replace(self, runs={label: self.runs[label] for label in labels})


@dataclass(frozen=True)
class Left:
    """What a task left.

    Attributes
    ----------
    values : key → values of the KPIs asked for.
    failed : key → traceback.
    arms : key → tables and facts, when the worker could not keep them.
    """

    values: dict[str, Values] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    arms: dict[str, tuple[Arms, Facts]] = field(default_factory=dict)


def run_task(task: Task) -> Left:
    """Run what a task holds; a run that fails is kept as failed, and the others go on.

    Raises
    ------
    StoreError
        When the store can't be written.
    """
    store = worker_store(task.folder) if task.folder else None
    left, todo = Left(), dict(task.runs)
    while todo:
        try:
            _run(task, store, left, todo)
        except StoreError:
            raise
        except Exception:  # noqa: BLE001 - whatever a strategy raises is a result of this run, kept with its traceback
            key, facts = todo.pop(next(iter(todo)))
            left.failed[key] = traceback.format_exc()
            if store is not None:
                store.failed(key, left.failed[key], facts.now(), task.job.scenario)
    return left


def _run(task: Task, store: Store | None, left: Left, todo: dict[str, tuple[str, Facts]]) -> None:
    """Run what is still to do, in the job's order, taking each run off the list when it is kept."""
    job = task.job
    began = time.perf_counter()
    for label, arms in arms_of(replace(job, skip=frozenset(job.strategies) - todo.keys())):
        key, facts = todo[label]
        facts = facts.now(time.perf_counter() - began)
        left.values[key] = values_in(arms, task.asked)
        if store is not None:
            store.put(key, arms, facts, job.scenario)
        else:
            left.arms[key] = arms, facts
        del todo[label]
        began = time.perf_counter()


def values_in(arms: Arms, kpis: tuple[str, ...]) -> Values:
    """Return the values of some KPIs of one run."""
    found = dict(zip(arms.outcomes["kpi"], arms.outcomes["value"], strict=True))
    return tuple(float(found[kpi]) for kpi in kpis)
