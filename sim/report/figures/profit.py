"""Where our revenue goes: a waterfall from revenue to profit by driver."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.cut import Cut, Reader, cuts
from sim.metrics.kpi import Measure, total
from sim.metrics.money import GOODS, LOGISTICS, PEOPLE, PROMOTION, earned
from sim.metrics.money import profit as profit_of
from sim.metrics.weeks import one_value
from sim.report.drawing import number_axis, whiskers
from sim.report.result import subtitle
from sim.report.style import BAD, GOOD, INK, MUTED, Look, nothing, page, styled
from sim.report.words import alike, percent

TITLE = "From revenue to profit"
CAPTION = (
    "Our company's profit-and-loss accounts over the measured span, grouped by driver. Each step starts where the "
    "one before ended; percentages are of revenue, whiskers the interval of the step's amount."
)
TRADE = ("rebate_cost", "display_cost", "exclusive_cost", "listing_fee_cost", "services_cost")
DRIVERS = {
    "Revenue": ("revenue",),
    "Cost of goods": GOODS,
    "Trade terms,\ndisplays": TRADE,
    "Promotion,\nadvertising": tuple(a for a in PROMOTION if a not in TRADE),
    "People,\ntravel": PEOPLE,
    "Logistics": LOGISTICS,
    "Overhead": ("overhead", "upkeep"),
}
REVENUE, OTHER, PROFIT = "Revenue", "Other\n(net)", "Profit"


class Step(NamedTuple):
    """One bar: its driver, the mean amount, and the half width of the interval. [currency]."""

    driver: str
    amount: float
    reach: float


def steps(result: RunResult) -> list[Step]:
    """Return the steps of the waterfall, those without any posting left out; the last is the profit."""
    each = [_amounts(cut) for cut in cuts(Reader(result))]
    found = [Step(driver, *one_value(own[driver] for own in each)) for driver in (each[0] if each else {})]
    return [step for step in found if step.amount or step.reach or step.driver == PROFIT]


def _amounts(cut: Cut) -> dict[str, float]:
    """Return what each driver brought in one replication. [currency].

    Cents are whole, so that what is left for the rest is exactly nothing where every posting has its driver.
    """
    amounts = {driver: _sum(earned("manufacturer", *accounts), cut) for driver, accounts in DRIVERS.items()}
    profit = _sum(profit_of("manufacturer"), cut)
    cents = {**amounts, OTHER: profit - sum(amounts.values()), PROFIT: profit}
    return {driver: amount / 100.0 for driver, amount in cents.items()}


def _sum(measure: Measure, cut: Cut) -> float:
    return float(np.nan_to_num(total(measure, cut)))


@styled
def figure(result: RunResult) -> Figure:
    """Return the waterfall of our company."""
    found = steps(result)
    if not any(s.amount for s in found):
        return nothing(TITLE, "Our company earned and spent nothing in the measured span.")
    currency = result.scenario.currency
    fig = page(TITLE, subtitle(result, f"our company, in {currency}"), height=5.4)
    _waterfall(fig.add_subplot(), found, currency)
    return fig


def _waterfall(axes: Axes, found: list[Step], currency: str) -> None:
    at, reach = np.arange(len(found), dtype=float), np.array([s.reach for s in found])
    ends = np.cumsum([s.amount for s in found])
    ends[-1] = found[-1].amount
    wholes = (REVENUE, PROFIT)
    starts = np.array([0.0 if s.driver in wholes else end - s.amount for s, end in zip(found, ends, strict=True)])
    bottoms, tops = np.minimum(starts, ends), np.maximum(starts, ends)
    axes.bar(at, tops - bottoms, bottom=bottoms, color=[_colour(s) for s in found], width=0.62)
    whiskers(axes, at, ends, reach)
    for i in range(len(found) - 1):
        axes.plot([at[i] + 0.31, at[i + 1] - 0.31], [ends[i], ends[i]], color=MUTED, linewidth=0.8)
    highest, lowest = max(tops.max(), (ends + reach).max(), 0.0), min(bottoms.min(), (ends - reach).min(), 0.0)
    height = highest - lowest
    revenue = next((s.amount for s in found if s.driver == REVENUE), 0.0)
    look: Look = {"ha": "center", "va": "bottom", "fontsize": 8.5, "color": INK, "linespacing": 1.3}
    for place, step, top in zip(at, found, np.maximum(tops, ends + reach), strict=True):
        share = f"\n{percent(step.amount / revenue)}" if revenue > 0 and step.driver != REVENUE else ""
        axes.text(place, top + height * 0.015, alike(step.amount, highest) + share, **look)
    axes.axhline(0, color=INK, linewidth=0.9)
    axes.set_ylim(lowest - height * 0.03, highest + height * 0.14)
    axes.set_xticks(at, [s.driver for s in found])
    axes.tick_params(axis="x", length=0)
    axes.set_ylabel(currency)
    number_axis(axes.yaxis)


def _colour(step: Step) -> str:
    if step.driver == PROFIT:
        return GOOD if step.amount >= 0 else BAD
    return "#3B6EA5" if step.amount >= 0 else "#D9A08F"
