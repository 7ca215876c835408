"""Loyalty of tracked households; everything is NaN while the panel is off."""

from __future__ import annotations

import math

from sim.metrics.cut import Cut
from sim.metrics.kpi import Kpi, divide


def share_of_requirements(cut: Cut) -> float:
    """Return the company's share of all category units bought by households that bought it at least once."""
    bought = cut.rows("households")
    if bought.empty:
        return math.nan
    mine = bought[bought["company"] == cut.company]
    buyers = bought["household"].isin(mine["household"].unique())
    return divide(float(mine["units"].sum()), float(bought.loc[buyers, "units"].sum()))


def repeat_rate(cut: Cut) -> float:
    """Return the share of the company's purchases whose buyer's next category purchase is the company's again."""
    bought = cut.rows("households")
    if bought.empty:
        return math.nan
    # stable: purchases of one day keep the order in which they were recorded
    bought = bought.sort_values("day", kind="stable")
    is_own = bought["company"] == cut.company
    following = is_own.astype("float64").groupby(bought["household"], observed=True).shift(-1)
    counted = following[is_own].dropna()
    return divide(float(counted.sum()), float(len(counted)))


def penetration(cut: Cut) -> float:
    """Return the share of panel households that bought the company at least once."""
    bought = cut.rows("households")
    if bought.empty:
        return math.nan
    buyers = bought.loc[bought["company"] == cut.company, "household"].nunique()
    return divide(float(buyers), float(cut.scenario.consumers.panel.households))


KPIS = (
    Kpi(
        "loyalty_households",
        "market",
        "units of the company ÷ all category units, over households that bought the company at least once in the span",
        "share",
        "higher",
        "Share of requirements of our buyers (tracked households; needs the panel).",
        share_of_requirements,
    ),
    Kpi(
        "repeat_households",
        "market",
        "purchases of the company followed by one of the company ÷ those followed by any (same household, in order)",
        "share",
        "higher",
        "How often a buyer comes back at the very next purchase (needs the panel).",
        repeat_rate,
    ),
    Kpi(
        "penetration_households",
        "market",
        "households that bought the company in the span ÷ households of the panel",
        "share",
        "higher",
        "Share of households that bought us at all (needs the panel).",
        penetration,
        by_territory=False,
    ),
)
