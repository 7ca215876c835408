"""The warm-up: whether the burn-in was long enough for the measured span to start near a steady state."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.catalogue import KPIS
from sim.metrics.series import series
from sim.metrics.warmup import WATCHED, Warmup, warmup
from sim.metrics.weeks import band_of
from sim.report.drawing import draw_band, fit_to_means, number_axis, percent_axis, time_axis
from sim.report.result import dates, subtitle, table
from sim.report.style import BAD, GOOD, INK, MUTED, nothing, page, styled
from sim.report.words import kpi_words

TITLE = "Warm-up: had the market settled?"
CAPTION = (
    "Weekly means from the first day of the burn-in (grey) on, and a smoother line. The dashed line is the day "
    "from which the series has no starting trend left; it should lie in the burn-in. With a strategy the market "
    "moves on purpose after the start, and a late line says no more than that."
)


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of the burn-in with the point from which each series has settled."""
    market = table(result, "market", ["day", "sell_out_units"])
    if not len(market) or not market["sell_out_units"].sum():
        return nothing(TITLE, "Nothing was sold, so there is no series to judge.")
    if int(market["day"].min()) >= 0:
        return nothing(TITLE, "The scenario has no burn-in: the measured span starts from the opening state.")
    checks = [warmup(result, name) for name in WATCHED]
    fig = page(TITLE, subtitle(result, "with the burn-in; measured span"), height=6.4)
    for axes, check in zip(fig.subplots(2, 2).flat, checks, strict=True):
        _check(axes, result, check)
    return fig


def _check(axes: Axes, result: RunResult, check: Warmup) -> None:
    start, is_share = result.scenario.calendar.start_date, KPIS[check.kpi].unit == "share"
    weekly = band_of(series(result, check.kpi, span=(int(check.days[0]), int(check.days[-1])), window=7))
    days: Any = dates(start, check.days)
    if np.isfinite(weekly.mean).any():
        draw_band(axes, start, weekly, "#9DB9D6", width=1.5)
        axes.plot(days, check.welch, color=INK, linewidth=1.6)
        fit_to_means(axes, [weekly], from_zero=False, ceiling=1.0 if is_share else math.inf)
    marks: Any = dates(start, [check.days[0], 0.0, np.nan_to_num(check.truncation_day)])
    begin, end, settled = marks
    axes.axvspan(begin, end, color="#EEF0F2", zorder=0, linewidth=0)
    axes.margins(x=0.01)
    axes.text(begin, 0.97, " burn-in", transform=axes.get_xaxis_transform(), va="top", fontsize=8, color=MUTED)
    if not math.isnan(check.truncation_day):
        axes.axvline(settled, color=GOOD if check.suffices else BAD, linewidth=1.6, linestyle=(0, (4, 2)))
    axes.set_title(f"{kpi_words(check.kpi)}: {_verdict(check)}", fontsize=9.5, color=INK if check.suffices else BAD)
    if is_share:
        percent_axis(axes)
    else:
        number_axis(axes.yaxis)
        axes.set_ylabel(KPIS[check.kpi].unit)
    time_axis(axes, few=True)


def _verdict(check: Warmup) -> str:
    if check.suffices is None:
        return "not settled within the record"
    if check.suffices:
        return f"settled after {check.truncation_day + check.burn_in_days:.0f} of {check.burn_in_days} days"
    return f"still moving until day {check.truncation_day:.0f}"
