"""Tasks through a host, a bounded number at a time; dead workers are replaced and what they had in hand runs again."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import Final

from sim.runs.hosts import Host, Work, is_lost
from sim.runs.task import Left, Task, Values

MOST_KILLS: Final = 3
"""Workers that a run may kill while it runs alone, before it counts as failed."""
KILLED: Final = f"WorkerKilled: the process that ran it died {MOST_KILLS} times (killed, out of memory, or crashed)"
TICK_SECONDS: Final = 0.5

Look = Callable[[Iterable[str]], dict[str, Values]]


class Dispatcher:
    """Sends tasks and yields what they leave.

    Parameters
    ----------
    work : a function of a module, run by the workers.
    look : returns the values of those of some runs that were kept before their worker died.
    tick : called at least every half second.
    """

    def __init__(self, host: Host, work: Work, look: Look, tick: Callable[[], None]) -> None:
        self.host, self.work, self.look, self.tick = host, work, look, tick
        self._again: deque[Task] = deque()
        self._flight: dict[Future[Left], Task] = {}

    def run(self, tasks: Iterable[Task]) -> Iterator[tuple[Task, Left]]:
        """Yield (task, what it left) as tasks end; a task that lost its worker may come in pieces.

        Raises
        ------
        ArsimError
            When going on is of no use, such as with a full disk.
        """
        waiting = iter(tasks)
        while True:
            # Only a few at a time: tasks are made as they are needed and 10,000 of them never lie in memory.
            while len(self._flight) < self.host.width:
                task = self._again.popleft() if self._again else next(waiting, None)
                if task is None:
                    break
                self._flight[self.host.submit(self.work, task)] = task
            if not self._flight:
                return
            done, _ = wait(self._flight, timeout=TICK_SECONDS, return_when=FIRST_COMPLETED)
            self.tick()
            yield from self._settle(done)

    def _settle(self, done: set[Future[Left]]) -> Iterator[tuple[Task, Left]]:
        """Take over what is done; after the death of a worker also what shared its fate."""
        if self.host.shared_fate and any(_is_lost(future) for future in done):
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

    def _recover(self, lost: list[Task]) -> Iterator[tuple[Task, Left]]:
        """Take over what was kept, run each suspect alone, and queue the rest again."""
        suspects = []
        for task in lost:
            kept = self.look(key for key, _ in task.runs.values()) if self.host.writes else {}
            if kept:
                yield task, Left(values=kept)
            labels = [label for label, (key, _) in task.runs.items() if key not in kept]
            if labels:
                # Runs are kept in their order, so only the first one that is missing can have been in hand.
                suspects.append(task.only(labels[:1]))
                self._again.extend(task.only([label]) for label in labels[1:])
        if not self.host.shared_fate:
            yield from self._alone_in_cluster(lost, suspects)
            return
        self.host.renew(1)
        for suspect in suspects:
            yield suspect, self._alone(suspect)
        self.host.renew()

    def _alone(self, suspect: Task) -> Left:
        """Run one run with the only worker there is, so that a death is its doing, or a blow from outside."""
        for _ in range(MOST_KILLS):
            future = self.host.submit(self.work, suspect)
            while not wait([future], timeout=TICK_SECONDS).done:
                self.tick()
            if not _is_lost(future):
                return future.result()
            self.host.renew(1)
        return _killed(suspect)

    def _alone_in_cluster(self, lost: list[Task], suspects: list[Task]) -> Iterator[tuple[Task, Left]]:
        """Take one run that Dask gave up as failed; of several, try the first again by itself."""
        for task, suspect in zip(lost, suspects, strict=True):
            if len(task.runs) == 1:
                yield task, _killed(task)
            else:
                self._again.append(suspect)


def _is_lost(future: Future[Left]) -> bool:
    error = future.exception() if future.done() and not future.cancelled() else None
    return error is not None and is_lost(error)


def _killed(task: Task) -> Left:
    return Left(failed={key: KILLED for key, _ in task.runs.values()})
