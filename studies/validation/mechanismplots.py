"""Figures of the validation page: leads, platforms, distributors, rivals, learning, spare time and targets."""

# ruff: noqa: E501  (headings of figures are kept whole)

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.report.style import BAD, GOOD, MUTED, OURS, SERIES, page, styled
from studies.validation import leads as lead_study
from studies.validation.figures import GREY, band, label, mean_error, plain_logs
from studies.validation.mechanismfacts import JOBS
from studies.validation.mechanisms import BONUSES, DENSITIES, DISCOUNTS, OUTLOOKS, PLAYBOOKS, SHOPS_OF_TEAMS, TEAMS
from studies.validation.runs import Array

Results = dict[str, Any]
SWITCHES = (("off", GREY, "mechanism off"), ("on", OURS, "mechanism on"))
SHIFT = {"off": -0.2, "on": 0.2}


@styled
def leads(results: Results) -> Figure:
    """How a lead fades after the push, at home and next door."""
    figure = page(
        "A lead after its push has ended",
        "Our share of purchases with a year of doubled people and advertising in the middle one of three territories, less our share without it.\n"
        "Over eight weeks each, same market and luck. Bands: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results[lead_study.JOB]
    for ax, what, title in ((left, "home", "Where we pushed"), (right, "beside", "The two neighbours (mean)")):
        for name, colour, text in SWITCHES:
            mean, error = mean_error([r[name][what] for r in found])
            band(ax, 4.0 * np.arange(mean.shape[0]), 100 * mean, 100 * error, colour, text)
        ax.axhline(0, color=MUTED, lw=0.8)
        ax.set_xlim(0, None)
        ax.legend(loc="upper right")
        label(ax, title, "weeks since the push ended", "lead, percentage points of share")
    left.set_ylim(0, None)
    return figure


@styled
def platform(results: Results) -> Figure:
    """Platform cost of a unit and of revenue against the number of shops."""
    figure = page(
        "The platform weighs less where more is sold",
        "One territory of 12 km radius, open for us, from few shops to many. Bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results[JOBS[0]]
    mean, error = mean_error([r["a_unit"] for r in found])
    left.errorbar(DENSITIES, mean, error, color=OURS, marker="o", ms=4, capsize=2, label="measured")
    ideal = mean[0] * DENSITIES[0] / np.array(DENSITIES)
    left.plot(DENSITIES, ideal, color=GREY, ls="--", lw=1.0, label="one fixed cost over all units")
    plain_logs(left, DENSITIES, (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50))
    left.legend(loc="upper right")
    label(left, "Cost of a unit sold", "shops of the territory", "platform cost, CNY a unit")
    mean, error = mean_error([r["of_revenue"] for r in found])
    right.errorbar(DENSITIES, 100 * mean, 100 * error, color=OURS, marker="o", ms=4, capsize=2)
    right.axhspan(2, 15, color=GOOD, alpha=0.12, lw=0, label="stated beforehand: 2–15 %")
    plain_logs(right, DENSITIES, (1, 2, 5, 10, 20, 50, 100, 200, 500))
    right.legend(loc="upper right")
    label(right, "Part of our revenue", "shops of the territory", "platform cost, % of our revenue")
    return figure


@styled
def attention(results: Results) -> Figure:
    """A distributor's attention against our share of its business, and what a discount does to sales."""
    figure = page(
        "A distributor attends to those who are much of its business",
        "Left: our distributors after a year with a discount. Right: our sales in the second half of that year against those without a discount.\n"
        "Same market and luck; bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results[JOBS[1]]
    for k, discount in enumerate(DISCOUNTS):
        x, y = (100 * np.concatenate([r[what][k] for r in found]) for what in ("share", "attention"))
        left.scatter(x, y, s=14, color=SERIES[k], linewidths=0, alpha=0.75, label=f"discount {100 * discount:.0f} %")
    top = 5.0 + max(left.get_xlim()[1], left.get_ylim()[1])
    left.plot([0, top], [0, top], color=GREY, ls="--", lw=1.0, label="in proportion")
    left.set_xlim(0, top)
    left.set_ylim(0, top)
    left.legend(loc="upper left")
    label(left, "Attention", "our share of its business, %", "its attention to us, %")
    for name, colour, text in SWITCHES:
        at = [100 * d for d in (DISCOUNTS if name == "on" else (DISCOUNTS[0], DISCOUNTS[-1]))]
        mean, error = mean_error([np.array(r["sales"][name]) / r["sales"][name][0] - 1.0 for r in found])
        right.errorbar(at, 100 * mean, 100 * error, color=colour, marker="o", ms=4, capsize=2, label=text)
    right.set_xticks([100 * d for d in DISCOUNTS])
    right.legend(loc="upper left")
    label(right, "What it is worth to us", "discount for distributors, %", "change of our sales, %")
    return figure


@styled
def answers(results: Results) -> Figure:
    """How often rivals answer, in peace and under attack."""
    figure = page(
        "Rivals answer an attack more often, and mostly do not",
        "Three followers, six territories, one year; in three of the territories all our prices are a tenth lower. Same market and luck.\n"
        "Bars: standard errors over markets.",
        height=4.2,
        width=9.5,
    )
    ax = figure.subplots()
    found = results[JOBS[2]]
    places = ("peace", "beside", "war")
    for name, colour, text in SWITCHES:
        mean, error = mean_error([[r[name][p] for p in places] for r in found])
        ax.bar(np.arange(3) + SHIFT[name], 100 * mean, 0.36, yerr=100 * error, color=colour, capsize=3, label=text)
    ax.set_xticks(range(3), ["no attack", "attack, but not here", "attack here"])
    ax.axhline(4, color=BAD, ls="--", lw=1.0, label="stated beforehand: at most 4 % without an attack")
    ax.legend(loc="upper left")
    label(ax, "", "", "answers begun, % of months")
    return figure


@styled
def learning(results: Results) -> Figure:
    """What is known in the first territory and in those that follow, by months of work."""
    figure = page(
        "Who follows begins with a part of what the first has learned",
        "Efficiency of our work against a mastered programme, by months since a territory's first working day. Lines: what the head office expects;\n"
        "crosses: the truth, which nobody knows. Bands and bars: standard errors over markets.",
        height=4.4,
        width=10.5,
    )
    axes = figure.subplots(1, 2, sharey=True)
    found = results[JOBS[3]]
    for ax, name in zip(axes, PLAYBOOKS, strict=True):
        length = min(len(r[name]["second knowledge"]) for r in found)
        for order, colour, text in (("first", GREY, "first territory"), ("second", OURS, "the three that follow")):
            mean, error = mean_error([r[name][f"{order} knowledge"][:length] for r in found])
            months = np.arange(length, dtype=float)
            band(ax, months, 100 * mean, 100 * error, colour, f"{text}, expected")
            mean, error = mean_error([r[name][f"{order} efficiency"][:length] for r in found])
            shift = 0.04 if order == "second" else -0.04
            ax.errorbar(
                months + shift, 100 * mean, 100 * error, color=colour, ls="none", marker="x", ms=5, capsize=2, lw=0.9, label=f"{text}, true"
            )  # fmt: skip
        ax.set_xticks(range(length))
        label(ax, name[0].upper() + name[1:], "months of work", "% of a mastered programme" if ax is axes[0] else "")
    axes[0].set_ylim(20, 100)
    axes[0].legend(loc="lower right")
    return figure


@styled
def spare_time(results: Results) -> Figure:
    """Idle share and calls against the number of advisors."""
    figure = page(
        "More people find more work, as long as there is some",
        f"One territory of {SHOPS_OF_TEAMS} shops with few and with many advisors and the usual visit intervals. Bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2)
    found = results[JOBS[4]]
    for name, colour, text in SWITCHES:
        for ax, what, factor in ((left, "idle", 100.0), (right, "calls", 1.0)):
            mean, error = mean_error([r[name][what] for r in found])
            ax.errorbar(TEAMS, factor * mean, factor * error, color=colour, marker="o", ms=4, capsize=2, label=text)
    left.axhspan(0, 15, color=GOOD, alpha=0.12, lw=0, label="real field forces: at most 15 %, with 150–300 shops each")
    left.legend(loc="upper left")
    right.legend(loc="lower right")
    left.set_ylim(0, 119)
    left.set_yticks(range(0, 101, 20))
    right.set_ylim(0, None)
    for ax in (left, right):
        ax.set_xticks(TEAMS)
    label(left, "Idle share of the working day", "advisors", "%")
    label(right, "Calls", "advisors", "calls a month, all advisors")
    return figure


@styled
def targets(results: Results) -> Figure:
    """Effort against the outlook of the month."""
    figure = page(
        "Effort follows a bonus that is within reach",
        "Six advisors, one year, a bonus of half a month's wage. Left: work in the same time, against that for a fixed wage; mean of all working days.\n"
        "Right: the last ten of thirty days' part of the units ordered at calls. Bands and bars: standard errors over markets.",
        height=4.4,
        width=9.5,
    )
    left, right = figure.subplots(1, 2, width_ratios=(1.6, 1))
    found = results[JOBS[5]]
    promised = list(BONUSES)[-1]
    middle: Array = 100 * (OUTLOOKS[:-1] + OUTLOOKS[1:]) / 2.0
    for when, colour, text in (("late", OURS, "last ten days"), ("early", GREY, "first twenty days")):
        rows = np.array([[np.nan if v is None else v for v in r[promised][when]] for r in found], dtype=float)
        seen = np.isfinite(rows).any(axis=0)
        mean, error = mean_error(rows[:, seen].tolist())
        band(left, middle[seen], mean, np.nan_to_num(error), colour, text)
        left.plot(middle[seen], mean, "o", ms=3.5, color=colour)
    left.axvline(0, color=MUTED, lw=0.8)
    left.axhline(1, color=MUTED, lw=0.8)
    left.legend(loc="upper left")
    label(left, "Effort", "outlook: % above (+) or below (−) the target at the end", "effort, fixed wage = 1")
    mean, error = mean_error([[r[name]["late_orders"] for name in BONUSES] for r in found])
    right.bar(range(len(BONUSES)), 100 * mean, 0.5, yerr=100 * error, color=[GREY, OURS], capsize=3)
    right.axhline(100 / 3, color=MUTED, ls="--", lw=1.0)
    right.set_xticks(range(len(BONUSES)), list(BONUSES))
    label(right, "Orders late in the month", "", "% of all orders (dashed: evenly spread)")
    return figure


FIGURES = dict(
    zip(
        ("leads", "platform", "attention", "answers", "learning", "spare-time", "targets"),
        zip((lead_study.JOB, *JOBS), (leads, platform, attention, answers, learning, spare_time, targets), strict=True),
        strict=True,
    )
)
"""Name of the picture: the experiment that it shows, and what draws it."""
