"""From the files of a store to the lines of its catalogue, and whether a file is what its name says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, get_args

from sim.runs.store.catalogue import Kind, Row
from sim.runs.store.facts import Facts
from sim.runs.store.files import checksum, parts_of, sealed
from sim.runs.store.tables import read_facts
from sim.runs.store.whole import is_whole, whole_facts

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


def rows_of(root: Path, files: Sequence[str]) -> tuple[list[Row], list[str]]:
    """Return a line for each sound file, and the damaged files."""
    damaged = [file for file in files if not is_sound(root, file)]
    sound = sorted(set(files) - set(damaged))
    facts = _facts(root, sound)
    return [_row(file, *facts[file]) for file in sound], damaged


def _row(file: str, facts: Facts, error: str) -> Row:
    key, check = parts_of(Path(file).name) or ("", "")
    return Row.of(file, key, kind_of(file), check, facts, error)


def _facts(root: Path, files: Iterable[str]) -> dict[str, tuple[Facts, str]]:
    """Return facts and error by file; the runs' by few queries."""
    read: dict[Kind, Callable[[Path, str], tuple[Facts, str]]] = {
        "tables": lambda root, file: (whole_facts(root / file), ""),
        "failed": lambda root, file: (failure(root, file)[0], last_line(failure(root, file)[1])),
    }
    runs = [file for file in files if kind_of(file) == "runs"]
    found = read_facts([root / file for file in runs])
    out = {file: (found[str(root / file)], "") for file in runs}
    return out | {file: read[kind_of(file)](root, file) for file in files if file not in out}


def failure(root: Path, file: str) -> tuple[Facts, str]:
    """Return the facts and the traceback of a failed run."""
    content = json.loads((root / file).read_bytes())
    return Facts(**content["facts"]), str(content["error"])


def last_line(error: str) -> str:
    """Return the line of a traceback that says what went wrong."""
    lines = [line.strip() for line in error.splitlines() if line.strip()]
    return lines[-1] if lines else ""
