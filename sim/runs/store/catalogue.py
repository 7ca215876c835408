"""The catalogue: an SQLite index of the store's files that many processes read and write; nothing is only here.

A row holds what is known of a run besides its tables, and its KPI values, so that thousands of finished runs are taken
up by one query.

Write-ahead logging lets readers and writers be; it needs a local disk. A row is not synced to disk by itself: the file
it speaks of is, and whatever a power failure takes from the catalogue comes back from the files.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, astuple, dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Literal

from sim._version import MODEL_VERSION
from sim.runs.cells import Cell
from sim.scenario.resolved import schema_hash

Kind = Literal["runs", "tables", "values", "failed"]
"""Folders of the store: runs as comparisons need them, all tables of a run, other numbers of a run, runs that failed.
"""

BUSY_SECONDS: Final = 60.0
LAYOUT: Final = 3
"""Number of this layout of the catalogue; one of another layout is made anew from the files."""


@dataclass(frozen=True)
class Facts:
    """Where a run came from. The key decides what it is; names here are those of whoever ran it first.

    Attributes
    ----------
    scenario, scenario_hash : name and hash of the scenario as it was run; the store keeps a copy under the hash.
    future, strategy : names.
    replication : number that fixes the luck, together with the seed.
    seconds : of simulating and measuring. [s]
    created : time of writing, UTC, ISO 8601.
    model_version : of `sim._version`.
    part : what was made of the run when it was not only measured; '' for a plain run.
    schema_hash : hash of the fields that a scenario had, '' where an older program wrote none.
    """

    scenario: str
    scenario_hash: str
    future: str
    strategy: str
    seed: int
    replication: int
    seconds: float = 0.0
    created: str = ""
    model_version: int = MODEL_VERSION
    part: str = ""
    schema_hash: str = field(default_factory=schema_hash)

    @classmethod
    def of(cls, cell: Cell, hashed: str, part: str = "") -> Facts:
        """Return what is known of a cell before it has run; `hashed` is the hash of its scenario."""
        return cls(cell.scenario.name, hashed, cell.future, cell.strategy, cell.seed, cell.luck, part=part)

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Facts:
        """Return facts from a file; those of another layout count as of model version 0, which is older than any."""
        known = {own.name: found[own.name] for own in fields(cls) if own.name in found}
        known.setdefault("schema_hash", "")
        try:
            return cls(**known)
        except TypeError:
            return replace(UNKNOWN, **{**known, "model_version": 0})

    def now(self, seconds: float | None = None) -> Facts:
        """Return the facts with the present time, and with the seconds it took when given."""
        took = self.seconds if seconds is None else round(seconds, 3)
        return replace(self, created=datetime.now(UTC).isoformat(timespec="milliseconds"), seconds=took)

    def json(self) -> str:
        """Return the facts as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=True)


UNKNOWN: Final = Facts("unknown", "", "", "", 0, 0, model_version=0, schema_hash="")
"""Stands for a file that says nothing of itself that this version can read."""


@dataclass(frozen=True, kw_only=True)
class Row(Facts):
    """One file of the store, and the facts of its run.

    Attributes
    ----------
    file : path within the store.
    error : last line of the traceback of a failed run, otherwise ''.
    kpis : KPI → value of a finished run as JSON; {} for other files.
    written : when the file was written, as the disk says. [ns]
    """

    file: str
    key: str
    kind: Kind
    status: Literal["finished", "failed"]
    checksum: str
    error: str = ""
    kpis: str = "{}"
    written: int = 0

    @classmethod
    def about(
        cls,
        file: str,
        kind: Kind,
        facts: Facts,
        written: int,
        *,
        error: str = "",
        kpis: Mapping[str, float] | None = None,
    ) -> Row:
        """Return the row of a file; key and checksum stand in its name."""
        key, checksum = Path(file).name.split(".")[:2]
        status: Literal["finished", "failed"] = "failed" if kind == "failed" else "finished"
        # SQL has no NaN.
        values = json.dumps({kpi: None if value != value else value for kpi, value in (kpis or {}).items()})
        return cls(
            file=file,
            key=key,
            kind=kind,
            status=status,
            checksum=checksum,
            error=error,
            kpis=values,
            written=written,
            **asdict(facts),
        )

    @property
    def values(self) -> dict[str, float]:
        """KPI → value; NaN for one that has none."""
        return values_in(self.kpis)


COLUMNS: Final = tuple(own.name for own in fields(Row))
_NUMBERS: Final = {"seconds": "REAL", **dict.fromkeys(("seed", "replication", "model_version", "written"), "INTEGER")}
PRESENT: Final = "model_version = ? AND schema_hash = ?"
"""SQL condition of files that this program can find again, with the values of `present`."""


def present() -> tuple[int, str]:
    """Return version of the model and hash of a scenario's fields, as they are now."""
    return MODEL_VERSION, schema_hash()


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
            if self._database.execute("PRAGMA user_version").fetchone()[0] != LAYOUT:
                self._database.execute("DROP TABLE IF EXISTS files")
                self._database.execute(f"PRAGMA user_version = {LAYOUT}")
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

    def measured(self, keys: Iterable[str]) -> Iterator[tuple[str, str, int, str]]:
        """Yield (key, file, when it was written [ns], its KPI values as JSON) of the finished runs among the keys."""
        query = (
            "SELECT f.key, f.file, f.written, f.kpis FROM json_each(?) j JOIN files f ON f.key = j.value "
            "AND kind = 'runs' ORDER BY f.file DESC"
        )
        yield from self._database.execute(query, (json.dumps(list(keys)),))

    def rows(self, where: str = "1", values: Iterable[object] = ()) -> list[Row]:
        """Return rows that meet an SQL condition, oldest first."""
        query = f"SELECT * FROM files WHERE {where} ORDER BY created, file"
        return [Row(**dict(zip(COLUMNS, row, strict=True))) for row in self._database.execute(query, tuple(values))]

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


def values_in(text: str) -> dict[str, float]:
    """Return KPI values from the JSON of a row."""
    return {kpi: math.nan if value is None else value for kpi, value in json.loads(text).items()}
