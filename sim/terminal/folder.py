"""Folders of runs: complete, or not there under that name."""

from __future__ import annotations

import os
import shutil
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sim._version import __version__
from sim.errors import InputError, Problem, RunError


@dataclass(frozen=True)
class RunFolder:
    """Where a run is written.

    Attributes
    ----------
    partial : the folder to write into, beside the final one.
    final : the name it gets when the run is complete.
    """

    partial: Path
    final: Path


def new_run_id(digest: str, now: datetime | None = None) -> str:
    """Return the time (UTC) and the beginning of the scenario's hash, e.g. 20260105-081500-3f9a2c1b."""
    return f"{now or datetime.now(UTC):%Y%m%d-%H%M%S}-{digest[:8]}"


@contextmanager
def run_folder(parent: Path, run_id: str, keep_scenario: Callable[[Path], object]) -> Iterator[RunFolder]:
    """Give a temporary folder that takes its final name only when the block ends well.

    A failure leaves `<run id>.failed` with the scenario and the traceback. Ctrl-C, bad input and a run that failed
    (the store keeps it) leave nothing; a killed process leaves a hidden `.<run id>.partial`, which no reader takes for
    a run.

    Parameters
    ----------
    parent : the scenario's results folder.
    run_id : name of the run; a number is added when it is taken.
    keep_scenario : writes the scenario into the folder that it is given.

    Raises
    ------
    InputError
        When nothing can be written there.
    """
    try:
        parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError([Problem(str(parent), 0, "--out", error.strerror or "error", "must be writable")]) from None
    folder = _claim(parent, run_id)
    try:
        yield folder
        os.replace(folder.partial, folder.final)
    except (KeyboardInterrupt, InputError, RunError):
        shutil.rmtree(folder.partial, ignore_errors=True)
        raise
    except BaseException:
        shutil.rmtree(folder.partial, ignore_errors=True)
        _keep_failure(folder.final.with_name(folder.final.name + ".failed"), keep_scenario)
        raise


def _claim(parent: Path, run_id: str) -> RunFolder:
    """Make the partial folder of the first free name; making it is what claims the name against other processes."""
    number = 1
    while True:
        name = run_id if number == 1 else f"{run_id}-{number}"
        folder = RunFolder(parent / f".{name}.partial", parent / name)
        number += 1
        if folder.final.exists():
            continue
        try:
            folder.partial.mkdir()
        except FileExistsError:
            continue
        if not folder.final.exists():
            return folder
        # Another process finished under this name between the two looks.
        folder.partial.rmdir()


def _keep_failure(place: Path, keep_scenario: Callable[[Path], object]) -> None:
    place.mkdir(exist_ok=True)
    text = f"arsim {__version__}\n{traceback.format_exc()}"
    (place / "error.txt").write_text(text, encoding="utf-8")
    keep_scenario(place)
