"""The work behind the commands that take an experiment file: run it, write it, and say what happened."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from sim.terminal.folder import new_run_id, run_folder
from sim.terminal.pace import Pace, shown
from sim.terminal.storing import opened

if TYPE_CHECKING:
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.sweep import How, State
    from sim.runs.store import Store

Found = TypeVar("Found")


@dataclass(frozen=True)
class Work(Generic[Found]):
    """How one of these commands works.

    Attributes
    ----------
    kind : ends the name of the folder.
    check : refuses an experiment of more runs than the file, or the user's limit, allows.
    run, write : get what there is to find, and write it into a folder.
    summary : what is said at the end.
    failed : what is said when runs failed; empty when none did.
    """

    kind: str
    check: Callable[[Experiment, int | None], object]
    run: Callable[[Experiment, Store, How, Callable[[State], None]], Found]
    write: Callable[[Found, Path], None]
    summary: Callable[[Found], list[str]]
    failed: Callable[[Found, Path], str] = lambda *_: ""


def how_of(workers: int | None, dask: str | None, fresh: bool, limit: int | None) -> How:
    """Return how runs are computed; with a worker for each processor when the user does not say how many."""
    from sim.questions.sweeps.sweep import How

    return How(workers or len(os.sched_getaffinity(0)), dask, fresh, limit)


def ask_and_write(
    work: Work[Found], file: str, how: How, out: Path, store: Path, pace: Pace, *, quiet: bool
) -> tuple[Path, Found]:
    """Run the experiment of a file and write what was found to `out/<experiment>/<id>-<kind>/`.

    Parameters
    ----------
    store : folder of the store of runs.
    pace : takes the progress, for the line of stopped work.

    Returns
    -------
    folder : with the results.
    found : what was found.
    """
    from sim.questions.sweeps.load import load_experiment
    from sim.scenario.resolved import scenario_hash, write_resolved

    experiment = load_experiment(file)
    work.check(experiment, how.limit)
    base = experiment.base
    run_id = f"{new_run_id(scenario_hash(base))}-{work.kind}"
    with run_folder(out / base.name, run_id, lambda place: write_resolved(base, place)) as folder:
        with opened(store) as shelf, shown(base.name, pace, quiet) as progress:
            assert shelf is not None
            found = work.run(experiment, shelf, how, progress)
        write_resolved(base, folder.partial)
        work.write(found, folder.partial)
    return folder.final, found


def stopped_words(file: str, pace: Pace, store: Path) -> str:
    """Return the line of work that was stopped by Ctrl-C."""
    return f"stopped: {pace}; finished runs are kept in {store}, and the same command on {file} goes on from there"
