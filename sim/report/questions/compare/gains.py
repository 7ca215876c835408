"""When and why: the cumulative gain over time with the pay-back day, and the gain split by mechanism."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from sim.metrics.weeks import Band
from sim.report.drawing import (
    draw_band,
    end_labels,
    from_top,
    labels,
    number_axis,
    rows,
    time_axis,
    whiskers,
    zero_line,
)
from sim.report.questions.compare.findings import Findings
from sim.report.questions.compare.money import Measure, date_of, gain_over_time
from sim.report.questions.compare.standing import kpi_axis
from sim.report.questions.compare.words import against, label
from sim.report.style import BAD, GOOD, INK, MUTED, Heading, Look, nothing, page, styled
from sim.report.words import amount, kpi_words, told_apart, unit_of

WHEN: Final = Heading(
    "When: how the gain builds up",
    "The sum of daily gains on the baseline up to each day, with 95 % intervals, not discounted. A diamond marks the "
    "median day from which the sum stays above zero to the end: the strategy has paid back.",
)
WHY: Final = Heading(
    "Why: through which mechanisms the gain comes",
    "Each bar is what is missing of the gain when that mechanism is held where the baseline has it; lines are 95 % "
    "intervals. The parts need not add up to the whole, because mechanisms work through one another: the rest is the "
    "bar “interaction”. Bars begin where the one before ended, the last one is the whole gain.",
)
END_LETTERS = 16
"""Latin letters of a name at the end of a line."""
WORDS: dict[Measure, str] = {"profit": "Cumulative gain of profit", "cash": "Cumulative gain of cash"}
TOTAL, INTERACTION = "total", "interaction"
COLUMNS = 2


@styled
def when(findings: Findings) -> Figure:
    """Return a panel for profit and one for cash."""
    gains = {measure: gain_over_time(findings.comparison, measure) for measure in WORDS}
    if not any(gains.values()):
        return nothing(WHEN.title, "No day was measured.")
    fig = page(WHEN.title, against(findings, f"{WORDS['profit']} and of cash [{findings.currency}]"), height=4.8)
    panels = fig.subplots(1, len(gains))
    for axes, (measure, bands) in zip(panels, gains.items(), strict=True):
        axes.set_title(f"{WORDS[measure]} [{findings.currency}]")
        _panel(axes, findings, measure, bands)
    for axes, bands in zip(panels, gains.values(), strict=True):
        _end_labels(axes, findings, bands)
    return fig


def _panel(axes: Axes, findings: Findings, measure: Measure, bands: dict[str, Band]) -> None:
    start = findings.comparison.scenario.calendar.start_date
    for name, b in reversed(bands.items()):
        draw_band(axes, start, b, findings.colours[name], width=2.0, pale=0.16, zorder=4)
        _mark(axes, findings, measure, name, b)
    zero_line(axes, upright=False)
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
        at: Any = [date_of(findings.comparison, day)]
        look: Look = {"markeredgecolor": INK, "markeredgewidth": 1.0, "zorder": 6}
        axes.plot(at, [0.0], marker="D", markersize=8, color=findings.colours[name], **look)


def _end_labels(axes: Axes, findings: Findings, bands: dict[str, Band]) -> None:
    """Write each strategy's name beside the end of its line; lines that end on one spot share a label."""
    ends: dict[float, list[str]] = {}
    for name, b in bands.items():
        ends.setdefault(b.last, []).append(name)
    shown = told_apart(bands, END_LETTERS)
    more = {end: f", {len(names) - 1} more" if len(names) > 1 else "" for end, names in ends.items()}
    end_labels(axes, [(end, shown[own[0]] + more[end], findings.colours[own[0]]) for end, own in ends.items()])


@styled
def why(findings: Findings) -> Figure:
    """Return a waterfall for each strategy whose gain was split."""
    tables = {name: findings.why[name] for name in findings.others if name in findings.why}
    if not tables:
        return nothing(WHY.title, "The gain was not split: ask for it with --why.")
    columns = min(len(tables), COLUMNS)
    n_rows = -(-len(tables) // columns)
    kpi, unit = findings.deciding, unit_of(findings.deciding, findings.currency, difference=True)
    n = " or ".join(sorted({str(int(t["n_replications"].max())) for t in tables.values()}))
    what = kpi_words(kpi).lower() + (f" [{unit}]" if unit else "")
    what = f"Gain on {what} against {label(findings.comparison.baseline)}; {n} replications, 95 % intervals"
    bars = max(len(t) for t in tables.values())
    fig = page(WHY.title, what, height=1.0 + n_rows * (0.9 + 0.30 * bars))
    grid = fig.add_gridspec(n_rows, columns)
    names = labels(tables)
    for i, (name, table) in enumerate(tables.items()):
        axes = fig.add_subplot(grid[i // columns, i % columns])
        _waterfall(axes, ordered(table), findings, findings.colours[name])
        axes.set_title(names[name])
    return fig


def ordered(table: pd.DataFrame) -> pd.DataFrame:
    """Return the parts by size, then the interaction, then the whole."""
    parts = table[~table["part"].isin([TOTAL, INTERACTION])]
    parts = parts.loc[parts["mean"].abs().sort_values(ascending=False, kind="stable").index]
    rest = [table[table["part"] == name] for name in (INTERACTION, TOTAL)]
    return pd.concat([parts, *rest], ignore_index=True)


def _waterfall(axes: Axes, steps: pd.DataFrame, findings: Findings, colour: str) -> None:
    """Draw the parts from the baseline to the strategy, the interaction and the whole last.

    Parameters
    ----------
    steps : part, mean, low, high, n_replications, as `explain_gain` returns it, ordered.
    colour : of the whole gain.
    """
    mean = np.nan_to_num(steps["mean"].to_numpy(dtype=np.float64))
    start = np.append(np.concatenate([[0.0], np.cumsum(mean[:-1])])[:-1], 0.0)
    ends, places = start + mean, from_top(len(steps))
    colours = [MUTED if p == INTERACTION else GOOD if m >= 0 else BAD for p, m in zip(steps["part"], mean, strict=True)]
    axes.barh(places, mean, left=start, height=0.62, color=[*colours[:-1], colour], zorder=3)
    reach = np.nan_to_num((steps["high"] - steps["low"]).to_numpy(dtype=np.float64) / 2.0)
    whiskers(axes, places.tolist(), ends.tolist(), reach.tolist(), across=True)
    for i, end in enumerate(ends[:-1].tolist()):
        axes.plot([end, end], [places[i] - 0.31, places[i + 1] + 0.31], color=MUTED, linewidth=0.7, zorder=2)
    zero_line(axes)
    names = ["whole gain" if part == TOTAL else str(part) for part in steps["part"]]
    sizes = [amount(float(m), findings.deciding, findings.currency, signed=True, bare=True) for m in steps["mean"]]
    rows(axes, places, [f"{name}  {size}" for name, size in zip(names, sizes, strict=True)])
    axes.tick_params(axis="y", labelcolor=INK)
    _range(axes, np.concatenate([start, ends, [0.0]]), float(reach.max()), findings.deciding)


def _range(axes: Axes, edges: np.ndarray, reach: float, kpi: str) -> None:
    """Show all bars; an interval far wider than they are runs out of the panel.

    Parameters
    ----------
    edges : where bars begin and end.
    reach : half width of the widest interval.
    """
    size = float(np.ptp(edges))
    if size == 0.0:
        axes.set_xlim(-1.0, 1.0)
        axes.set_xticks([0.0], ["0"])
        return
    room = min(reach, 0.8 * size) + 0.05 * size
    axes.set_xlim(float(edges.min()) - room, float(edges.max()) + room)
    axes.xaxis.set_major_locator(MaxNLocator(nbins=5))
    kpi_axis(axes, kpi)
