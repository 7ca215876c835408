"""A run as a folder: scenario, numbers, tables, pictures and one page, with a manifest that is written last."""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import platform
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

import pandas as pd

from sim.ledger.result import RunResult
from sim.metrics.table import kpi_by, kpi_table
from sim.report.figures import pictures as draw_pictures
from sim.report.files import csv_bytes, json_bytes, manifest
from sim.report.run_page import report_html
from sim.runs.store.tables import write_parquet
from sim.scenario.resolved import carried_files, resolved_yaml, scenario_hash

PACKAGES = ("numpy", "pandas", "scipy", "numba", "simpy", "matplotlib", "duckdb")


class RunWriter(Protocol):
    """Where the parts of a run go; names are relative, with `/` between folder and file."""

    def data(self, name: str, content: bytes) -> None:
        """Keep a file."""
        ...

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Keep a table."""
        ...


class FolderWriter:
    """Keeps the parts of a run as files of a folder; each file appears whole or not at all."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._written: set[Path] = set()

    def data(self, name: str, content: bytes) -> None:
        """Write a file."""
        file, part = self._places(name)
        part.write_bytes(content)
        os.replace(part, file)

    def table(self, name: str, frame: pd.DataFrame) -> None:
        """Write a table as `tables/<name>.parquet`."""
        file, part = self._places(f"tables/{name}.parquet")
        write_parquet(frame, part)
        os.replace(part, file)

    def forget_older(self) -> None:
        """Remove tables and pictures that an earlier run left in the same folder."""
        for pattern in ("tables/*.parquet", "figures/*.png", "figures/*.svg"):
            for file in self.folder.glob(pattern):
                if file not in self._written:
                    file.unlink()

    def _places(self, name: str) -> tuple[Path, Path]:
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        self._written.add(file)
        return file, file.with_name(file.name + ".part")


def write_run(result: RunResult, folder: str | Path, *, timings: Mapping[str, float] | None = None) -> Path:
    """Write a run as a folder and return the folder.

    Parameters
    ----------
    result : what `sim.run` returned.
    folder : made when it is missing; a run that is already there is replaced.
    timings : seconds by stage, for the manifest and the page. They are the only part that differs between two
        runs of the same scenario.
    """
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    (target / "manifest.json").unlink(missing_ok=True)
    writer = FolderWriter(target)
    facts = export(result, writer, timings=timings)
    writer.forget_older()
    writer.data("manifest.json", json_bytes(facts))
    return target


def export(result: RunResult, writer: RunWriter, *, timings: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Hand every part of a run to a writer and return the manifest, which is for the caller to keep last."""
    inputs = _inputs(result, writer)
    for name in sorted(result.tables):
        writer.table(name, result.tables[name])
    kpis = kpi_table(result)
    writer.data("kpis.csv", csv_bytes(kpis))
    writer.data("kpis_by_territory.csv", csv_bytes(kpi_by(result, by="territory").dropna(subset=["mean"])))
    pictures = list(draw_pictures(result))
    for picture in pictures:
        for kind, content in picture.images.items():
            writer.data(f"figures/{picture.key}.{kind}", content)
    page = report_html(result, pictures=pictures, kpis=kpis, timings=timings)
    writer.data("report.html", page.encode("utf-8"))
    return _manifest(result, inputs, timings)


def _inputs(result: RunResult, writer: RunWriter) -> dict[str, str]:
    """Write the resolved scenario, and the files it needs beside it; return the hash of each input."""
    hashes = {"scenario": scenario_hash(result.scenario)}
    files = carried_files(result.scenario)
    for name, source in files.items():
        content = source.read_bytes()
        writer.data(name, content)
        hashes[Path(name).stem] = hashlib.sha256(content).hexdigest()
    writer.data("scenario.yaml", resolved_yaml(result.scenario, files).encode("utf-8"))
    return hashes


def _manifest(result: RunResult, inputs: dict[str, str], timings: Mapping[str, float] | None) -> dict[str, Any]:
    facts = {
        "scenario": result.scenario.name,
        "seed": int(result.seed),
        "replications": list(result.seeds),
        "inputs_sha256": inputs,
        "tables": {n: {"rows": len(f), "columns": list(map(str, f.columns))} for n, f in sorted(result.tables.items())},
    }
    machine = {"python": platform.python_version(), "machine": platform.machine()}
    packages = {name: importlib.metadata.version(name) for name in PACKAGES}
    own = {"platform": machine | packages, "run": {str(k): v for k, v in result.manifest.items()}}
    return manifest(timings, **facts) | own
