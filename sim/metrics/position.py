"""Who leads where: trailing sales by company, Lanchester position classes, changes of the lead.

Lanchester's marks of market position are a doctrine that users know, reported and never assumed: the model draws
nothing from them. They are 73.9 % (monopoly), 41.7 % (stability) and 26.1 % (lower target); a lead is out of reach
beyond 3 times the next share in a duel of two, and beyond 1.7 times in a field of several (Taoka & Onoda).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.cut import Cut, Reader, ResultLike, Span, cuts

TRAILING_DAYS: Final = 28
"""Days of sales behind a share that decides who leads: whole weeks, long enough that one good day is not a lead."""
NOBODY: Final = -1

MONOPOLY_SHARE: Final = 0.739
STABLE_SHARE: Final = 0.417
LOWER_SHARE: Final = 0.261
DUEL_RANGE: Final = 3.0
FIELD_RANGE: Final = 1.7

ABSENT: Final = 0
OUT_OF_RANGE: Final = 1
CHALLENGER: Final = 2
NARROW_LEADER: Final = 3
LEADER: Final = 4
STABLE: Final = 5
MONOPOLY: Final = 6
POSITION_NAMES: Final = ("absent", "out_of_range", "challenger", "narrow_leader", "leader", "stable", "monopoly")


@dataclass(frozen=True)
class Sales:
    """Trailing sales of every company.

    Attributes
    ----------
    territories, companies : names of the axes.
    units : shape (n_territories, n_days, n_companies). Units sold in the `TRAILING_DAYS` that end with each day, fewer
        at the beginning of the record. [units]
    """

    territories: tuple[str, ...]
    companies: tuple[str, ...]
    units: NDArray[np.int64]

    def market(self) -> NDArray[np.int64]:
        """Return shape (n_days, n_companies): all territories together."""
        total: NDArray[np.int64] = self.units.sum(axis=0)
        return total


def trailing_sales(cut: Cut) -> Sales | None:
    """Return trailing sales over the span, days before it included in the windows; None when nothing was recorded."""
    start = cut.first - TRAILING_DAYS + 1
    frame = cut.history("market")
    frame = frame if frame.empty else frame[frame["day"] >= start]
    if frame.empty:
        return None
    territory, territories = pd.factorize(frame["territory"].astype(object), sort=True)
    company, companies = pd.factorize(frame["company"].astype(object), sort=True)
    n_days = cut.last - start + 1
    daily = np.zeros((len(territories), n_days, len(companies)), dtype=np.int64)
    np.add.at(daily, (territory, frame["day"].to_numpy() - start, company), frame["sell_out_units"].to_numpy(np.int64))
    running = np.concatenate([np.zeros_like(daily[:, :1]), daily.cumsum(axis=1)], axis=1)
    units = running[:, TRAILING_DAYS:] - running[:, :-TRAILING_DAYS]
    return Sales(tuple(territories), tuple(companies), units)


def leaders(units: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return the company that leads on each day, `NOBODY` on a tie or without sales.

    Parameters
    ----------
    units : shape (n_days, n_companies). Trailing sales. [units]
    """
    top = units.max(axis=1)
    alone = ((units == top[:, None]).sum(axis=1) == 1) & (top > 0)
    return np.where(alone, units.argmax(axis=1), NOBODY)


def count_flips(leader: NDArray[np.intp]) -> int:
    """Return how often the lead passes to another company; days on which nobody leads are skipped."""
    led = leader[leader != NOBODY]
    return int((led[1:] != led[:-1]).sum())


def _column(sales: Sales, company: str) -> int | None:
    return sales.companies.index(company) if company in sales.companies else None


def decisive_range(n_firms: int) -> float:
    """Return the ratio of shares beyond which a lead counts as out of reach: 3 for two firms, 1.7 for more."""
    return DUEL_RANGE if n_firms <= 2 else FIELD_RANGE


def position_class(share: float, rival_share: float, n_firms: int) -> int:
    """Classify a market position; names in `POSITION_NAMES`.

    Parameters
    ----------
    share : own share of the territory, in [0, 1].
    rival_share : largest share of another company.
    n_firms : companies that sell in the territory; decides which range applies.

    Returns
    -------
    MONOPOLY from 73.9 %. STABLE from 41.7 % with a lead beyond the range. LEADER from 26.1 % while first.
    NARROW_LEADER when first with less. CHALLENGER when second or lower but within the range of the first. OUT_OF_RANGE
    when the first is beyond it. ABSENT without sales.
    """
    if share <= 0.0:
        return ABSENT
    if share >= MONOPOLY_SHARE:
        return MONOPOLY
    reach = decisive_range(n_firms)
    if share > rival_share:
        if share >= STABLE_SHARE and share >= reach * rival_share:
            return STABLE
        return LEADER if share >= LOWER_SHARE else NARROW_LEADER
    return CHALLENGER if rival_share < reach * share else OUT_OF_RANGE


def _class_of(units: NDArray[np.int64], own: int | None) -> int:
    """Return the position class of one company on one day, from shape (n_companies,) trailing sales."""
    everything = int(units.sum())
    mine = 0 if own is None else int(units[own])
    others = units if own is None else np.delete(units, own)
    rival = int(others.max()) if others.size else 0
    return int(position_class(mine / everything, rival / everything, int((units > 0).sum())))


def position_code(cut: Cut) -> float:
    """Return the position class at the end of the span, 0 (absent) … 6 (monopoly); NaN without any sales."""
    sales = trailing_sales(cut)
    if sales is None or sales.market()[-1].sum() == 0:
        return math.nan
    return float(_class_of(sales.market()[-1], _column(sales, cut.company)))


def first_territories(cut: Cut) -> float:
    """Return the share of territories that the company leads at the end of the span."""
    sales = trailing_sales(cut)
    if sales is None or sales.market()[-1].sum() == 0:
        return math.nan
    own = _column(sales, cut.company)
    led = [own is not None and int(leaders(units[-1:])[0]) == own for units in sales.units]
    return sum(led) / len(led)


def flips_per_year(cut: Cut) -> float:
    """Return changes of the leading company in a territory per year, mean over territories."""
    sales = trailing_sales(cut)
    if sales is None or sales.market().sum() == 0:
        return math.nan
    flips = [count_flips(leaders(units)) for units in sales.units]
    return sum(flips) / len(flips) * 365 / cut.n_days


def days_to_first(cut: Cut) -> float:
    """Return days from the beginning of the span until the company leads; NaN while it never does."""
    sales = trailing_sales(cut)
    own = None if sales is None else _column(sales, cut.company)
    if sales is None or own is None:
        return math.nan
    when = np.flatnonzero(leaders(sales.market()) == own)
    return float(when[0]) if when.size else math.nan


def positions(result: ResultLike, span: Span | None = None, company: str | None = None) -> pd.DataFrame:
    """Return position and leads of a company in every territory and in the whole market, per replication.

    Returns
    -------
    Columns replication, territory ('' for the whole market), share, leader ('' when tied), leader_share, position
    (name of the class), position_code, flips (changes of the lead in the span), flips_per_year. Shares are of the
    units sold in the last `TRAILING_DAYS` of the span.
    """
    rows = [row for cut in cuts(Reader(result), span, company) for row in _position_rows(cut)]
    names = ["replication", "territory", "share", "leader", "leader_share", "position", "position_code", "flips"]
    return pd.DataFrame(rows, columns=[*names, "flips_per_year"])


def _position_rows(cut: Cut) -> list[tuple[object, ...]]:
    sales = trailing_sales(cut)
    if sales is None:
        return []
    own = _column(sales, cut.company)
    scopes = [("", sales.market()), *zip(sales.territories, sales.units, strict=True)]
    return [_position_row(cut, name, units, sales.companies, own) for name, units in scopes]


def _position_row(
    cut: Cut, scope: str, units: NDArray[np.int64], companies: tuple[str, ...], own: int | None
) -> tuple[object, ...]:
    now = units[-1]
    everything = int(now.sum())
    leader = leaders(units)
    flips = count_flips(leader)
    first = "" if leader[-1] == NOBODY else companies[leader[-1]]
    if everything == 0:
        return (cut.replication, scope, math.nan, first, math.nan, "", math.nan, flips, flips * 365 / cut.n_days)
    code = _class_of(now, own)
    share = 0.0 if own is None else float(now[own]) / everything
    return (
        cut.replication,
        scope,
        share,
        first,
        float(now.max()) / everything,
        POSITION_NAMES[code],
        float(code),
        flips,
        flips * 365 / cut.n_days,
    )
