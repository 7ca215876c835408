"""The one way to run markets: a plan of cells goes in, what is kept of each run comes out.

`execute` asks the store, sends the rest to an executor in tasks, and takes up what dying workers lose.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from functools import partial
from typing import Any, Final, TypeVar

from sim.errors import RunError
from sim.runs.cells import Cell, Group
from sim.runs.executors import Executor, is_lost
from sim.runs.keep import Keep
from sim.runs.store import Facts, Store
from sim.runs.task import Failure, Task, TaskResult, run_task
from sim.scenario.resolved import scenario_hash

R = TypeVar("R")
MOST_KILLS: Final = 3
"""Workers that a run may kill while it runs alone, before it counts as failed."""
KILLED: Final = f"WorkerKilled: the process that ran it died {MOST_KILLS} times (killed, out of memory, or crashed)"
TICK_SECONDS: Final = 0.5


def execute(
    plan: Iterable[Group],
    store: Store | None,
    executor: Executor,
    keep: Keep[R],
    *,
    look: bool = True,
    failures: list[tuple[Cell, Failure]] | None = None,
    tick: Callable[[], None] = lambda: None,
) -> Iterator[tuple[Cell, R]]:
    """Yield every cell of a plan with what is kept of its run, as runs are done; each key is run once.

    Parameters
    ----------
    plan : groups of cells that share a burn-in. Without `look` groups are made only as they are needed, so that those
        of 10,000 runs never lie in memory.
    store : has finished runs, and gets each run as soon as it is done, failed ones as failed; None for none.
    executor : where the rest runs; open, and left open.
    keep : what is kept of a run, and what comes back.
    look : whether to ask the store first; not for those who have asked, or want everything computed again.
    failures : takes the runs that fail, and the others go on; without it the first failure ends the work.
    tick : called at least every half second.

    Raises
    ------
    Exception
        What a run raised, when there is no list for failures.
    StoreError
        When the store can't be written.
    """
    done: dict[str, R] = {}
    if store is not None and look:
        plan = [tuple(group) for group in plan]
        cells = [cell for group in plan for cell in group]
        found = keep.found(store, [keep.key(cell) for cell in cells])
        done = {cell.key: found[keep.key(cell)] for cell in cells if keep.key(cell) in found}
        yield from ((cell, done[cell.key]) for cell in cells if cell.key in done)
    twice: list[Cell] = []
    folder = str(store.folder) if store is not None and executor.near else ""
    form = Task((), keep, folder, carry=store is not None and not executor.near, go_on=failures is not None)
    for task, left in _Dispatcher(executor, store, form, tick).run(_tasks(plan, set(done), twice, form)):
        own = {cell.key: cell for cell in task.cells}
        _keep_in_parent(store, task, left)
        for key, result in left.done.items():
            done[key] = result
            yield own[key], result
        for key, failure in left.failed.items():
            if failures is None:
                raise failure.error from (None if failure.error.__traceback__ else RunError(failure.text))
            failures.append((own[key], failure))
        tick()
    yield from ((cell, done[cell.key]) for cell in twice if cell.key in done)


def _tasks(plan: Iterable[Group], known: set[str], twice: list[Cell], form: Task) -> Iterator[Task]:
    """Yield a task for each group in which a run is missing; cells whose key was sent before go to `twice`."""
    sent: set[str] = set()
    for group in plan:
        missing = []
        for cell in group:
            if cell.key in sent:
                twice.append(cell)
            elif cell.key not in known:
                sent.add(cell.key)
                missing.append(cell)
        if missing:
            yield form.only(missing)


def _keep_in_parent(store: Store | None, task: Task, left: TaskResult) -> None:
    """Keep what the worker could not: what another machine made, and runs that took their worker with them."""
    if store is None:
        return
    for cell in task.cells:
        key = task.keep.key(cell)
        if cell.key in left.made:
            task.keep.write(store, key, *left.made[cell.key], cell)
        failure = left.failed.get(cell.key)
        if failure is not None and (task.carry or failure.text == KILLED):
            facts = Facts.of(cell, scenario_hash(cell.scenario), task.keep.part).now()
            store.failed(key, failure.text, facts, cell.scenario)


class _Dispatcher:
    """Sends tasks, a bounded number at a time; dead workers are replaced and what they had in hand runs again."""

    def __init__(self, executor: Executor, store: Store | None, form: Task, tick: Callable[[], None]) -> None:
        self._executor, self._store, self._keep, self._tick = executor, store, form.keep, tick
        # In this process the store is open already; a worker opens its own.
        self._work: Callable[[Any], TaskResult] = partial(run_task, store=store) if executor.local else run_task
        self._again: deque[Task] = deque()
        self._flight: dict[Future[TaskResult], Task] = {}

    def run(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, TaskResult]]:
        """Yield (task, what it left) as tasks end; a task that lost its worker may come in pieces."""
        while True:
            while len(self._flight) < self._executor.width:
                task = self._again.popleft() if self._again else next(tasks, None)
                if task is None:
                    break
                self._flight[self._executor.submit(self._work, task)] = task
            if not self._flight:
                return
            done, _ = wait(self._flight, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            self._tick()
            yield from self._settle(done)

    def _settle(self, done: set[Future[TaskResult]]) -> Iterator[tuple[Task, TaskResult]]:
        """Take over what is done; after the death of a worker also what shared its fate."""
        if self._executor.shared_fate and any(_is_lost(future) for future in done):
            done = set(wait(self._flight).done)
        lost = []
        # In the order in which they were sent, so that a suspect's turn does not depend on chance.
        for future in [future for future in self._flight if future in done]:
            task = self._flight.pop(future)
            if _is_lost(future):
                lost.append(task)
            else:
                yield task, future.result()
        if lost:
            yield from self._recover(lost)

    def _recover(self, lost: list[Task]) -> Iterator[tuple[Task, TaskResult]]:
        """Take over what was kept, run each suspect alone, and queue the rest again."""
        suspects = []
        for task in lost:
            kept = self._kept(task)
            if kept:
                yield task, TaskResult(done=kept)
            missing = [cell for cell in task.cells if cell.key not in kept]
            if missing:
                # Runs are kept in their order, so only the first one that is missing can have been in hand.
                suspects.append(task.only(missing[:1]))
                self._again.extend(task.only([cell]) for cell in missing[1:])
        if not self._executor.shared_fate:
            yield from self._alone_in_cluster(lost, suspects)
            return
        self._executor.renew(1)
        for suspect in suspects:
            yield suspect, self._alone(suspect)
        self._executor.renew()

    def _kept(self, task: Task) -> dict[str, Any]:
        """Return the results of those runs of a task that were kept before its worker died."""
        if self._store is None or not self._executor.near:
            return {}
        found = self._keep.found(self._store, [self._keep.key(cell) for cell in task.cells])
        return {cell.key: found[self._keep.key(cell)] for cell in task.cells if self._keep.key(cell) in found}

    def _alone(self, suspect: Task) -> TaskResult:
        """Run one run with the only worker there is, so that a death is its doing, or a blow from outside."""
        for _ in range(MOST_KILLS):
            future = self._executor.submit(self._work, suspect)
            while not wait([future], timeout=TICK_SECONDS).done:
                self._tick()
            if not _is_lost(future):
                return future.result()
            self._executor.renew(1)
        return _killed(suspect)

    def _alone_in_cluster(self, lost: list[Task], suspects: list[Task]) -> Iterator[tuple[Task, TaskResult]]:
        """Take one run that Dask gave up as failed; of several, try the first again by itself."""
        for task, suspect in zip(lost, suspects, strict=True):
            if len(task.cells) == 1:
                yield task, _killed(task)
            else:
                self._again.append(suspect)


def _is_lost(future: Future[TaskResult]) -> bool:
    error = future.exception() if future.done() and not future.cancelled() else None
    return error is not None and is_lost(error)


def _killed(task: Task) -> TaskResult:
    return TaskResult(failed={cell.key: Failure(RunError(KILLED), KILLED) for cell in task.cells})
