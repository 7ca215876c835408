"""When: the cumulative gain over time, and the day on which a strategy has paid back."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.dates import date2num
from matplotlib.figure import Figure

from sim.report.comparison.cash import Measure, date_of, gain_over_time
from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import against, strategy_colours, zero_line
from sim.report.figures.axis import number_axis, spread, time_axis
from sim.report.frames import Band
from sim.report.style import INK, nothing, page, styled, told_apart

TITLE = "When: how the gain builds up"
CAPTION = (
    "The sum of daily gains on the baseline up to each day, with 95 % intervals, not discounted. A diamond marks the "
    "median day from which the sum stays above zero to the end: the strategy has paid back."
)
END_LETTERS = 16
"""Latin letters of a name at the end of a line."""

WORDS: dict[Measure, str] = {"profit": "Cumulative gain of profit", "cash": "Cumulative gain of cash"}


@styled
def figure(findings: Findings) -> Figure:
    """Return a panel for profit and one for cash."""
    comparison = findings.comparison
    gains = {measure: gain_over_time(comparison, measure) for measure in WORDS}
    if not any(gains.values()):
        return nothing(TITLE, "No day was measured.")
    currency = comparison.scenario.currency
    fig = page(TITLE, against(findings, f"{WORDS['profit']} and of cash [{currency}]"), height=4.8)
    panels = fig.subplots(1, len(gains))
    for axes, (measure, bands) in zip(panels, gains.items(), strict=True):
        axes.set_title(f"{WORDS[measure]} [{currency}]")
        _panel(axes, findings, measure, bands)
    fig.draw_without_rendering()
    for axes, bands in zip(panels, gains.values(), strict=True):
        _end_labels(axes, findings, bands)
    return fig


def _panel(axes: Axes, findings: Findings, measure: Measure, bands: dict[str, Band]) -> None:
    colours = strategy_colours(findings)
    for name, b in reversed(bands.items()):
        x = days_as_dates(findings, b)
        axes.plot(x, b.mean, color=colours[name], linewidth=2.0, zorder=4)
        if b.n > 1:
            axes.fill_between(x, b.low, b.high, color=colours[name], alpha=0.16, linewidth=0, zorder=3)
        _mark(axes, findings, measure, name, b)
    zero_line(axes, upright=False)
    axes.xaxis_date()
    time_axis(axes)
    number_axis(axes.yaxis)
    if all(not np.nan_to_num(b.high - b.low).any() and not b.mean.any() for b in bands.values()):
        axes.set_ylim(-1.0, 1.0)


def _mark(axes: Axes, findings: Findings, measure: Measure, name: str, b: Band) -> None:
    """Mark the median pay-back day, unless the strategy never fell behind or has not paid back."""
    table = findings.payback
    row = table[(table["measure"] == measure) & (table["strategy"] == name)]
    day = float(row["median"].iloc[0]) if len(row) else np.inf
    if np.isfinite(day) and day > b.x[0]:
        at = date2num(date_of(findings.comparison, day))  # type: ignore[no-untyped-call]
        axes.plot([at], [0.0], marker="D", markersize=8, color=strategy_colours(findings)[name],
                  markeredgecolor=INK, markeredgewidth=1.0, zorder=6)  # fmt: skip


def days_as_dates(findings: Findings, b: Band) -> np.ndarray:
    """Return the days of a band as matplotlib's dates."""
    first = float(date2num(findings.comparison.scenario.calendar.start_date))  # type: ignore[no-untyped-call]
    return b.x + first


def _end_labels(axes: Axes, findings: Findings, bands: dict[str, Band]) -> None:
    """Write each strategy's name beside the end of its line; lines that end on one spot share a label."""
    colours = strategy_colours(findings)
    ends: dict[float, list[str]] = {}
    for name, b in bands.items():
        ends.setdefault(float(b.mean[-1]), []).append(name)
    if not ends:
        return
    low, high = axes.get_ylim()
    height = axes.get_window_extent().height * 72 / axes.figure.dpi
    gap = (high - low) * 8.5 * 1.35 / max(height, 1.0)
    shown = told_apart(bands, END_LETTERS)
    for (_, names), place in zip(ends.items(), spread(list(ends), gap, high), strict=True):
        text = shown[names[0]] + (f", {len(names) - 1} more" if len(names) > 1 else "")
        axes.annotate(text, (1.012, place), xycoords=axes.get_yaxis_transform(), va="center", ha="left", fontsize=8.5,
                      color=colours[names[0]], annotation_clip=False)  # fmt: skip
