"""SQL over the store by DuckDB, and the same as files for other programs.

Tables: `runs` (the catalogue of finished runs), and `outcomes`, `territories`, `daily`, `decisions` with the columns
scenario, future, strategy, seed, replication and key in front of their own.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Final

import duckdb
import pandas as pd

from sim.runs.arms import COLUMNS
from sim.runs.store.catalogue import COLUMNS as CATALOGUE_COLUMNS
from sim.runs.store.files import one_clear_error
from sim.runs.store.tables import quoted

if TYPE_CHECKING:
    from sim.runs.store.store import Store

WHO: Final = ("scenario", "future", "strategy", "seed", "replication", "key")


def ask(store: Store, query: str) -> pd.DataFrame:
    """Return the answer to one query."""
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
