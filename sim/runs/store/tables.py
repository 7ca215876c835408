"""What a compared run leaves, as one Parquet file: its four tables one below the other, told apart by a column `table`.

One file and not four, because most of the time goes into opening and closing: 3.5 ms a run against 7 ms.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Final

import duckdb
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.runs.arms import COLUMNS, Arms
from sim.runs.store.facts import Facts

LABEL: Final = "arsim"
"""Under this name the file carries its facts."""
AT_ONCE: Final = 200
"""Files read by one query."""

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
        found |= {name: Facts.of_json(text) for name, text in rows}
    return found
