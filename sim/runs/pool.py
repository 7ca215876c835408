"""Independent jobs, one after the other or in several processes; the results are the same."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from multiprocessing.process import BaseProcess
from typing import Any, Final, TypeVar

from sim.errors import InputError, Problem

J = TypeVar("J")
R = TypeVar("R")
Work = Callable[[Callable[[J], R], Sequence[J]], Iterator[tuple[int, R]]]
"""Runs a function of a module on every job; yields (number of the job, result) as jobs are done."""

UNGUARDED: Final = 97
"""Exit code of a worker process that came upon the call that had started it."""


@contextmanager
def workers_for(workers: int) -> Iterator[Work[Any, Any]]:
    """Give a way to run jobs: in this process for one worker, otherwise in a pool that stays up until the block ends.

    Parameters
    ----------
    workers : processes.

    Raises
    ------
    InputError
        When a script asks for processes outside `if __name__ == "__main__":`.
    """
    if workers <= 1:
        yield _here
        return
    refuse_inside_a_worker()
    others = set(multiprocessing.active_children())
    # Spawned, not forked: Numba's threads do not survive a fork.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))
    ours: set[BaseProcess] = set()

    def in_pool(function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        waiting = {pool.submit(function, job): number for number, job in enumerate(jobs)}
        ours.update(set(multiprocessing.active_children()) - others)
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    try:
        yield in_pool
    except BaseException as error:
        # After a failure or Ctrl-C the other jobs are of no use, and some are waiting in the pool already.
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        if isinstance(error, BrokenExecutor) and unguarded(ours):
            raise no_guard() from None
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def refuse_inside_a_worker() -> None:
    """End a worker process that runs the user's script instead of importing it: it would start workers of its own.

    A spawned process imports the script that started it; without a guard the script begins its work anew there.
    """
    if getattr(multiprocessing.current_process(), "_inheriting", False):
        sys.stdout.flush()
        os._exit(UNGUARDED)


def unguarded(children: Iterable[BaseProcess]) -> bool:
    """Whether one of the worker processes ended because the script has no guard."""
    family = list(children)
    # The pool's own thread collects its children too; whoever comes second sees no exit code for a moment.
    deadline = time.monotonic() + 5.0
    while any(child.exitcode is None for child in family) and time.monotonic() < deadline:
        time.sleep(0.02)
    return any(child.exitcode == UNGUARDED for child in family)


def no_guard() -> InputError:
    """Return the error for a script without a guard."""
    file = str(getattr(sys.modules["__main__"], "__file__", "the script"))
    allowed = 'a script that uses several processes must begin its work under `if __name__ == "__main__":`'
    return InputError([Problem(file, 0, "workers", "more than 1", allowed)])


def _here(function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[tuple[int, R]]:
    for number, job in enumerate(jobs):
        yield number, function(job)
