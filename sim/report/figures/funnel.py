"""The coverage funnel: from every outlet there is to those where we are No. 1."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from sim.ledger.result import RunResult
from sim.metrics.weeks import one_value
from sim.report.drawing import bars, from_top
from sim.report.result import interval_note, measured, n_replications, subtitle, sums_of, territory_names
from sim.report.style import FAINT, INK, MUTED, OURS, nothing, page, quiet, styled
from sim.report.words import number, percent, short

TITLE = "From every outlet to those where we are No. 1"
CAPTION = (
    "Outlets on the last day: all that are open, those our people know, those that list a product of ours (a shop "
    "that we do not know may list it too), those that sold it in the last 28 days, and those where we are first. "
    "Right, the same by territory, as a share of open outlets."
)
STEPS = {
    "open_outlets": "open",
    "known_outlets": "known to us",
    "listed_ours": "list our goods",
    "active_ours": "active (28 days)",
    "first_ours": "we are No. 1",
}
HEADS = ["known", "list ours", "active", "No. 1"]
SHADES = (FAINT, "#A9B7C6", "#E9B9A3", "#E08660", OURS)
MOST_ROWS = 24


@styled
def figure(result: RunResult) -> Figure:
    """Return the picture of the funnel and its table by territory."""
    last = measured(result, "territory", ["territory", *STEPS])
    last = last[last["day"] == last["day"].max()] if len(last) else last
    if not len(last) or not last["open_outlets"].sum():
        return nothing(TITLE, "No outlet was open on the last day.")
    n_territories = last["territory"].nunique()
    height = max(4.6, 1.8 + 0.33 * min(n_territories, MOST_ROWS))
    hidden = max(n_territories - MOST_ROWS, 0)
    note = f"{hidden} smaller territories are not drawn; their numbers are in the tables." if hidden else ""
    fig = page(TITLE, subtitle(result, "outlets on the last day"), height=height, note=note)
    if n_territories > 1:
        grid = fig.add_gridspec(1, 2, width_ratios=[1.25, 1.0])
        _bars(fig.add_subplot(grid[0, 0]), result, last)
        _table(fig.add_subplot(grid[0, 1]), result, last)
    else:
        _bars(fig.add_subplot(), result, last)
    return fig


def _bars(axes: Axes, result: RunResult, last: pd.DataFrame) -> None:
    sums, at = sums_of(result, last, list(STEPS)), from_top(len(STEPS))
    values = [one_value(sums[c]) for c in STEPS]
    means = [v for v, _ in values]
    bars(axes, at, values, SHADES, 0.66)
    for i, (place, (mean, reach)) in enumerate(zip(at, values, strict=True)):
        text = number(mean) if i == 0 else f"{number(mean)}   {percent(mean / means[0], 0)} of open"
        if i > 1 and 0 < mean <= means[i - 1]:
            text += f", {percent(mean / means[i - 1], 0)} of the step before"
        axes.text(mean + reach + means[0] * 0.015, place, text, va="center", fontsize=8.5, color=INK)
    quiet(axes)
    axes.set_yticks(at, list(STEPS.values()))
    axes.tick_params(axis="y", length=0)
    axes.set_xlim(0, means[0] * 1.62)
    axes.set_title("Whole market, number of outlets")


def _table(axes: Axes, result: RunResult, last: pd.DataFrame) -> None:
    names = territory_names(result)
    by = last.groupby("territory", observed=True)[list(STEPS)].sum()
    by = by.sort_values("open_outlets", ascending=False, kind="stable").head(MOST_ROWS)
    shares = by[list(STEPS)[1:]].div(by["open_outlets"].where(by["open_outlets"] > 0), axis=0).to_numpy(dtype=float)
    axes.imshow(np.nan_to_num(shares), cmap="Blues", vmin=0, vmax=1.35, aspect="auto")
    for (i, j), value in np.ndenumerate(shares):
        colour = "white" if value > 0.8 else INK
        axes.text(j, i, percent(float(value), 0), ha="center", va="center", fontsize=8.5, color=colour)
    quiet(axes)
    axes.xaxis.tick_top()
    axes.set_xticks(range(len(HEADS)), HEADS)
    axes.set_yticks(range(len(by)), [short(names.get(str(t), str(t)), 20) for t in by.index])
    axes.tick_params(length=0)
    what = "mean" if n_replications(result) > 1 else interval_note(1)
    axes.set_xlabel(f"share of the territory's open outlets ({what})", color=MUTED, fontsize=8)
