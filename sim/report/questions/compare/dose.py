"""The dose of each strategy: what it used, on the mean of its replications, and how that differs from the baseline."""

from __future__ import annotations

from typing import Final

import pandas as pd

from sim.metrics.dose import MARKET, MONTH, UNITS
from sim.questions.compare import Comparison
from sim.report.words import number
from sim.scenario.futures import PRESENT

SAME: Final = 0.005
"""What differs by less than this share of the baseline's counts as the same dose."""

MOST_PLACES: Final = 6
"""Territories that a line names, the largest change first."""


def dose_table(comparison: Comparison) -> pd.DataFrame:
    """Return strategy, month (1 the first), territory, item, value, unit: means over the replications.

    The territory is empty for what is known of the whole market alone.
    """
    rows = comparison.arms.dose
    columns = ["strategy", "month", "territory", "item", "value", "unit"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    present = rows[rows["future"] == PRESENT].assign(month=lambda table: table["day"] // MONTH + 1)
    keys = ["strategy", "month", "territory", "note"]
    table = (present.groupby(keys, sort=False)["value"].sum() / comparison.replications).reset_index()
    table = table.rename(columns={"note": "item"})
    order = {name: number for number, name in enumerate(comparison.strategies)}
    table = table.sort_values(["month", "item", "territory"], kind="stable")
    table = table.sort_values("strategy", key=lambda names: names.map(order), kind="stable", ignore_index=True)
    return table.assign(unit=table["item"].map(UNITS).fillna(comparison.scenario.currency))[columns]


def dose_rows(comparison: Comparison) -> list[list[str]]:
    """Return cells for a table: strategy, item with unit, a month's mean, the baseline's, where it differs.

    Items on which no strategy differs from the baseline are left out.
    """
    table = dose_table(comparison)
    if table.empty:
        return []
    months = max(1, -(-comparison.scenario.calendar.duration_days // MONTH))
    wide = table.pivot_table(index=["item", "unit", "territory"], columns="strategy", values="value", aggfunc="sum")
    wide = wide.reindex(columns=list(comparison.strategies)).fillna(0.0) / months
    whole, base = wide.groupby(level=["item", "unit"]).sum(), comparison.baseline
    cells = []
    for name in comparison.strategies:
        for item, unit in whole.index if name != base else ():
            places = wide.loc[(item, unit)]
            moved = (places[name] - places[base]).loc[lambda change: change.index != MARKET]
            now, before = float(whole.loc[(item, unit), name]), float(whole.loc[(item, unit), base])
            if max(abs(now - before), float(moved.abs().max()) if len(moved) else 0.0) > SAME * max(
                abs(before), abs(now)
            ):
                cells.append([name, f"{item.replace('_', ' ')} [{unit}]", number(now), number(before), _where(moved)])
    return cells


def _where(moved: pd.Series[float]) -> str:
    """Say in which territories more or less is used, the largest change first."""
    largest = moved[moved.abs() > SAME * moved.abs().max()].sort_values(key=lambda x: -x.abs(), kind="stable")
    words = [f"{place} {'+' if change > 0 else '−'}{number(abs(change))}" for place, change in largest.items()]
    return ", ".join(words[:MOST_PLACES]) + (", …" if len(words) > MOST_PLACES else "") or "–"


def dose_lines(comparison: Comparison) -> list[str]:
    """Return the lines for the terminal; one that says so where all strategies use what the baseline uses."""
    rows = dose_rows(comparison)
    if not rows:
        return [f"Dose: every strategy uses what {comparison.baseline} uses."] if not comparison.arms.dose.empty else []
    lines = [f"Dose, a month on the mean, where it differs from {comparison.baseline}:"]
    for name, item, now, before, where in rows:
        lines.append(f"  {name}, {item}: {now}, {comparison.baseline} {before}{'' if where == '–' else f'; {where}'}")
    return lines
