"""Where tasks run: in this process, in several of this machine, on many machines; executors behind one face.

Of the libraries for processes of one machine, `concurrent.futures` and loky were tried: with either, the death of one
worker ends the pool and loses every task that is in flight or waiting (95 of 100 with loky 3.7). So the standard
library's pool is used, and `sim.runs.execute` takes up what was lost. Dask replaces its workers by itself.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import BrokenExecutor, Future, ProcessPoolExecutor
from concurrent.futures import Executor as Pool
from importlib import import_module
from multiprocessing.process import BaseProcess
from typing import Any, Final, Self, TypeVar

from sim.errors import ArsimError, InputError, Problem

R = TypeVar("R")
READY_SECONDS: Final = 600.0
MOST_STARTS: Final = 20
DASK_LOST: Final = "KilledWorker"
UNGUARDED: Final = 97
"""Exit code of a worker process that came upon the call that had started it."""


class Executor:
    """Runs tasks; a context, so that its processes end with it.

    Attributes
    ----------
    local : whether tasks run in this very process.
    near : whether tasks run where the store's disk is, and keep their runs themselves.
    shared_fate : whether the loss of one worker loses every task that is in flight.
    """

    local, near, shared_fate = False, True, False

    @property
    def width(self) -> int:
        """Tasks in flight at most."""
        return 1

    def submit(self, function: Callable[[Any], R], task: Any) -> Future[R]:
        """Begin a task; the function is one of a module, unless tasks run in this process."""
        raise NotImplementedError

    def renew(self, workers: int | None = None) -> None:
        """Replace what is broken, by another number of workers when given, and wait until it is ready."""

    def close(self) -> None:
        """End its processes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def executor_for(workers: int = 1, dask: str | None = None) -> Executor:
    """Return where tasks run.

    Parameters
    ----------
    workers : processes of this machine; 1 stays in this one.
    dask : address of a Dask scheduler, instead of processes of this machine.

    Raises
    ------
    InputError
        When the cluster does not answer.
    """
    if dask is not None:
        return Dask(dask)
    return Processes(workers) if workers > 1 else InProcess()


def is_lost(error: BaseException) -> bool:
    """Whether an error says that a worker died, and not that its task failed."""
    return isinstance(error, BrokenExecutor) or type(error).__name__ == DASK_LOST


class InProcess(Executor):
    """The process that asks, one task after the other."""

    local = True

    def submit(self, function: Callable[[Any], R], task: Any) -> Future[R]:
        """Run a task at once."""
        future: Future[R] = Future()
        try:
            future.set_result(function(task))
        except Exception as error:  # noqa: BLE001 - handed on to whoever asks the future
            future.set_exception(error)
        return future


class Processes(Executor):
    """Processes of this machine, spawned once: they load the program and its compiled kernels when they begin.

    Parameters
    ----------
    workers : processes.
    """

    shared_fate = True

    def __init__(self, workers: int) -> None:
        refuse_inside_a_worker()
        self.workers = workers
        self._pool: ProcessPoolExecutor | None = None
        self._children: list[BaseProcess] = []

    @property
    def width(self) -> int:
        """Two tasks a worker, so that none waits for the parent."""
        return 2 * self.workers

    def submit(self, function: Callable[[Any], R], task: Any) -> Future[R]:
        """Begin a task; a broken pool says so in the future."""
        if self._pool is None:
            self.renew()
        assert self._pool is not None
        try:
            return self._pool.submit(function, task)
        except BrokenExecutor as error:
            future: Future[R] = Future()
            future.set_exception(error)
            return future

    def renew(self, workers: int | None = None) -> None:
        """End the old processes and start new ones; a kill while they start only starts them again."""
        for _ in range(MOST_STARTS):
            self.close()
            if self._started(self.workers if workers is None else workers):
                return
        raise ArsimError(f"worker processes died {MOST_STARTS} times as they started; finished runs are kept")

    def _started(self, count: int) -> bool:
        before = set(multiprocessing.active_children())
        spawn = multiprocessing.get_context("spawn")
        self._pool = ProcessPoolExecutor(count, mp_context=spawn, initializer=begin_worker)
        try:
            asked = [self._pool.submit(ready) for _ in range(count)]
            self._children = list(set(multiprocessing.active_children()) - before)
            for future in asked:
                future.result(READY_SECONDS)
        except BrokenExecutor:
            if unguarded(self._children):
                raise no_guard() from None
            return False
        return True

    def close(self) -> None:
        """End the processes, whatever they are at."""
        if self._pool is not None:
            for child in self._children:
                child.terminate()
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool, self._children = None, []


class Dask(Executor):
    """A cluster of Dask; its workers need arsim installed, but no shared disk.

    Parameters
    ----------
    address : of the scheduler, such as tcp://10.0.0.1:8786.

    Raises
    ------
    InputError
        When the extra `distributed` is not installed, or nobody answers at the address.
    """

    near = False

    def __init__(self, address: str, timeout_seconds: float = 15.0) -> None:
        try:
            distributed = import_module("distributed")
        except ModuleNotFoundError:
            allowed = 'needs the package distributed; run: pip install "arsim[distributed]"'
            raise InputError([Problem("--dask", 0, "package", "distributed", allowed)]) from None
        try:
            self._client = distributed.Client(address, timeout=timeout_seconds, set_as_default=False)
        except (OSError, ValueError, TimeoutError) as error:
            reason = " ".join(str(error).split())
            allowed = f"must be the address of a running Dask scheduler ({reason})"
            raise InputError([Problem("--dask", 0, "address", address, allowed)]) from None
        self._executor: Pool = self._client.get_executor(pure=False)

    @property
    def width(self) -> int:
        """Two tasks for each core that the cluster has now."""
        cores: int = sum(self._client.ncores().values())
        return max(2, 2 * cores)

    def submit(self, function: Callable[[Any], R], task: Any) -> Future[R]:
        """Begin a task; Dask itself tries it again when its worker dies."""
        return self._executor.submit(function, task)

    def close(self) -> None:
        """Leave the cluster; without waiting, Dask cancels what is still to run."""
        self._executor.shutdown(wait=False)
        self._client.close()


def begin_worker() -> None:
    """Prepare a worker process: Ctrl-C is the parent's to handle, and a parent that is gone takes its workers along."""
    import signal

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()


def _end_with(sentinel: int) -> None:
    from multiprocessing.connection import wait

    wait([sentinel])
    os._exit(1)


def ready() -> None:
    """Load what every task needs."""
    import_module("sim.runs.task")


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
