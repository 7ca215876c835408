"""What can go from a store: leftovers of killed processes, runs that no command reads any more, what was set aside."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sim._version import MODEL_VERSION
from sim.runs.store.files import MEMORIES, QUARANTINE, TEMPORARY, one_clear_error
from sim.runs.store.store import SCENARIOS, Store


@dataclass(frozen=True)
class Rubbish:
    """A file or folder that can go.

    Attributes
    ----------
    file : path within the store.
    """

    file: str
    reason: str
    size_bytes: int


def rubbish(store: Store) -> list[Rubbish]:
    """Return what can go."""
    found = [*_leftovers(store), *_set_aside(store), *_old_runs(store), *_doubles(store), *_scenarios(store)]
    found += _memories(store)
    # A file can go for two reasons; one is enough.
    return list({file: Rubbish(file, reason, _size(store.folder / file)) for file, reason in reversed(found)}.values())


def collect(store: Store) -> list[Rubbish]:
    """Remove what can go, and return it."""
    with one_clear_error(store.folder):
        gone = rubbish(store)
        for piece in gone:
            place = store.folder / piece.file
            if place.is_dir():
                shutil.rmtree(place, ignore_errors=True)
            else:
                place.unlink(missing_ok=True)
        store.refresh()
        return gone


def _leftovers(store: Store) -> Iterator[tuple[str, str]]:
    for place in (store.folder / TEMPORARY).glob("*-*"):
        if not _lives(place.name.split("-")[0]):
            yield f"{TEMPORARY}/{place.name}", "left by a killed process"


def _lives(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except (ProcessLookupError, ValueError):
        return False
    except PermissionError:
        return True
    return True


def _set_aside(store: Store) -> Iterator[tuple[str, str]]:
    for place in (store.folder / QUARANTINE).glob("*"):
        yield f"{QUARANTINE}/{place.name}", "damaged, was set aside"


def _old_runs(store: Store) -> Iterator[tuple[str, str]]:
    for row in store.older():
        yield row.file, f"of model version {row.model_version}, this is {MODEL_VERSION}"


def _doubles(store: Store) -> Iterator[tuple[str, str]]:
    """Two processes may have finished the same run at the same time."""
    first: set[tuple[str, str]] = set()
    for row in store.rows():
        if (row.key, row.kind) in first:
            yield row.file, "is there twice"
        first.add((row.key, row.kind))


def _scenarios(store: Store) -> Iterator[tuple[str, str]]:
    used = {row.scenario_hash for row in store.rows("model_version = ?", (MODEL_VERSION,))}
    for place in (store.folder / SCENARIOS).glob("*"):
        if place.name not in used:
            yield f"{SCENARIOS}/{place.name}", "no run is of it"


def _memories(store: Store) -> Iterator[tuple[str, str]]:
    for place in (store.folder / MEMORIES).glob("*"):
        yield f"{MEMORIES}/{place.name}", "of an older version, which remembered sweeps in files of their own"


def _size(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())
