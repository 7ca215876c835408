"""How far work is: a bar on a terminal, or a line now and then, and the words for work that was stopped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import click

if TYPE_CHECKING:
    from rich.console import Console

    from sim.questions.sweeps.sweep import State

Progress = Callable[[int, int], None]
LINE_SECONDS: Final = 30.0
"""Between lines of progress where there is no terminal to draw a bar on."""


class Count:
    """What is done so far, for the line that stopped work leaves.

    Parameters
    ----------
    unit : what is counted, in the plural.
    """

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.done = 0
        self.total = 0

    def __call__(self, done: int, total: int) -> None:
        """Take over what is reported."""
        self.done, self.total = done, total

    def __str__(self) -> str:
        return f"after {self.done} of {self.total} {self.unit}" if self.total else f"before the first {self.unit[:-1]}"


class Pace:
    """How far a sweep is, its rate and the time that remains; found runs cost nothing and do not count for the rate.

    Parameters
    ----------
    clock : seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._began: float | None = None
        self.state: State | None = None

    def __call__(self, state: State) -> None:
        """Take over what is reported."""
        self.state = state
        if self._began is None and state.total:
            self._began = self._clock()

    @property
    def rate(self) -> float:
        """Runs computed a second [1/s] since the first began."""
        if self.state is None or self._began is None:
            return 0.0
        passed = self._clock() - self._began
        return (self.state.computed + self.state.failed) / passed if passed > 0 else 0.0

    def __str__(self) -> str:
        state = self.state
        if state is None or not state.total:
            prepared = state is not None and state.to_prepare
            return f"preparing {state.prepared} of {state.to_prepare} worlds" if state and prepared else "preparing"
        words = [f"{state.done} of {'at most ' if state.at_most else ''}{state.total} runs"]
        if state.found:
            words.append(f"{state.found} from the store")
        if self.rate:
            left = (state.total - state.done) / self.rate
            words += [f"{self.rate:.2g} runs/s", f"{duration(left)} remaining"]
        return ", ".join([*words, f"{state.failed} failed"])


def duration(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours when there are any."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


@contextmanager
def progress_bar(label: str, count: Count, quiet: bool) -> Iterator[Progress]:
    """Give the callback for the engine; it draws a bar on standard error when that is a terminal."""
    console = _console(quiet)
    if console is None:
        yield count
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    done = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn(count.unit))
    time_columns = (TimeElapsedColumn(), TextColumn("remaining"), TimeRemainingColumn())
    with Bar(*done, *time_columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)

        def report(done: int, total: int) -> None:
            count(done, total)
            bar.update(task, completed=done, total=total)

        yield report


@contextmanager
def pace_shown(name: str, pace: Pace, quiet: bool) -> Iterator[Callable[[State], None]]:
    """Give a callback that draws a bar on a terminal, or writes a line now and then where there is none."""
    console = _console(quiet)
    if console is None:
        yield pace if quiet else _lines(name, pace)
        return
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"))
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(name, total=None, words="preparing")

        def report(state: State) -> None:
            pace(state)
            bar.update(task, completed=state.done, total=state.total or None, words=str(pace))

        yield report


def _console(quiet: bool) -> Console | None:
    """Return standard error where a bar can be drawn on it."""
    if quiet:
        return None
    from rich.console import Console

    console = Console(stderr=True)
    return console if console.is_terminal else None


def _lines(name: str, pace: Pace) -> Callable[[State], None]:
    last = time.monotonic()

    def report(state: State) -> None:
        nonlocal last
        pace(state)
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            click.echo(f"{name}: {pace}", err=True)

    return report
