"""Paired differences to the baseline: a panel for each KPI, a line for each strategy."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.metrics.catalogue import KPIS
from sim.report.comparison.findings import Findings
from sim.report.comparison.pictures.look import against, labels, strategy_colours, zero_line
from sim.report.comparison.words import detectable_words, difference_words, unit_of
from sim.report.figures.axis import number_axis
from sim.report.names import kpi_words
from sim.report.style import BAD, GOOD, INK, MUTED, page, styled
from sim.statistics.paired import NO_DIFFERENCE

TITLE = "How the strategies differ from the baseline"
CAPTION = (
    "Points are mean differences between runs on the same luck, lines their 95 % intervals; left of a panel's grey "
    "line is less than the baseline, right of it is more. Verdicts allow for how many differences are looked at; "
    "“no difference seen” names the difference that a study of this size would have seen in four cases of five."
)
ROW_INCHES = 0.60
PANEL_INCHES = 0.95
WORDS = {"better": GOOD, "worse": BAD}


@styled
def figure(findings: Findings) -> Figure:
    """Return the panels, two beside each other."""
    kpis = findings.comparison.kpis
    columns = min(len(kpis), 2)
    rows = -(-len(kpis) // columns)
    height = 0.9 + rows * (PANEL_INCHES + ROW_INCHES * len(findings.others))
    fig = page(TITLE, against(findings, "Paired differences"), height=height)
    grid = fig.add_gridspec(rows, columns)
    for i, kpi in enumerate(kpis):
        panel(fig.add_subplot(grid[i // columns, i % columns]), findings, kpi)
    return fig


def panel(axes: Axes, findings: Findings, kpi: str, *, title: str = "") -> None:
    """Draw the differences of one KPI with their verdicts.

    Parameters
    ----------
    title : instead of the KPI's name and direction.
    """
    table = findings.differences
    rows = table[table["kpi"] == kpi]
    colours, currency = strategy_colours(findings), findings.comparison.scenario.currency
    places = np.arange(len(rows))[::-1]
    for y, (_, row) in zip(places.tolist(), rows.iterrows(), strict=True):
        _line(axes, row, float(y), colours[str(row["strategy"])])
        text = _words(row, currency)
        axes.annotate(
            text, (0.0, y + 0.16), xycoords=axes.get_yaxis_transform(), xytext=(4, 0), textcoords="offset points",
            fontsize=8, va="bottom", ha="left", color=WORDS.get(str(row["verdict"]), INK), zorder=6,
            bbox={"boxstyle": "square,pad=0.1", "facecolor": "white", "edgecolor": "none", "alpha": 0.9},
        )  # fmt: skip
    zero_line(axes)
    axes.set_yticks(places, list(labels(map(str, rows["strategy"])).values()))
    axes.set_ylim(-0.45, len(rows) - 0.28)
    axes.tick_params(axis="y", length=0)
    axes.grid(False)
    axes.grid(True, axis="x")
    axes.spines["left"].set_visible(False)
    axes.set_title(title or _title(kpi, currency))
    _scale(axes, rows, kpi)


def _words(row: pd.Series, currency: str) -> str:
    """Return difference, verdict and replications; what would have been seen on a line of its own."""
    if not int(row["n"]):
        return "no value to compare"
    verdict, seen = str(row["verdict"]), detectable_words(row, currency)
    if row["identical"]:
        verdict = "equal in every replication"
    elif verdict == NO_DIFFERENCE and seen:
        verdict += f"\n(above {seen} would have been seen)"
    return f"{difference_words(row, currency)}, n = {int(row['n'])}: {verdict}"


def _line(axes: Axes, row: pd.Series, y: float, colour: str) -> None:
    if np.isfinite(row["low"]):
        axes.plot([row["low"], row["high"]], [y, y], color=colour, linewidth=2.4, marker="|", markersize=9, zorder=4)
    if np.isfinite(row["difference"]):
        axes.plot([row["difference"]], [y], marker="o", markersize=5.5, color=colour, markeredgecolor="white", zorder=5)


def _title(kpi: str, currency: str) -> str:
    unit = "points" if KPIS[kpi].unit == "share" else unit_of(kpi, currency)
    better = {"higher": "more is better", "lower": "less is better", "neutral": "neither way is better"}
    return f"{kpi_words(kpi)}{f' [{unit}]' if unit else ''}, {better[KPIS[kpi].better]}"


def _scale(axes: Axes, rows: pd.DataFrame, kpi: str) -> None:
    """Show every interval and zero; an axis without any value has no numbers."""
    values = np.append(rows[["low", "high", "difference"]].to_numpy(dtype=np.float64).ravel(), 0.0)
    low, high = np.nanmin(values), np.nanmax(values)
    if not low < high:
        axes.set_xlim(-1.0, 1.0)
        axes.set_xticks([0.0], ["0"])
        return
    room = 0.06 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    number_axis(axes.xaxis)
    if KPIS[kpi].unit == "share":
        axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: f"{100 * v:g}".replace("-", "−")))
    axes.tick_params(axis="x", colors=MUTED, labelcolor=INK)
