"""A task: a few cells for one process, which runs them one after the other and keeps each as soon as it is done."""

from __future__ import annotations

import pickle
import time
import traceback
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sim.errors import RunError, StoreError
from sim.runs.cells import Cell
from sim.runs.keep import Keep, Start
from sim.runs.store import Facts, Store
from sim.scenario.resolved import scenario_hash


@dataclass(frozen=True)
class Failure:
    """What a run leaves that did not come to its end.

    Attributes
    ----------
    error : that was raised; one that says how the run ended when its process died.
    text : its traceback.
    """

    error: Exception
    text: str


@dataclass(frozen=True)
class Task:
    """Cells for a worker, which share a burn-in.

    Attributes
    ----------
    folder : the store; '' when there is none within the worker's reach.
    carry : whether what was made goes back whole, for the parent to keep.
    go_on : whether the other cells run when one fails.
    """

    cells: tuple[Cell, ...]
    keep: Keep[Any]
    folder: str = ""
    carry: bool = False
    go_on: bool = False

    def only(self, cells: Sequence[Cell]) -> Task:
        """Return the task with fewer cells."""
        return replace(self, cells=tuple(cells))


@dataclass(frozen=True)
class TaskResult:
    """What a task left, by the cells' own keys.

    Attributes
    ----------
    done : what goes back of each run.
    failed : runs that failed.
    made : what the worker could not keep, with its facts.
    """

    done: dict[str, Any] = field(default_factory=dict)
    failed: dict[str, Failure] = field(default_factory=dict)
    made: dict[str, tuple[Any, Facts]] = field(default_factory=dict)


def run_task(task: Task, store: Store | None = None) -> TaskResult:
    """Run the cells of a task.

    Parameters
    ----------
    store : open already; the one of the task's folder when absent.

    Raises
    ------
    StoreError
        When the store can't be written.
    """
    shelf = worker_store(task.folder) if store is None and task.folder else store
    found, start = TaskResult(), Start()
    hashed = scenario_hash(task.cells[0].scenario) if shelf is not None or task.carry else ""
    for cell in task.cells:
        key, facts, began = task.keep.key(cell), Facts.of(cell, hashed, task.keep.part), time.perf_counter()
        try:
            made = task.keep.run(cell, start)
            facts = facts.now(time.perf_counter() - began)
            if shelf is not None:
                task.keep.write(shelf, key, made, facts, cell)
            elif task.carry:
                found.made[cell.key] = made, facts
            found.done[cell.key] = task.keep.result(made)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a strategy raises is a result of this run
            found.failed[cell.key] = Failure(_portable(error), traceback.format_exc())
            if shelf is not None:
                shelf.failed(key, traceback.format_exc(), facts.now(), cell.scenario)
            if not task.go_on:
                break
    return found


def _portable(error: Exception) -> Exception:
    """Return the error, or one that says the same when it can't travel between processes."""
    try:
        pickle.loads(pickle.dumps(error))  # what was pickled here is safe to read
    except Exception:  # noqa: BLE001 - classes of users may fail in any way
        return RunError(f"{type(error).__name__}: {error}")
    return error


@cache
def worker_store(folder: str) -> Store:
    """Return the one store of this worker process; the parent has compared catalogue and files."""
    return Store(folder, look=False)
