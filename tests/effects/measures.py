"""What rows of effects measure: sums and means of recorded tables, columns of the world before and after."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from tests.effects.market import Market, Measure

LOST = ("lost_ordering", "lost_delivery", "lost_supply")


def _rows(market: Market, table: str, where: dict[str, Any]) -> pd.DataFrame:
    frame = market.tables[table]
    for name, wanted in where.items():
        frame = frame[frame[name].map(wanted)] if callable(wanted) else frame[frame[name] == wanted]
    return frame


def total(table: str, *columns: str, **where: Any) -> Measure:
    """Sum of columns over the rows in which each named column has the value, or satisfies the function."""
    return lambda market: float(_rows(market, table, where)[list(columns)].to_numpy(dtype=float).sum())


def mean(table: str, column: str, **where: Any) -> Measure:
    """Mean of a column."""
    return lambda market: float(_rows(market, table, where)[column].to_numpy(dtype=float).mean())


def spread(table: str, column: str, **where: Any) -> Measure:
    """Variance over mean of a column."""

    def measured(market: Market) -> float:
        values = _rows(market, table, where)[column].to_numpy(dtype=float)
        return float(values.var() / values.mean())

    return measured


def most(table: str, column: str, **where: Any) -> Measure:
    """Largest value of a column; 0 without rows."""
    return lambda market: float(_rows(market, table, where)[column].max()) if len(market.tables[table]) else 0.0


def least(table: str, column: str, **where: Any) -> Measure:
    """Smallest value of a column."""
    return lambda market: float(_rows(market, table, where)[column].min())


def number(table: str, **where: Any) -> Measure:
    """Number of rows."""
    return lambda market: float(len(_rows(market, table, where)))


def different(table: str, column: str) -> Measure:
    """Number of different values of a column."""
    return lambda market: float(market.tables[table][column].nunique())


def event(kind: str, **where: Any) -> Measure:
    """Number of events of a kind."""
    return number("events", kind=kind, **where)


def money(account: str, party: str = "ours", tier: str = "manufacturer", **where: Any) -> Measure:
    """What was posted to an account, without its sign. [cents]"""
    posted = total("money", "amount_cents", account=account, party=party, tier=tier, **where)
    return lambda market: abs(posted(market))


def ratio(above: Measure, below: Measure) -> Measure:
    """One measure over another."""
    return lambda market: above(market) / below(market)


def minus(first: Measure, second: Measure) -> Measure:
    """One measure less another."""
    return lambda market: first(market) - second(market)


def built(column: str, *place: Any) -> Measure:
    """Sum of a column of the world, or of a place in it, before the first morning."""
    return lambda market: float(np.sum(market.opening.columns[column][place], dtype=float))


def state(column: str, *place: Any) -> Measure:
    """Sum of a column of the world, or of a place in it, after the last midnight."""
    return lambda market: float(np.sum(market.world.columns[column][place], dtype=float))


def seen(take: Any) -> Measure:
    """A function of the world before the first morning."""
    return lambda market: float(take(market.opening))


def left(take: Any) -> Measure:
    """A function of the world after the last midnight."""
    return lambda market: float(take(market.world))


def size(axis: str) -> Measure:
    """Number of rows of an axis of the world."""
    return lambda market: float(market.opening.sizes[axis])


def listed_contrast(column: str, c: int) -> Measure:
    """How much more of an opening column (n_outlets, n_companies) shops have that list our first product in the end."""

    def measured(market: Market) -> float:
        there = market.world.is_listed[:, 0]
        value = market.opening.columns[column][:, c]
        return float(value[there].mean() - value[~there].mean())

    return measured


def of_large_minus_small(column: str, *place: Any) -> Measure:
    """A column's mean over the larger half of the shops less that over the smaller half, in the end."""

    def measured(market: Market) -> float:
        large = market.world.outlet_size > np.median(market.world.outlet_size)
        values = market.world.columns[column][(slice(None), *place)].astype(float)
        return float(values[large].mean() - values[~large].mean())

    return measured


def moved(column: str) -> Measure:
    """How far a column has moved from where it began, summed without sign."""
    return lambda market: float(np.abs(market.world.columns[column] - market.opening.columns[column]).sum())
