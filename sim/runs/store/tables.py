"""Tables as Parquet files, and SQL over them, by DuckDB.

What a compared run leaves is one file: its tables one below the other, told apart by a column `table`. One file
and not several, because most of the time goes into opening and closing: 3.5 ms a run against 7 ms. All tables of a
replication are a folder of files, with a manifest of types and checksums.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.runs.arms import COLUMNS, Arms, Replication
from sim.runs.store.catalogue import COLUMNS as CATALOGUE_COLUMNS
from sim.runs.store.catalogue import Facts
from sim.runs.store.files import checksum, one_clear_error
from sim.scenario.census import CensusNote

if TYPE_CHECKING:
    from sim.runs.store.store import Store

LABEL: Final = "arsim"
"""Under this name the file carries its facts."""
AT_ONCE: Final = 200
"""Files read by one query."""
MANIFEST: Final = "manifest.json"
TEXT: Final = ("object", "str", "category")
WHO: Final = ("scenario", "future", "strategy", "seed", "replication", "key")
"""Columns of the catalogue that stand in front of every table in SQL."""

_FIELDS: Final = {name: kind for columns in COLUMNS.values() for name, kind in columns.items()}
_SQL: Final = {"str": "VARCHAR", "float64": "DOUBLE", "int64": "BIGINT"}
# Said, because the type of a column that is empty in one run could not be guessed from its values.
_TYPED: Final = ", ".join(
    f'CAST("{field}" AS {_SQL[kind]}) AS "{field}"' for field, kind in {"table": "str", **_FIELDS}.items()
)
_local = threading.local()


def connection() -> duckdb.DuckDBPyConnection:
    """Return this thread's connection to an empty database in memory; making one costs more than writing a run."""
    if not hasattr(_local, "connection"):
        _local.connection = duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": True})
    found: duckdb.DuckDBPyConnection = _local.connection
    return found


def write_arms(arms: Arms, facts: Facts, file: Path) -> None:
    """Write the unlabelled tables of one run with its facts."""
    database = connection()
    database.register("run", _stacked(arms))
    label = facts.json().replace("'", "''")
    try:
        database.execute(
            f"COPY (SELECT {_TYPED} FROM run) TO '{quoted(file)}' "
            f"(FORMAT parquet, COMPRESSION zstd, KV_METADATA {{{LABEL}: '{label}'}})"
        )
    finally:
        database.unregister("run")


def quoted(file: Path) -> str:
    """Return a path as it may stand between single quotes."""
    return str(file).replace("'", "''")


def _stacked(arms: Arms) -> dict[str, Any]:
    """Return the tables below each other as columns; what a table lacks is masked, which is NULL in the file."""
    lengths = [len(getattr(arms, name)) for name in COLUMNS]
    n = sum(lengths)
    columns: dict[str, Any] = {"table": np.repeat(np.array(list(COLUMNS), dtype=object), lengths)}
    for field, kind in _FIELDS.items():
        columns[field] = (
            np.full(n, None, dtype=object) if kind == "str" else np.ma.MaskedArray(np.zeros(n, dtype=kind), mask=True)
        )
    first = 0
    for (name, fields), length in zip(COLUMNS.items(), lengths, strict=True):
        table = getattr(arms, name)
        for field, kind in fields.items():
            columns[field][first : first + length] = table[field].to_numpy(object if kind == "str" else kind)
        first += length
    return columns


def read_arms(files: Sequence[Path]) -> list[Arms]:
    """Read runs, in the order of their files."""
    found: list[Arms] = []
    for k in range(0, len(files), AT_ONCE):
        found += _read(files[k : k + AT_ONCE])
    return found


def _read(files: Sequence[Path]) -> list[Arms]:
    query = "SELECT * FROM read_parquet(?, file_row_number = true)"
    columns: dict[str, Any] = connection().execute(query, [list(map(str, files))]).fetchnumpy()
    starts = np.flatnonzero(columns["file_row_number"] == 0)
    parts = {name: _split(columns, name, starts) for name in COLUMNS}
    return [Arms(**{name: part[number] for name, part in parts.items()}) for number in range(len(starts))]


def _split(columns: Mapping[str, NDArray[Any]], name: str, starts: NDArray[np.int64]) -> list[pd.DataFrame]:
    """Return one of the tables of each file; it is made for all files at once, because making a frame is what is slow.

    Parameters
    ----------
    starts : shape (n_files,). First row of each file.
    """
    rows = np.flatnonzero(columns["table"] == name)
    every = pd.DataFrame(
        {field: pd.Series(_plain(columns[field][rows], kind), dtype=kind) for field, kind in COLUMNS[name].items()}
    )
    bounds = [*np.searchsorted(rows, starts), len(rows)]
    return [every.iloc[a:b].reset_index(drop=True) for a, b in pairwise(bounds)]


def _plain(values: NDArray[Any], kind: str) -> NDArray[Any]:
    """Return values without a mask; a missing number is NaN."""
    if not isinstance(values, np.ma.MaskedArray):
        return values
    return values.filled(np.nan) if kind == "float64" else values.data


def read_facts(files: Iterable[Path]) -> dict[str, Facts]:
    """Return the facts of runs by path; files of which there are none are left out."""
    paths = list(map(str, files))
    found: dict[str, Facts] = {}
    query = "SELECT file_name, decode(value) FROM parquet_kv_metadata(?) WHERE decode(key) = ?"
    for k in range(0, len(paths), AT_ONCE):
        rows = connection().execute(query, [paths[k : k + AT_ONCE], LABEL]).fetchall()
        found |= {name: Facts.read(json.loads(text)) for name, text in rows}
    return found


def read_kpis(files: Sequence[Path]) -> dict[str, dict[str, float]]:
    """Return KPI → value of runs, by path."""
    found: dict[str, dict[str, float]] = {str(file): {} for file in files}
    query = "SELECT filename, kpi, value FROM read_parquet(?, filename = true) WHERE \"table\" = 'outcomes'"
    for k in range(0, len(files), AT_ONCE):
        columns: dict[str, Any] = connection().execute(query, [list(map(str, files[k : k + AT_ONCE]))]).fetchnumpy()
        values = _plain(columns["value"], "float64").tolist()
        for name, kpi, value in zip(columns["filename"], columns["kpi"], values, strict=True):
            found[str(name)][str(kpi)] = value
    return found


def write_whole(replication: Replication, facts: Facts, folder: Path) -> bytes:
    """Write every table, then the manifest; return the manifest's content."""
    types, checks = {}, {}
    for name, table in replication.tables.items():
        file = folder / f"{name}.parquet"
        write_parquet(table, file)
        types[name] = {str(column): str(kind) for column, kind in table.dtypes.items()}
        checks[name] = checksum(file.read_bytes())
    manifest = {
        "facts": asdict(facts),
        "census_notes": [asdict(note) for note in replication.census_notes],
        "seconds_build": replication.seconds_build,
        "seconds_run": replication.seconds_run,
        "types": types,
        "checksums": checks,
    }
    content = json.dumps(manifest, ensure_ascii=False, indent=1).encode()
    (folder / MANIFEST).write_bytes(content)
    return content


def write_parquet(table: pd.DataFrame, file: Path) -> None:
    """Write a table in its own row order; the same content gives the same bytes.

    One thread, a fixed row group and compression, types read from all rows, and text as text, whatever a category or
    an empty column was before, leave nothing to chance.
    """
    database = connection()
    database.execute("SET pandas_analyze_sample = 0")
    text = {c: table[c].astype("str") for c in table.columns if str(table[c].dtype) in TEXT}
    database.register("whole", table.assign(**text))
    form = "FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880"
    try:
        database.execute(f"COPY (SELECT * FROM whole) TO '{quoted(file)}' ({form})")
    finally:
        database.unregister("whole")


def read_parquet(file: Path) -> pd.DataFrame:
    """Read a table that `write_parquet` wrote."""
    table: pd.DataFrame = connection().execute("SELECT * FROM read_parquet(?)", [str(file)]).df()
    return table


def read_whole(folder: Path) -> Replication:
    """Read what `write_whole` wrote; types and the order of rows are as they were."""
    manifest = read_manifest(folder)
    tables = {name: read_parquet(folder / f"{name}.parquet").astype(types) for name, types in manifest["types"].items()}
    notes = [CensusNote(**{**note, "first_five": tuple(note["first_five"])}) for note in manifest["census_notes"]]
    return Replication(tables, notes, manifest["seconds_build"], manifest["seconds_run"])


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder of tables."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def whole_facts(folder: Path) -> Facts:
    """Return what is known of the run."""
    return Facts.read(read_manifest(folder)["facts"])


def is_whole(folder: Path, check: str) -> bool:
    """Whether the manifest has the checksum of the folder's name, and every table the one of the manifest."""
    try:
        if checksum((folder / MANIFEST).read_bytes()) != check:
            return False
        checks = read_manifest(folder)["checksums"]
        return all(checksum((folder / f"{name}.parquet").read_bytes()) == own for name, own in checks.items())
    except OSError:
        return False


def ask(store: Store, query: str) -> pd.DataFrame:
    """Return the answer to one query in SQL.

    Tables: `runs` (the catalogue of finished runs), and `outcomes`, `territories`, `daily`, `decisions`, `dose` with
    the columns scenario, future, strategy, seed, replication and key in front of their own.
    """
    with one_clear_error(store.folder), duckdb.connect(":memory:") as database:
        _declare(database, store)
        answer: pd.DataFrame = database.execute(query).df()
        return answer


def export(store: Store, folder: Path) -> list[Path]:
    """Write every finished run as five Parquet files, one for each table; return the files."""
    written = []
    with one_clear_error(folder), duckdb.connect(":memory:") as database:
        folder.mkdir(parents=True, exist_ok=True)
        _declare(database, store)
        for name in ("runs", *COLUMNS):
            file = folder / f"{name}.parquet"
            database.execute(f"COPY (SELECT * FROM {name}) TO '{quoted(file)}' (FORMAT parquet, COMPRESSION zstd)")
            written.append(file)
    return written


def _declare(database: duckdb.DuckDBPyConnection, store: Store) -> None:
    rows = pd.DataFrame([asdict(row) for row in store.rows("kind = 'runs'")], columns=list(CATALOGUE_COLUMNS))
    database.register("runs", rows.assign(path=[str(store.folder / file) for file in rows["file"]]))
    paths = ", ".join(f"'{quoted(store.folder / file)}'" for file in rows["file"])
    for name, fields in COLUMNS.items():
        own = ", ".join(f'f."{field}"' for field in fields)
        who = ", ".join(f"r.{column}" for column in WHO)
        if len(rows):
            database.execute(
                f"CREATE VIEW {name} AS SELECT {who}, {own} FROM read_parquet([{paths}], filename = 'path') f "
                f"JOIN runs r USING (path) WHERE f.\"table\" = '{name}'"
            )
        else:
            empty = ", ".join(f'NULL AS "{column}"' for column in (*WHO, *fields))
            database.execute(f"CREATE VIEW {name} AS SELECT {empty} WHERE false")
