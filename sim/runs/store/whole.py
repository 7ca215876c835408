"""All tables of one replication, as a folder of Parquet files with a manifest of types and checksums."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pandas as pd

from sim.engine import Replication
from sim.runs.store.facts import Facts
from sim.runs.store.files import checksum
from sim.runs.store.tables import connection, quoted
from sim.scenario.census import CensusNote

MANIFEST: Final = "manifest.json"
TEXT: Final = ("object", "str", "category")


def write_whole(replication: Replication, facts: Facts, folder: Path) -> bytes:
    """Write every table, then the manifest; return the manifest's content."""
    types, checks = {}, {}
    for name, table in replication.tables.items():
        file = folder / f"{name}.parquet"
        _write(table, file)
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


def _write(table: pd.DataFrame, file: Path) -> None:
    database = connection()
    database.execute("SET pandas_analyze_sample = 0")
    text = {c: table[c].astype("str") for c in table.columns if str(table[c].dtype) in TEXT}
    database.register("whole", table.assign(**text))
    try:
        database.execute(f"COPY (SELECT * FROM whole) TO '{quoted(file)}' (FORMAT parquet, COMPRESSION zstd)")
    finally:
        database.unregister("whole")


def read_whole(folder: Path) -> Replication:
    """Read what `write_whole` wrote; types and the order of rows are as they were."""
    manifest = read_manifest(folder)
    tables = {name: _read(folder / f"{name}.parquet", types) for name, types in manifest["types"].items()}
    notes = [CensusNote(**{**note, "first_five": tuple(note["first_five"])}) for note in manifest["census_notes"]]
    return Replication(tables, notes, manifest["seconds_build"], manifest["seconds_run"])


def _read(file: Path, types: dict[str, str]) -> pd.DataFrame:
    table: pd.DataFrame = connection().execute("SELECT * FROM read_parquet(?)", [str(file)]).df()
    return table.astype(types)


def read_manifest(folder: Path) -> dict[str, Any]:
    """Return the manifest of a folder of tables."""
    manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_bytes())
    return manifest


def whole_facts(folder: Path) -> Facts:
    """Return what is known of the run."""
    return Facts(**read_manifest(folder)["facts"])


def is_whole(folder: Path, check: str) -> bool:
    """Whether the manifest has the checksum of the folder's name, and every table the one of the manifest."""
    try:
        if checksum((folder / MANIFEST).read_bytes()) != check:
            return False
        checks = read_manifest(folder)["checksums"]
        return all(checksum((folder / f"{name}.parquet").read_bytes()) == own for name, own in checks.items())
    except OSError:
        return False
