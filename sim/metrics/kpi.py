"""What a KPI is, and the daily sums of which most of them are ratios."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import pandas as pd

from sim.metrics.cut import Cut

Group = Literal["market", "service", "stock", "field", "money"]
Better = Literal["higher", "lower", "neutral"]
Measure = Callable[[Cut], pd.DataFrame]
"""Rows with `day` and `value` over the cut; no rows at all when nothing was recorded, which is not the same as 0."""


@dataclass(frozen=True)
class Parts:
    """A KPI as scale · Σ numerator / Σ denominator, both summed over the same days.

    Attributes
    ----------
    numerator, denominator : daily values; without a denominator the KPI is a plain sum, per day in a daily series.
    scale : factor, such as 365 for turns in a year.
    in_cents : whether the numerator is in cents and the value in currency.
    """

    numerator: Measure
    denominator: Measure | None = None
    scale: float = 1.0
    in_cents: bool = False

    def of(self, above: float, below: float) -> float:
        """Return the value from the two sums; NaN where they do not give one."""
        above = above * self.scale
        return divide(above / 100 if self.in_cents else above, below)


@dataclass(frozen=True)
class Kpi:
    """One indicator.

    Attributes
    ----------
    name : unique name.
    group : chapter of the catalogue.
    formula : the exact definition in words and column names.
    unit : unit; "share" is 0 … 1, "currency" is the scenario's (100 cents).
    better : direction in which a manager wants it to go.
    description : one sentence that says what it tells.
    compute : value over a cut; NaN when the data do not allow one.
    parts : the daily sums behind it, where there are any; they make a daily series possible.
    by_territory : whether the tables know it by territory.
    """

    name: str
    group: Group
    formula: str
    unit: str
    better: Better
    description: str
    compute: Callable[[Cut], float]
    parts: Parts | None = None
    by_territory: bool = True


def nothing() -> pd.DataFrame:
    """Return a measure without a single row: not recorded."""
    return pd.DataFrame({"day": pd.Series(dtype="int64"), "value": pd.Series(dtype="float64")})


def sum_columns(frame: pd.DataFrame, names: tuple[str, ...]) -> pd.DataFrame:
    """Return `day` and the sum of some columns of each row as `value`; nothing when a column was not recorded."""
    if frame.empty or not set(names) <= set(frame.columns):
        return nothing()
    value = frame[names[0]]
    for name in names[1:]:
        value = value + frame[name]
    return pd.DataFrame({"day": frame["day"], "value": value})


def own(table: str, *names: str) -> Measure:
    """Columns of a table with a `company`, over the rows of the company."""
    return lambda cut: sum_columns(cut.own(table), names)


def everyone(table: str, *names: str) -> Measure:
    """Columns of a table over all its rows."""
    return lambda cut: sum_columns(cut.rows(table), names)


def ours(table: str, *names: str) -> Measure:
    """Columns of a table that is only about our own company; nothing for any other."""
    return lambda cut: sum_columns(cut.rows(table), names) if cut.is_ours else nothing()


def days_of(table: str) -> Measure:
    """One for every day of the span, when the table has rows at all."""

    def measure(cut: Cut) -> pd.DataFrame:
        if cut.rows(table).empty:
            return nothing()
        return pd.DataFrame({"day": range(cut.first, cut.last + 1), "value": 1})

    return measure


def rows_of(table: str) -> Measure:
    """One for every row of a table about our own company."""

    def measure(cut: Cut) -> pd.DataFrame:
        frame = cut.rows(table)
        return pd.DataFrame({"day": frame["day"], "value": 1}) if cut.is_ours and not frame.empty else nothing()

    return measure


def total(measure: Measure, cut: Cut) -> float:
    """Return the sum of a measure; NaN when nothing was recorded."""
    frame = measure(cut)
    return math.nan if frame.empty else float(frame["value"].sum())


def divide(numerator: float, denominator: float) -> float:
    """Return the quotient; NaN when the denominator is 0 or either is NaN."""
    return math.nan if denominator == 0 or math.isnan(denominator) else numerator / denominator


def value_of(parts: Parts, cut: Cut) -> float:
    """Return scale · Σ numerator / Σ denominator over the cut."""
    below = 1.0 if parts.denominator is None else total(parts.denominator, cut)
    return parts.of(total(parts.numerator, cut), below)


def from_parts(
    name: str,
    group: Group,
    parts: Parts,
    *,
    formula: str,
    unit: str,
    better: Better,
    description: str,
    by_territory: bool = True,
) -> Kpi:
    """Return a KPI that is a sum or a ratio of sums."""
    return Kpi(
        name,
        group,
        formula,
        unit,
        better,
        description,
        compute=partial(value_of, parts),
        parts=parts,
        by_territory=by_territory,
    )
