"""What the command line says of strategies (kinds, parameters, what they cost) and of KPIs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.schema import Scenario


def list_kinds() -> str:
    """Return one line for each kind of strategy: its name and first sentence."""
    from sim.scenario.describe import first_line
    from sim.strategies.registry import kinds

    width = max(len(name) for name in kinds())
    lines = [f"{name:<{width}}  {first_line(kind)}" for name, kind in kinds().items()]
    return "\n".join(lines)


def explain_kind(name: str) -> str:
    """Return the parameters of one kind (or of a user's file) with unit, bounds, default and source.

    Raises
    ------
    InputError
        When there is no such kind; with the nearest one.
    """
    from sim.scenario.describe import explain_model
    from sim.strategies.registry import kind_of

    return explain_model(kind_of(name), name)


def strategy_summary(scenario: Scenario) -> list[str]:
    """Return a line for each strategy of the scenario, after its first decision was rehearsed.

    Raises
    ------
    InputError
        When two parts of a strategy contradict each other, or its plan breaks the budget.
    """
    from sim.engine import rehearse
    from sim.strategies.plan import plan_of

    lines = []
    for name in scenario.strategies:
        cents = sum(rehearse(scenario, name).values())
        parts = " + ".join(part.kind for part in plan_of(scenario, name).parts) or "nothing"
        lines.append(f"strategy {name}: {parts}; first plan {cents / 100:,.0f} {scenario.currency} a month")
    if scenario.futures:
        lines.append(f"futures: {', '.join(scenario.futures)}")
    return lines


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
        low, high = number(row["low"]), number(row["high"])
        interval = "" if "-" in (low, high) else f"{low} … {high}"
        shown.add_row(str(row["kpi"]), number(row["mean"]), interval, str(row["unit"]))
    Console().print(shown)


def number(value: object) -> str:
    """Write a value with about four digits; '-' when there is none."""
    if not isinstance(value, int | float) or value != value:
        return "-"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
