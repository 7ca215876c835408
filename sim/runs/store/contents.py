"""What lies in a store: the rows of its files, whether a file is what its name says, and what can go."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

from sim._version import MODEL_VERSION
from sim.runs.store.catalogue import PRESENT, UNKNOWN, Facts, Kind, Row, present
from sim.runs.store.files import MEMORIES, QUARANTINE, SCENARIOS, TEMPORARY, checksum, one_clear_error, parts_of, sealed
from sim.runs.store.tables import is_whole, read_facts, read_kpis, whole_facts
from sim.scenario.resolved import schema_hash

if TYPE_CHECKING:
    from sim.runs.store.store import Store

KINDS: Final[tuple[Kind, ...]] = get_args(Kind)


def everything(root: Path) -> set[str]:
    """Return every file of the store that the catalogue should know."""
    return {file for kind in KINDS for file in sealed(root, kind)}


def is_sound(root: Path, file: str) -> bool:
    """Whether a file or folder is there and has the checksum that its name tells."""
    place = root / file
    check = (parts_of(place.name) or ("", ""))[1]
    if kind_of(file) == "tables":
        return is_whole(place, check)
    try:
        return checksum(place.read_bytes()) == check
    except OSError:
        return False


def kind_of(file: str) -> Kind:
    """Return the folder of the store that a file lies in."""
    return next(kind for kind in KINDS if file.startswith(f"{kind}/"))


def written(place: Path) -> int:
    """Return when a file was written, as the disk says [ns]; 0 when it is not there."""
    try:
        return place.stat().st_mtime_ns
    except OSError:
        return 0


def rows_of(root: Path, files: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return a row for each sound file, and the damaged files."""
    damaged = [file for file in files if not is_sound(root, file)]
    sound = sorted(set(files) - set(damaged))
    return [*_runs(root, [f for f in sound if kind_of(f) == "runs"]), *_others(root, sound)], damaged


def _runs(root: Path, files: Sequence[str]) -> list[Row]:
    """Return the rows of finished runs, by few queries; what an older version measured is not looked into."""
    found = read_facts([root / file for file in files])
    facts = {file: found.get(str(root / file), UNKNOWN) for file in files}
    kpis = read_kpis([root / file for file, own in facts.items() if own.model_version == MODEL_VERSION])
    return [
        Row.about(file, "runs", facts[file], written(root / file), kpis=kpis.get(str(root / file))) for file in files
    ]


def _others(root: Path, files: Sequence[str]) -> list[Row]:
    rows = []
    for file in files:
        kind, place = kind_of(file), root / file
        if kind == "tables":
            rows.append(Row.about(file, kind, whole_facts(place), written(place)))
        elif kind != "runs":
            content = read_json(place)
            facts, error = Facts.read(content["facts"]), last_line(content.get("error", ""))
            rows.append(Row.about(file, kind, facts, written(place), error=error))
    return rows


def read_json(place: Path) -> dict[str, Any]:
    """Return the content of a file of other numbers, or of a failed run."""
    content: dict[str, Any] = json.loads(place.read_bytes())
    return content


def last_line(error: str) -> str:
    """Return the line of a traceback that says what went wrong."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return lines[-1] if lines else ""


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
        fields = "" if row.schema_hash == schema_hash() else ", of a program whose scenarios had other fields"
        yield row.file, f"of model version {row.model_version}, this is {MODEL_VERSION}{fields}"


def _doubles(store: Store) -> Iterator[tuple[str, str]]:
    """Two processes may have finished the same run at the same time."""
    first: set[tuple[str, str]] = set()
    for row in store.rows():
        if (row.key, row.kind) in first:
            yield row.file, "is there twice"
        first.add((row.key, row.kind))


def _scenarios(store: Store) -> Iterator[tuple[str, str]]:
    used = {row.scenario_hash for row in store.rows(PRESENT, present())}
    for place in (store.folder / SCENARIOS).glob("*"):
        if place.name not in used:
            yield f"{SCENARIOS}/{place.name}", "no run is of it"


def _memories(store: Store) -> Iterator[tuple[str, str]]:
    for place in (store.folder / MEMORIES).glob("*"):
        yield f"{MEMORIES}/{place.name}", "of an older version, which remembered sweeps in files of their own"


def _size(place: Path) -> int:
    files = place.rglob("*") if place.is_dir() else [place]
    return sum(file.stat().st_size for file in files if file.is_file())
