"""Sensitivity: what decides the choice between two strategies, then what moves the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter

from sim.questions.sensitivity import column
from sim.questions.study import Study
from sim.report.drawing import from_top, note, number_axis, rows, spread
from sim.report.questions import words_of
from sim.report.style import GRID, INK, MUTED, OURS, SERIES, Look, Picture, nothing, page, styled
from sim.report.words import display_width, kpi_unit, kpi_words, percent, short, told_apart, two_lines
from sim.statistics.space import BEATS, DIFFERENCE

SHARES_CAPTION: Final = (
    "The dark bar is the share of the variance that a dimension makes alone, the pale one alone and together with "
    "others; what is pale only comes from interaction. Lines are 95 % intervals. A dimension without a pale bar can be "
    "left where it is."
)
MORRIS_CAPTION: Final = (
    "To the right: the outcome moves more when the dimension goes through its whole range. Above the line: the effect "
    "depends on where the others are, or bends. At the left lower corner: it does not matter. Lines are 95 % intervals."
)
CHOICE: Final = (
    " This one is about the choice between the two strategies: a dimension that moves both alike does nothing here, "
    "however much it moves the outcome itself."
)
STEPS: Final = (
    " An effect counts 1 for a change from one strategy to the other in a step through two thirds of the range: two "
    "thirds of the effect are the share of steps that change who is better."
)
PANELS: Final = 2
"""Panels of bars beside each other; the names of the dimensions need room."""
MOST_MAPS: Final = 8
"""Maps of Morris; what is beyond them is in the table."""
MOST_DIMENSIONS: Final = 14
IN_LINE: Final = 30
"""Latin letters of a strategy's name within a line."""
BESIDE: Final = 30
"""Latin letters that fit beside a point of a map."""
A_NAME: Final = 60
"""Latin letters of an outcome's name that fit into the line under the heading."""
BAR_INCHES: Final = 0.42


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    draw = _maps if study.answer.found["method"] == "morris" else _bars
    yield from draw(study)


def _bars(study: Study) -> Iterator[Picture]:
    """Yield Sobol's shares: of the choice, then of each outcome, two strategies at a time."""
    table, words, strategies = study.answer.found["table"], _words(study), study.experiment.strategies
    if study.answer.found["between"] is not None:
        own = table[table["outcome"].isin([DIFFERENCE, BEATS])]
        varies = own.loc[own["outcome"] == BEATS, "index"].notna().any()
        title = "What decides the choice" if varies else "What moves the difference (nothing decides the choice)"
        yield Picture("choice", title, SHARES_CAPTION + CHOICE, shares_figure(own, title=title, labels=words))
    for kpi in study.experiment.spec.outcomes:
        for first in range(0, len(strategies), PANELS):
            own = table[table["outcome"].isin([column(kpi, s) for s in strategies[first : first + PANELS]])]
            title = f"What moves {_inside(kpi)}"
            key = f"{kpi}_{first // PANELS}"
            yield Picture(key, title, SHARES_CAPTION, shares_figure(own, title=title, labels=words))


def _maps(study: Study) -> Iterator[Picture]:
    """Yield Morris's maps: of the choice, then of each outcome under each strategy."""
    e, table = study.experiment, study.answer.found["table"]
    names = told_apart(e.strategies, IN_LINE)
    # they stand within the line under the heading
    words = {name: text[:1].lower() + text[1:] for name, text in _words(study).items()}
    # beside a point there is room for the name only
    words |= {p: words[p].rpartition(" [")[0] for p in e.paths if display_width(words[p]) > BESIDE}
    units = {kpi: kpi_unit(kpi, e.base.currency) for kpi in e.spec.outcomes}
    shown, notes = [], {BEATS: CHOICE + STEPS, DIFFERENCE: CHOICE}
    if study.answer.found["between"] is not None:
        shown += [(BEATS, "What decides which strategy is better", "")]
        shown += [(DIFFERENCE, "What moves the difference", units[e.spec.outcomes[0]])]
    for kpi, s in product(e.spec.outcomes, e.strategies):
        shown.append((column(kpi, s), f"What moves {_inside(kpi)} under {names[s]}", units[kpi]))
    for number, (outcome, title, unit) in enumerate(shown[:MOST_MAPS]):
        figure = morris_figure(table, outcome, title=title, unit=unit, labels=words)
        yield Picture(f"map_{number}", title, MORRIS_CAPTION + notes.get(outcome, ""), figure)


def _inside(kpi: str) -> str:
    """Return a KPI's name as it stands within a sentence."""
    return kpi.replace("_", " ")


def _words(study: Study) -> dict[str, str]:
    """Return dimension or outcome → words."""
    e, between = study.experiment, study.answer.found["between"]
    names = told_apart(e.strategies, IN_LINE)
    words = words_of(e)
    words |= {column(k, s): f"{kpi_words(k)}, {names[s]}" for k, s in product(e.spec.outcomes, e.strategies)}
    if between is not None:
        a, b = (names[s] for s in between)
        words |= {BEATS: f"Which is better, {a} or {b}", DIFFERENCE: f"Difference {a} − {b}"}
    return words


@styled
def shares_figure(table: pd.DataFrame, *, title: str, labels: Mapping[str, str] | None = None) -> Figure:
    """Return bars of first and total order, a panel for each outcome, the largest total first.

    Parameters
    ----------
    table : what `sobol` returns.
    labels : dimension or outcome → words; the name itself when absent.
    """
    words = labels or {}
    totals = table[(table["order"] == "total") & table["index"].notna()]
    outcomes = list(dict.fromkeys(totals["outcome"]))
    if not outcomes:
        return nothing(title, "No outcome varies over these points.")
    height = 2.0 + BAR_INCHES * min(int(totals.groupby("outcome").size().max()), MOST_DIMENSIONS)
    figure = page(title, "Share of the outcome's variance (Sobol); 95 % intervals", height=max(height, 3.0))
    for i, outcome in enumerate(outcomes):
        axes = figure.add_subplot(1, len(outcomes), i + 1)
        _panel(axes, table[table["outcome"] == outcome], words)
        axes.set_title(two_lines(words.get(outcome, outcome), 40))
    figure.legend(*axes.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def _panel(axes: Axes, table: pd.DataFrame, words: Mapping[str, str]) -> None:
    order = table[table["order"] == "total"].sort_values("index", ascending=False, kind="stable")["dimension"]
    order = order[:MOST_DIMENSIONS]
    places = from_top(len(order))
    look: Look = {"fmt": "none", "ecolor": INK, "elinewidth": 1.0, "capsize": 2.5, "zorder": 6}
    kinds = (("total", SERIES[2], 0.62, "alone and with others"), ("first", SERIES[0], 0.30, "alone"))
    for kind, colour, height, label in kinds:
        own = table[table["order"] == kind].set_index("dimension").loc[order]
        value, low, high = (np.clip(own[c].to_numpy(), 0.0, None) for c in ("index", "low", "high"))
        axes.barh(places, value, height=height, color=colour, label=label, zorder=3)
        reach = [np.maximum(value - low, 0), np.maximum(high - value, 0)]
        axes.errorbar(value, places + (0.2 if kind == "total" else 0.0), xerr=reach, **look)
    rows(axes, places, [two_lines(words.get(d, d), 30) for d in order])
    axes.set_xlim(left=0.0)
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: percent(v, 0)))


@styled
def morris_figure(
    table: pd.DataFrame, outcome: str, *, title: str, unit: str = "", labels: Mapping[str, str] | None = None
) -> Figure:
    """Return the map of mean absolute effect and spread of one outcome.

    Parameters
    ----------
    table : what `morris` returns.
    unit : of the outcome.
    """
    words = labels or {}
    own = table[table["outcome"] == outcome].sort_values("mu_star", ascending=False, kind="stable")
    if own.empty or not float(own["mu_star"].max()):
        return nothing(title, "No dimension moves this outcome.")
    suffix = f" [{unit}]" if unit else ""
    name = words.get(outcome, outcome)
    gap = " " if display_width(name) <= A_NAME else "\n"
    subtitle = f"Elementary effects (Morris), through the whole range of each dimension,{gap}on {name}"
    figure = page(title, subtitle, height=5.4)
    axes = figure.add_subplot()
    x, y, low, high = (own[c].to_numpy() for c in ("mu_star", "sigma", "low", "high"))
    axes.errorbar(x, y, xerr=[x - low, high - x], fmt="none", ecolor=MUTED, elinewidth=1.0, zorder=3)
    axes.scatter(x, y, s=42, color=OURS, zorder=4)
    right, top = 1.25 * float(high.max()), 1.15 * max(float(y.max()), 0.2 * float(x.max()))
    axes.plot([0, right], [0, right], color=GRID, linewidth=1.4, zorder=1)
    axes.set_xlim(-0.02 * right, right)
    axes.set_ylim(-0.03 * top, top)
    # names of the many that do nothing would lie on each other; another one's interval may run through a name
    places = spread(list(y[:MOST_DIMENSIONS]), top / 18, top)
    for place, end, dimension in zip(places, high, own["dimension"], strict=False):
        text = short(words.get(dimension, dimension), 30)
        note(axes, text, (float(end), place), (6, 0), va="center", fontsize=8.5, zorder=5, halo=0.8)
    axes.set_xlabel(f"Mean absolute effect μ*{suffix}")
    axes.set_ylabel(f"Spread of the effects σ{suffix}")
    axes.grid(True, axis="both")
    number_axis(axes.xaxis, axes.yaxis)
    return figure
