"""Independent jobs, one after the other or in several processes; the results are the same."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from typing import Any, TypeVar

J = TypeVar("J")
R = TypeVar("R")
Work = Callable[[Callable[[J], R], Sequence[J]], Iterator[tuple[int, R]]]
"""Runs a function of a module on every job; yields (number of the job, result) as jobs are done."""


@contextmanager
def workers_for(workers: int) -> Iterator[Work[Any, Any]]:
    """Give a way to run jobs: in this process for one worker, otherwise in a pool that stays up until the block ends.

    Parameters
    ----------
    workers : processes.
    """
    if workers <= 1:
        yield _here
        return
    others = set(multiprocessing.active_children())
    # Spawned, not forked: Numba's threads do not survive a fork.
    pool = ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))

    def in_pool(function: Callable[[Any], Any], jobs: Sequence[Any]) -> Iterator[tuple[int, Any]]:
        waiting = {pool.submit(function, job): number for number, job in enumerate(jobs)}
        for future in as_completed(waiting):
            yield waiting[future], future.result()

    try:
        yield in_pool
    except BaseException:
        # After a failure or Ctrl-C the other jobs are of no use, and some are waiting in the pool already.
        for child in set(multiprocessing.active_children()) - others:
            child.terminate()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _here(function: Callable[[J], R], jobs: Sequence[J]) -> Iterator[tuple[int, R]]:
    for number, job in enumerate(jobs):
        yield number, function(job)
