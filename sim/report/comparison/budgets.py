"""What the strategies were to spend and what they spent: the first line of everything that a comparison says."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from sim.questions.compare import Comparison
from sim.report.style import number
from sim.scenario.futures import PRESENT

EQUAL: Final = 0.01
"""Spending that differs by less than this share counts as equal."""


def budget_table(comparison: Comparison) -> pd.DataFrame:
    """Return planned and realised spending of every strategy in the stated world.

    Returns
    -------
    Columns strategy, planned_per_month (mean over reviews and replications; NaN where no plan was written down, as
    for a baseline without a strategy), spending (KPI, whole measured span), both in currency, and planned_relative,
    spending_relative: the difference to the baseline's as a share of it.
    """
    names = list(comparison.strategies)
    planned = _planned(comparison).reindex(names) / 100.0
    table = comparison.outcomes(kpis=["spending"])
    spent = table.groupby("strategy", observed=True)["value"].mean().reindex(names)
    base = comparison.baseline
    return pd.DataFrame({
        "strategy": names, "planned_per_month": planned.to_numpy(), "spending": spent.to_numpy(),
        "planned_relative": _relative(planned, base), "spending_relative": _relative(spent, base),
    })  # fmt: skip


def budget_line(table: pd.DataFrame, baseline: str, currency: str) -> str:
    """Return the line that says whether the strategies spend alike.

    Parameters
    ----------
    table : what `budget_table` returns.
    currency : name of the currency.
    """
    rows = {str(r["strategy"]): r for _, r in table.iterrows()}
    base = rows[baseline]
    apart = [_apart(name, row, base, currency) for name, row in rows.items() if name != baseline]
    unequal = [text for text in apart if text]
    if unequal:
        return "Unequal budgets: " + "; ".join(unequal) + "."
    if np.isnan(base["spending"]):
        return "Budgets unknown: no spending was recorded."
    return f"Equal budgets: all spend within 1 % of {baseline} ({number(float(base['spending']))} {currency})."


def _planned(comparison: Comparison) -> pd.Series:
    """Return the planned budget of each strategy that wrote one down. [cents/month]."""
    rows = comparison.arms.decisions
    rows = rows[(rows["part"] == "budget") & (rows["future"] == PRESENT)]
    each = rows.groupby(["strategy", "replication", "day"], observed=True)["value"].sum()
    return each.groupby(level="strategy").mean()


def _relative(values: pd.Series, baseline: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    base = float(values[baseline])
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(values == base, 0.0, (values.to_numpy(dtype=np.float64) - base) / abs(base))


def _apart(name: str, row: pd.Series, base: pd.Series, currency: str) -> str:
    """Say how far a strategy's spending is from the baseline's; nothing when both spend alike."""
    planned, spent, against = float(row["planned_relative"]), float(row["spending_relative"]), base["strategy"]
    plans = ""
    if abs(planned) >= EQUAL:
        plans = f"{number(float(row['planned_per_month']))} against {number(float(base['planned_per_month']))}"
        plans += f" {currency} a month"
    if abs(spent) >= EQUAL:
        of = f"{number(float(row['spending']))} against {number(float(base['spending']))} {currency}"
        return f"{name} spends {_percent(spent)} than {against} ({of}{f'; planned {plans}' if plans else ''})"
    return f"{name} plans to spend {_percent(planned)} than {against} ({plans})" if plans else ""


def _percent(share: float) -> str:
    if np.isinf(share):
        return "more" if share > 0 else "less"
    return f"{abs(share) * 100:.{1 if abs(share) < 0.1 else 0}f} % {'more' if share > 0 else 'less'}"
