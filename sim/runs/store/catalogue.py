"""The catalogue: an SQLite index of the store's files that many processes read and write; nothing is only here.

Write-ahead logging lets readers and writers be; it needs a local disk. A row is not synced to disk by itself: the file
it speaks of is, and whatever a power failure takes from the catalogue comes back from the files.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, fields
from pathlib import Path
from typing import Final, Literal

from sim.runs.store.facts import Facts

Kind = Literal["runs", "tables", "failed"]
"""Folders of the store: runs as comparisons need them, all tables of a run, runs that failed."""

BUSY_SECONDS: Final = 60.0


@dataclass(frozen=True)
class Row:
    """One file of the store.

    Attributes
    ----------
    file : path within the store.
    error : last line of the traceback of a failed run, otherwise ''.
    """

    file: str
    key: str
    kind: Kind
    status: Literal["finished", "failed"]
    checksum: str
    scenario: str
    scenario_hash: str
    future: str
    strategy: str
    seed: int
    replication: int
    seconds: float
    created: str
    model_version: int
    error: str = ""

    @classmethod
    def of(cls, file: str, key: str, kind: Kind, checksum: str, facts: Facts, error: str = "") -> Row:
        """Return the row of a file."""
        status: Literal["finished", "failed"] = "failed" if kind == "failed" else "finished"
        return cls(file, key, kind, status, checksum, error=error, **asdict(facts))


COLUMNS: Final = tuple(field.name for field in fields(Row))
_NUMBERS: Final = {"seed": "INTEGER", "replication": "INTEGER", "seconds": "REAL", "model_version": "INTEGER"}
_TABLE: Final = (
    "CREATE TABLE IF NOT EXISTS files ("
    + ", ".join(f"{c} {_NUMBERS.get(c, 'TEXT')} NOT NULL" for c in COLUMNS)
    + ", PRIMARY KEY (file)) WITHOUT ROWID"
)


class Catalogue:
    """The index; one object for each thread.

    Parameters
    ----------
    file : the database; made when it is missing.
    """

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file, timeout=BUSY_SECONDS, isolation_level=None)
        try:
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.execute(_TABLE)
            self._database.execute("CREATE INDEX IF NOT EXISTS by_key ON files (key, kind)")
        except BaseException:
            self._database.close()
            raise

    def close(self) -> None:
        """End the connection."""
        self._database.close()

    def add(self, rows: Iterable[Row]) -> None:
        """Add or replace rows, all of them or none."""
        places = ", ".join("?" * len(COLUMNS))
        with self._at_once():
            self._database.executemany(f"INSERT OR REPLACE INTO files VALUES ({places})", map(astuple, rows))

    def drop(self, files: Iterable[str]) -> None:
        """Forget files."""
        with self._at_once():
            self._database.executemany("DELETE FROM files WHERE file = ?", [(file,) for file in files])

    def known(self, keys: Iterable[str], kind: Kind = "runs") -> dict[str, str]:
        """Return the file of each of the keys that is there."""
        query = "SELECT f.key, min(f.file) FROM json_each(?) j JOIN files f ON f.key = j.value AND kind = ? GROUP BY 1"
        return dict(self._database.execute(query, (json.dumps(list(keys)), kind)))

    def rows(self, where: str = "1", values: Iterable[object] = ()) -> list[Row]:
        """Return rows that meet an SQL condition, oldest first."""
        query = f"SELECT * FROM files WHERE {where} ORDER BY created, file"
        return [Row(*row) for row in self._database.execute(query, tuple(values))]

    def files(self) -> set[str]:
        """Return every file that is known."""
        return {file for (file,) in self._database.execute("SELECT file FROM files")}

    @contextmanager
    def _at_once(self) -> Iterator[None]:
        self._database.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._database.execute("ROLLBACK")
            raise
        self._database.execute("COMMIT")
