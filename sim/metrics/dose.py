"""The dose: what a strategy really used, by month and territory: people, money by driver, ground.

Two plans with the same words can differ in what they move; a difference of profit means little before that is known.
Money that our books know by territory (platforms, advertising, displays) stands by territory, the rest for the market.
"""

from __future__ import annotations

from typing import Final

import pandas as pd

from sim.metrics.cut import Cut
from sim.metrics.money import LOGISTICS, OTHER, PEOPLE, PROMOTION

MONTH: Final = 30
MARKET: Final = ""
"""Where a row is not about one territory."""

BY_TERRITORY: Final = {"platform": "platform_cents", "advertising": "advertising_cents", "displays": "display_cents"}
BOOKED: Final = tuple(
    account
    for account in (*PROMOTION, *PEOPLE, *LOGISTICS, *OTHER)
    if account not in ("platform", "advertising", "display_cost")
)
UNITS: Final = {"advisors": "persons", "promoters": "promoter-days", "ground": "territories"}
"""Units of the items; all others are money of the scenario's currency."""


def dose(cut: Cut) -> pd.DataFrame:
    """Return what our company used, month by month.

    Returns
    -------
    day : first day of a month of thirty days.
    note : the item: `advisors` (mean number at work), `promoters` (days of them), `ground` (mean part of the month in
        which the territory was open), and money by driver in currency.
    territory : empty for the whole market.
    value : in the unit of `UNITS`, or in currency. Zeros are left out.
    """
    n_days = cut.rows("territory").groupby("day")["day"].first()
    lengths = (n_days // MONTH * MONTH).value_counts()
    parts = [_people(cut), _promoters(cut), *_of_territories(cut, lengths), _money(cut)]
    table = pd.concat([part for part in parts if not part.empty], ignore_index=True)
    kept = table[table["value"] != 0.0]
    return kept.sort_values(["day", "note", "territory"], kind="stable", ignore_index=True)


def _summed(rows: pd.DataFrame, values: pd.Series[float], item: str) -> pd.DataFrame:
    """Return sums by month and territory; nothing when there are no rows."""
    if rows.empty:
        return pd.DataFrame()
    month, place = rows["day"] // MONTH * MONTH, rows["territory"].astype(str)
    total = values.groupby([month, place]).sum()
    return total.rename("value").rename_axis(["day", "territory"]).reset_index().assign(note=item)


def _people(cut: Cut) -> pd.DataFrame:
    """Mean number of advisors over the days of the month on which any was at work."""
    rows = cut.rows("advisor")
    if rows.empty:
        return pd.DataFrame()
    days = rows.groupby(rows["day"] // MONTH * MONTH)["day"].nunique()
    table = _summed(rows, pd.Series(1.0, index=rows.index), "advisors")
    return table.assign(value=table["value"] / table["day"].map(days))


def _promoters(cut: Cut) -> pd.DataFrame:
    """Days of promoters; every brand of a company counts them, so one brand is enough."""
    rows = cut.own("brand_territory")
    rows = rows if rows.empty else rows[rows["brand"] == rows["brand"].iloc[0]]
    return rows if rows.empty else _summed(rows, rows["promoters"].astype(float), "promoters")


def _of_territories(cut: Cut, lengths: pd.Series[int]) -> list[pd.DataFrame]:
    rows = cut.rows("territory")
    if rows.empty:
        return []
    ground = _summed(rows, rows["open_ground"].astype(float), "ground")
    spent = [_summed(rows, rows[column] / 100.0, item) for item, column in BY_TERRITORY.items()]
    return [ground.assign(value=ground["value"] / ground["day"].map(lengths)), *spent]


def _money(cut: Cut) -> pd.DataFrame:
    """What the books know for the whole market only."""
    books = cut.rows("money")
    if books.empty:
        return books
    ours = (books["tier"] == "manufacturer") & (books["party"] == cut.company) & books["account"].isin(BOOKED)
    rows = books[ours]
    total = (rows["amount_cents"] / 100.0).groupby([rows["day"] // MONTH * MONTH, rows["account"].astype(str)]).sum()
    table = total.rename("value").rename_axis(["day", "note"]).reset_index()
    return table.assign(territory=MARKET)
