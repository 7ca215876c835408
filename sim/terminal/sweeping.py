"""The work behind `arsim sweep`: run an experiment, write it, and say what happened."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.storing import SHOWN_DIGITS, opened

if TYPE_CHECKING:
    from sim.experiment.sweeps.sweep import How, State, Sweep

LINE_SECONDS: Final = 30.0
"""Between lines of progress where there is no terminal to draw a bar on."""
MOST_FAILURES: Final = 10
"""Failed runs listed on the terminal; failures.csv has all."""


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


def how_of(workers: int | None, dask: str | None, fresh: bool, limit: int | None) -> How:
    """Return how a sweep is run; with a worker for each processor when the user does not say how many."""
    from sim.experiment.sweeps.sweep import How

    return How(workers or len(os.sched_getaffinity(0)), dask, fresh, limit)


def sweep_and_write(file: str, how: How, out: Path, store: Path, pace: Pace, *, quiet: bool) -> tuple[Path, Sweep]:
    """Run the experiment of a file and write it to `out/<experiment>/<id>-sweep/`.

    Parameters
    ----------
    store : folder of the store of runs.
    pace : takes the progress, for the line of a stopped sweep.

    Returns
    -------
    folder : with the results.
    sweep : what was measured.
    """
    from sim.experiment.sweeps.load import load_experiment
    from sim.experiment.sweeps.plan import refuse_above
    from sim.experiment.sweeps.sweep import run_sweep
    from sim.report.sweep.write import write_sweep
    from sim.scenario.resolved import scenario_hash, write_resolved

    experiment = load_experiment(file)
    refuse_above(experiment, how.limit)
    base = experiment.base
    run_id = f"{new_run_id(scenario_hash(base))}-sweep"
    with run_folder(out / base.name, run_id, lambda place: write_resolved(base, place)) as folder:
        with opened(store) as shelf, shown(base.name, pace, quiet) as progress:
            assert shelf is not None
            sweep = run_sweep(experiment, shelf, how, progress)
        write_resolved(base, folder.partial)
        write_sweep(sweep, folder.partial)
    return folder.final, sweep


@contextmanager
def shown(name: str, pace: Pace, quiet: bool) -> Iterator[Callable[[State], None]]:
    """Give a callback that draws a bar on a terminal, or writes a line now and then where there is none."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet:
        yield pace
    elif console.is_terminal:
        with _bar(name, pace, console) as report:
            yield report
    else:
        yield _lines(name, pace)


@contextmanager
def _bar(name: str, pace: Pace, console: object) -> Iterator[Callable[[State], None]]:
    from rich.progress import BarColumn, Progress, TextColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.fields[words]}"))
    with Progress(*columns, console=console, transient=True) as bar:  # type: ignore[arg-type]
        task = bar.add_task(name, total=None, words="preparing")

        def report(state: State) -> None:
            pace(state)
            bar.update(task, completed=state.done, total=state.total or None, words=str(pace))

        yield report


def _lines(name: str, pace: Pace) -> Callable[[State], None]:
    last = time.monotonic()

    def report(state: State) -> None:
        nonlocal last
        pace(state)
        if time.monotonic() - last >= LINE_SECONDS:
            last = time.monotonic()
            click.echo(f"{name}: {pace}", err=True)

    return report


def summary(sweep: Sweep) -> list[str]:
    """Return what is said at the end: counts, and the first failures with how to repeat them."""
    state = sweep.state
    lines = [
        f"{len(sweep.table)} rows of {state.total} different runs: {state.found} from the store, "
        f"{state.computed} computed, {state.failed} failed; {duration(sweep.seconds)}"
    ]
    for row in sweep.failures.head(MOST_FAILURES).to_dict("records"):
        lines.append(
            f"failed: point {row['point']}, {row['strategy']}, replication {row['replication']}: {row['error']}; "
            f"again: arsim run --key {row['key'][:SHOWN_DIGITS]} --debug"
        )
    if len(sweep.failures) > MOST_FAILURES:
        lines.append(f"… and {len(sweep.failures) - MOST_FAILURES} more, see failures.csv")
    return lines


def failed_words(sweep: Sweep, folder: Path) -> str:
    """Return the line that a sweep with failed runs ends with."""
    state = sweep.state
    return (
        f"{state.failed} of {state.total} runs failed, see {folder / 'failures.csv'}; the others are kept, and the "
        "same command tries the failed ones again"
    )


def stopped_words(file: str, pace: Pace, store: Path) -> str:
    """Return the line of a sweep that was stopped by Ctrl-C."""
    return f"stopped: {pace}; finished runs are kept in {store}, and the same command on {file} goes on from there"
