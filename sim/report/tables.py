"""Tables as Parquet files by DuckDB and as CSV, facts as JSON: the same content gives the same bytes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd


def write_parquet(frame: pd.DataFrame, file: Path) -> None:
    """Write a table in its own row order.

    One thread, a fixed row group and compression, and types read from all rows leave nothing to chance.
    """
    target = str(file).replace("'", "''")
    with duckdb.connect(":memory:", config={"threads": 1, "preserve_insertion_order": True}) as database:
        database.execute("SET pandas_analyze_sample = 0")
        database.register("source", _plain(frame))
        database.execute(
            f"COPY (SELECT * FROM source) TO '{target}' (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE 122880)"
        )


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table without its index."""
    frame.to_csv(file, index=False, lineterminator="\n", encoding="utf-8")


def write_json(content: Any, file: Path) -> None:
    """Write plain values, numbers finite."""
    text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False) + "\n"
    file.write_bytes(text.encode("utf-8"))


def read_parquet(file: Path) -> pd.DataFrame:
    """Read a table that `write_parquet` wrote."""
    with duckdb.connect(":memory:", config={"threads": 1}) as database:
        return database.execute("SELECT * FROM read_parquet(?)", [str(file)]).df()


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """Return the table with text as text; what a category or an empty column holds would depend on its history."""
    text = [c for c in frame.columns if frame[c].dtype == object or isinstance(frame[c].dtype, pd.CategoricalDtype)]
    return frame.assign(**{c: frame[c].astype("str") for c in text}) if text else frame
