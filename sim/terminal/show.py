"""What a run shows on the terminal: a progress bar with the time that remains, and tables."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

Progress = Callable[[int, int], None]


class Count:
    """What is done so far, for the line that stopped work leaves.

    Parameters
    ----------
    unit : what is counted, in the plural.
    """

    def __init__(self, unit: str) -> None:
        self.unit = unit
        self.done = 0
        self.total = 0

    def __call__(self, done: int, total: int) -> None:
        """Take over what is reported."""
        self.done, self.total = done, total

    def __str__(self) -> str:
        return f"after {self.done} of {self.total} {self.unit}" if self.total else f"before the first {self.unit[:-1]}"


@contextmanager
def progress_bar(label: str, count: Count, quiet: bool) -> Iterator[Progress]:
    """Give the callback for the engine; it draws a bar on standard error when that is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield count
        return
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(count.unit),
        TimeElapsedColumn(),
        TextColumn("remaining"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(label, total=None)

        def report(done: int, total: int) -> None:
            count(done, total)
            bar.update(task, completed=done, total=total)

        yield report


def print_kpis(table: pd.DataFrame) -> None:
    """Print the table of `sim.metrics.table.kpi_table`: KPI, mean, the 95 % interval where there is one, unit."""
    from rich.console import Console
    from rich.table import Table

    shown = Table(title=None, box=None, pad_edge=False)
    shown.add_column("KPI")
    shown.add_column("mean", justify="right")
    shown.add_column("95 % interval", justify="right")
    shown.add_column("unit")
    for row in table.to_dict("records"):
        shown.add_row(str(row["kpi"]), number(row["mean"]), _interval(row["low"], row["high"]), str(row["unit"]))
    Console().print(shown)


def number(value: object) -> str:
    """Write a value with about four digits; '-' when there is none."""
    if not isinstance(value, int | float) or value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def _interval(low: object, high: object) -> str:
    if number(low) == "-" or number(high) == "-":
        return ""
    return f"{number(low)} … {number(high)}"
