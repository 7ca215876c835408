"""Files that are wholly there or not there: temporary name, fsync, a checksum in the name, atomic rename.

A file is called `<key>.<checksum><suffix>`, so the rename that makes it visible also seals its content. Names that do
not look like this are not taken for runs.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from sim.errors import StoreError

CHECK_DIGITS: Final = 16
SEALED: Final = re.compile(rf"([0-9a-f]{{32}})\.([0-9a-f]{{{CHECK_DIGITS}}})(\.\w+)?")
FULL: Final = (errno.ENOSPC, errno.EDQUOT)
TEMPORARY, QUARANTINE, SCENARIOS, MEMORIES = "tmp", "quarantine", "scenarios", "sweeps"


def checksum(content: bytes) -> str:
    """Return the checksum of a file's content as it stands in its name."""
    return hashlib.sha256(content).hexdigest()[:CHECK_DIGITS]


def parts_of(name: str) -> tuple[str, str] | None:
    """Return (key, checksum) of a sealed name, None for any other."""
    found = SEALED.fullmatch(name)
    return (found[1], found[2]) if found else None


def seal(root: Path, kind: str, key: str, suffix: str, fill: Callable[[Path], None]) -> Path:
    """Write a file and give it its name when it is safe on disk.

    Parameters
    ----------
    root : the store's folder.
    kind : folder within the store.
    fill : writes the content into the file that it is given.
    """
    part = _temporary(root)
    try:
        fill(part)
        file = _place(root, kind, key) / f"{key}.{checksum(part.read_bytes())}{suffix}"
        sync(part)
        os.replace(part, file)
    finally:
        part.unlink(missing_ok=True)
    sync(file.parent)
    return file


def seal_folder(root: Path, kind: str, key: str, fill: Callable[[Path], bytes]) -> Path:
    """Write a folder and give it its name when all of it is safe on disk.

    Parameters
    ----------
    fill : writes into the folder that it is given, and returns the content that the checksum in the name is of.
    """
    part = _temporary(root)
    part.mkdir()
    try:
        check = checksum(fill(part))
        folder = _place(root, kind, key) / f"{key}.{check}"
        rename_folder(part, folder)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return folder


def rename_folder(part: Path, folder: Path) -> None:
    """Put a complete folder under its final name; what is there already under that name stays."""
    for file in part.iterdir():
        sync(file)
    sync(part)
    try:
        os.rename(part, folder)
    except OSError:
        # Another process may have written the same content under the same name.
        if not folder.is_dir():
            raise
    sync(folder.parent)


def temporary_folder(root: Path) -> Path:
    """Make an empty folder for what will be renamed."""
    part = _temporary(root)
    part.mkdir()
    return part


def _temporary(root: Path) -> Path:
    folder = root / TEMPORARY
    folder.mkdir(exist_ok=True)
    # The writer's number lets `gc` tell what a killed process left from what is being written.
    return folder / f"{os.getpid()}-{uuid.uuid4().hex}"


def _place(root: Path, kind: str, key: str) -> Path:
    """Return the folder of a key, one of 256: a flat folder of 100,000 files is slow on many disks."""
    folder = root / kind / key[:2]
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        sync(folder.parent)
    return folder


def sealed(root: Path, kind: str) -> Iterator[str]:
    """Yield every sealed file or folder of a kind, as a path within the store, in no order."""
    for shard in _entries(root / kind):
        for entry in _entries(Path(shard.path)):
            if parts_of(entry.name) is not None:
                yield f"{kind}/{shard.name}/{entry.name}"


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except (FileNotFoundError, NotADirectoryError):
        return []


def sync(place: Path) -> None:
    """Wait until a file's content, or a folder's list of names, is on disk."""
    handle = os.open(place, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def set_aside(root: Path, file: str) -> str:
    """Move a damaged file or folder out of the way, for whoever wants to look at it; return its new place."""
    folder = root / QUARANTINE
    folder.mkdir(exist_ok=True)
    goal = folder / Path(file).name
    if goal.exists():
        goal = goal.with_name(f"{goal.name}.{uuid.uuid4().hex[:6]}")
    with suppress(FileNotFoundError):
        os.rename(root / file, goal)
    return str(goal)


@contextmanager
def one_clear_error(root: Path) -> Iterator[None]:
    """Turn every way in which a disk says that it is full, or can't be written, into one error.

    DuckDB and SQLite have errors of their own for it; what is finished stays either way.
    """
    import sqlite3

    import duckdb

    try:
        yield
    except OSError as error:
        raise StoreError(_sentence(root, error.errno in FULL, str(error))) from error
    except (duckdb.Error, sqlite3.Error) as error:
        full = "No space left" in str(error) or "disk is full" in str(error) or "quota" in str(error)
        raise StoreError(_sentence(root, full, str(error))) from error


def _sentence(root: Path, full: bool, words: str) -> str:
    if full:
        return f"{root}: the disk is full; finished runs are kept: free some space and repeat the command"
    return f"{root}: {' '.join(words.split())}"
