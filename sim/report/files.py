"""Results as files: Parquet (by DuckDB), CSV, JSON and pictures; the same content gives the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import pandas as pd

from sim._version import __version__
from sim.report.style import Picture
from sim.runs.store.tables import write_parquet

FORMAT: Final = 1


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """Return a table without its index as CSV."""
    return frame.to_csv(index=False, lineterminator="\n").encode("utf-8")


def write_csv(frame: pd.DataFrame, file: Path) -> None:
    """Write a table without its index."""
    file.write_bytes(csv_bytes(frame))


def write_both(frame: pd.DataFrame, place: Path) -> None:
    """Write a table as `<place>.parquet` and as `<place>.csv`."""
    place.parent.mkdir(exist_ok=True)
    write_parquet(frame, place.with_name(f"{place.name}.parquet"))
    write_csv(frame, place.with_name(f"{place.name}.csv"))


def json_bytes(content: Any) -> bytes:
    """Return plain values as JSON, numbers finite; a NumPy scalar as Python's own, a date or a path as text."""
    return (json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False, default=_value) + "\n").encode("utf-8")


def _value(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else str(value)


def write_json(content: Any, file: Path) -> None:
    """Write plain values."""
    file.write_bytes(json_bytes(content))


def write_page(text: str, file: Path) -> None:
    """Write a page, with the line ends that it has."""
    file.write_bytes(text.encode("utf-8"))


def write_pictures(pictures: Iterable[Picture], folder: Path) -> Iterator[Picture]:
    """Write each picture as `figures/<key>.png` and `.svg`, and pass it on."""
    (folder / "figures").mkdir(exist_ok=True)
    for picture in pictures:
        for kind, content in picture.images.items():
            (folder / "figures" / f"{picture.key}.{kind}").write_bytes(content)
        yield picture


def manifest(timings: Mapping[str, float] | None, **facts: Any) -> dict[str, Any]:
    """Return the manifest of a folder of results: format, version, its facts and, last, the seconds of each stage."""
    stages = {str(k): float(v) for k, v in (timings or {}).items()}
    return {"format": FORMAT, "version": __version__, **facts, "timings_seconds": stages}
