"""Golden values: every KPI of two small markets, to the ninth digit. Refresh with `python -m tests.golden.refresh`.

A change of results is meant or it is a mistake. Whoever means it raises `MODEL_VERSION` in `sim/_version.py`, refreshes
the files, looks at the difference that the command prints, and writes a line under "Results change" in CHANGELOG.md.
The files carry the version that made them; other results are not written under the same version.
"""

from __future__ import annotations

import csv
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sim._version import MODEL_VERSION
from sim.metrics.table import kpi_values
from sim.runs.replications import run
from tests.markets import STRESSED, market

FOLDER = Path(__file__).parent
SHORT = {"calendar": {"burn_in_days": 14, "duration_days": 42}}
MARKETS: dict[str, dict[str, Any]] = {"default": {}, "stressed": STRESSED}
REPLICATIONS = 2
VERSION = "model_version"
Rows = dict[str, str]


def text(value: object) -> str:
    """A number in full; a missing one as an empty field."""
    number = float(value)  # type: ignore[arg-type]
    return "" if math.isnan(number) else repr(number)


def current(name: str) -> Rows:
    """KPI values of one market, by 'kpi' and replication."""
    result = run(market(MARKETS[name], SHORT), replications=REPLICATIONS)
    table = kpi_values(result)
    keys = table["kpi"] + "." + table["replication"].astype(str)
    return dict(zip(keys, map(text, table["value"]), strict=True))


def file_of(name: str) -> Path:
    return FOLDER / f"{name}.csv"


def _read(name: str) -> Rows:
    if not file_of(name).exists():
        return {}
    with file_of(name).open(encoding="utf-8", newline="") as stream:
        return dict(csv.reader(stream))


def stored(name: str) -> Rows:
    """The golden values; empty where nobody has written them yet."""
    return {key: value for key, value in _read(name).items() if key != VERSION}


def version_of(name: str) -> str:
    """The `MODEL_VERSION` that made the golden values; empty where nobody has written them yet."""
    return _read(name).get(VERSION, "")


def same(old: str | None, new: str | None) -> bool:
    """Equal but for the last digits, in which processors differ (exponentials of other vector units)."""
    if not old or not new:
        return old == new
    return math.isclose(float(old), float(new), rel_tol=1e-9, abs_tol=1e-12)


def difference(old: Rows, new: Rows) -> list[str]:
    """One line for each value that is new, gone or other."""
    return [
        f"{key}: {old.get(key, 'nothing')} -> {new.get(key, 'nothing')}"
        for key in sorted({*old, *new})
        if not same(old.get(key), new.get(key))
    ]


def refresh(name: str, values: Callable[[str], Rows] = current) -> list[str]:
    """Write the golden values of one market anew and return what changed.

    Raises
    ------
    ValueError
        When a value is other than before, or gone, under the version that made the old one.
    """
    old, new = stored(name), values(name)
    changes = difference(old, new)
    broken = difference(old, {key: value for key, value in new.items() if key in old})
    if broken and version_of(name) == str(MODEL_VERSION):
        raise ValueError("\n  ".join([f"{name}: other results under MODEL_VERSION {MODEL_VERSION}; raise it", *broken]))
    with file_of(name).open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([(VERSION, MODEL_VERSION), *new.items()])
    return changes


def main() -> None:
    for name in MARKETS:
        try:
            changes = refresh(name)
        except ValueError as error:
            sys.exit(str(error))
        print(f"{file_of(name).name}: {len(changes)} values changed", *changes, sep="\n  ")


if __name__ == "__main__":
    main()
