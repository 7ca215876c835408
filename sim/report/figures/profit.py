"""Where our revenue goes: a waterfall from revenue to profit by driver."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.metrics.money import BALANCE_ACCOUNTS, GOODS, LOGISTICS, PEOPLE, PROMOTION
from sim.report.figures.axis import number_axis, whiskers
from sim.report.frames import Result, measured, one_value, ours, replications, subtitle
from sim.report.style import BAD, GOOD, INK, MUTED, alike, nothing, page, percent, styled

TITLE = "From revenue to profit"
CAPTION = (
    "Our company's profit-and-loss accounts over the measured span, grouped by driver. Each step starts where the "
    "one before ended; percentages are of revenue, whiskers the interval of the step's amount."
)
TRADE = ("rebate_cost", "display_cost", "exclusive_cost", "services_cost")
DRIVERS = {
    "revenue": ("revenue",),
    "goods": GOODS,
    "trade": TRADE,
    "promotion": tuple(a for a in PROMOTION if a not in TRADE),
    "people": PEOPLE,
    "logistics": LOGISTICS,
    "overhead": ("overhead",),
}
WORDS = {
    "revenue": "Revenue",
    "goods": "Cost of goods",
    "trade": "Trade terms,\ndisplays",
    "promotion": "Promotion,\nadvertising",
    "people": "People,\ntravel",
    "logistics": "Logistics",
    "overhead": "Overhead",
    "other": "Other\n(net)",
    "profit": "Profit",
}


@dataclass(frozen=True)
class Step:
    """One bar: its driver, the mean amount, and the half width of the interval. [currency units]."""

    driver: str
    amount: float
    reach: float


def steps(result: Result) -> list[Step]:
    """Return the steps of the waterfall; the last is the profit."""
    rows = measured(result, "money", ["tier", "party", "account", "amount_cents"])
    rows = rows[
        (rows["tier"] == "manufacturer") & (rows["party"] == ours(result)) & ~rows["account"].isin(BALANCE_ACCOUNTS)
    ]
    if not len(rows):
        return []
    driver = {account: d for d, accounts in DRIVERS.items() for account in accounts}
    rows = rows.assign(driver=rows["account"].map(lambda a: driver.get(str(a), "other")))
    sums = -rows.pivot_table(index="replication", columns="driver", values="amount_cents", aggfunc="sum", fill_value=0)
    sums = sums.reindex(replications(result)).fillna(0) / 100.0
    found = [_step(d, sums[d]) for d in [*DRIVERS, "other"] if d in sums.columns]
    return [*found, _step("profit", sums.sum(axis=1))]


def _step(driver: str, amounts: pd.Series) -> Step:
    mean, reach = one_value(amounts.tolist())
    return Step(driver, mean, reach)


@styled
def figure(result: Result) -> Figure:
    """Return the waterfall of our company."""
    found = steps(result)
    if not any(abs(s.amount) > 0 for s in found):
        return nothing(TITLE, "Our company earned and spent nothing in the measured span.")
    currency = result.scenario.currency
    fig = page(TITLE, subtitle(result, f"our company, in {currency}"), height=5.4)
    _waterfall(fig.add_subplot(), found, currency)
    return fig


def _waterfall(axes: Axes, found: list[Step], currency: str) -> None:
    level, tops, bottoms, ends = 0.0, [], [], []
    for step in found:
        start = 0.0 if step.driver in ("revenue", "profit") else level
        level = start + step.amount
        bottoms.append(min(start, level))
        tops.append(max(start, level))
        ends.append(level)
    at = [float(i) for i in range(len(found))]
    axes.bar(
        at,
        [t - b for t, b in zip(tops, bottoms, strict=True)],
        bottom=bottoms,
        color=[_colour(s) for s in found],
        width=0.62,
    )
    whiskers(axes, at, ends, [s.reach for s in found])
    for i in range(len(found) - 1):
        axes.plot([at[i] + 0.31, at[i + 1] - 0.31], [ends[i], ends[i]], color=MUTED, linewidth=0.8)
    highest = max([*tops, 0.0, *(e + s.reach for e, s in zip(ends, found, strict=True))])
    lowest = min([*bottoms, 0.0, *(e - s.reach for e, s in zip(ends, found, strict=True))])
    height = highest - lowest
    revenue = next((s.amount for s in found if s.driver == "revenue"), 0.0)
    for place, step, top in zip(at, found, tops, strict=True):
        share = f"\n{percent(step.amount / revenue)}" if revenue > 0 and step.driver != "revenue" else ""
        y = max(top, step.reach + ends[int(place)]) + height * 0.015
        axes.text(
            place,
            y,
            alike(step.amount, highest) + share,
            ha="center",
            va="bottom",
            fontsize=8.5,
            color=INK,
            linespacing=1.3,
        )
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.set_ylim(lowest - height * 0.03, highest + height * 0.14)
    axes.set_xticks(at, [WORDS[s.driver] for s in found])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(currency)
    number_axis(axes.yaxis)


def _colour(step: Step) -> str:
    if step.driver == "profit":
        return GOOD if step.amount >= 0 else BAD
    return "#3B6EA5" if step.amount >= 0 else "#D9A08F"
