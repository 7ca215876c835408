"""From the files of a store to the rows of its catalogue, and whether a file is what its name says."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, get_args

from sim._version import MODEL_VERSION
from sim.runs.store.catalogue import UNKNOWN, Facts, Kind, Row
from sim.runs.store.files import checksum, parts_of, sealed
from sim.runs.store.tables import is_whole, read_facts, read_kpis, whole_facts

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
        Row.of(file, "runs", facts[file], written(root / file), kpis=kpis.get(str(root / file))) for file in files
    ]  # fmt: skip


def _others(root: Path, files: Sequence[str]) -> list[Row]:
    rows = []
    for file in files:
        kind, place = kind_of(file), root / file
        if kind == "tables":
            rows.append(Row.of(file, kind, whole_facts(place), written(place)))
        elif kind != "runs":
            content = read_json(place)
            facts, error = Facts.read(content["facts"]), last_line(content.get("error", ""))
            rows.append(Row.of(file, kind, facts, written(place), error=error))
    return rows


def read_json(place: Path) -> dict[str, Any]:
    """Return the content of a file of other numbers, or of a failed run."""
    content: dict[str, Any] = json.loads(place.read_bytes())
    return content


def last_line(error: str) -> str:
    """Return the line of a traceback that says what went wrong."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return lines[-1] if lines else ""
