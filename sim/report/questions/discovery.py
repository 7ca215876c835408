"""Discovery: the box in which one strategy wins."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Final

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from sim.questions.study import Study
from sim.report.drawing import number_axis
from sim.report.questions import IN_TITLE, words_of
from sim.report.style import INK, MUTED, OURS, Look, Picture, nothing, page, styled
from sim.report.words import percent, short, told_apart
from sim.statistics.discovery import Box, Range, is_categorical, trade_off

CAPTION: Final = (
    "Left: each point is a box of PRIM, from all points (right lower corner) to a small dense one; the ring is the box "
    "that was chosen. Right: the points, cases filled, and the box on its two most telling dimensions. Points outside "
    "the frame of other dimensions are shown as well, so a few others may lie in it."
)


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the box."""
    found = study.answer.found
    a, b = told_apart(found["between"], IN_TITLE).values()
    title = f"Where {a} is better than {b}"
    split = found["split"]
    if found["box"] is None:
        figure = nothing(title, f"In {int(split.cases.sum())} of {len(split.cases)} worlds: there is nothing to part.")
        yield Picture("box", title, "No box was looked for.", figure)
        return
    words = words_of(study.experiment)
    if len(set(words.values())) < len(words):
        words = {path: path for path in words}
    points, cases = split.finding
    box = dataclasses.replace(found["box"], limits={words[k]: v for k, v in found["box"].limits.items()})
    figure = box_figure(found["boxes"], box, points.rename(columns=words), cases, title=title)
    yield Picture("box", title, CAPTION + _checked(found["score"]), figure)


def _checked(score: pd.DataFrame) -> str:
    """Say what the picture does not show: the points held out."""
    rows = score[score["of"] == "held out"]
    if rows.empty or not rows["inside"].iloc[0]:
        return ""
    row = rows.iloc[0]
    return (
        f" Shown are the points that found the box; of the {row['n']} held out {row['inside']} lie in it, "
        f"{percent(row['density'], 0)} of these are cases."
    )


@styled
def box_figure(boxes: Sequence[Box], chosen: Box, points: pd.DataFrame, cases: ArrayLike, *, title: str) -> Figure:
    """Return coverage against density of all boxes, and the chosen one on its two most telling dimensions.

    Parameters
    ----------
    boxes : what `prim` returns; `chosen` what `discover` returns.
    points, cases : that they were found in.
    """
    if not chosen.limits:
        return nothing(title, "No restriction sets these cases apart from the others.")
    p = chosen.quasi_p(points, cases)
    names = sorted(chosen.limits, key=lambda name: p[name])
    # a box of one dimension is drawn over another, free one
    free = [str(name) for name in points.columns if name not in names]
    inside = f"{percent(chosen.density, 0)} of its {chosen.n:,} points are cases"
    figure = page(title, f"Box with {percent(chosen.coverage, 0)} of the cases; {inside}", height=5.2)
    left, right = figure.subplots(1, 2, width_ratios=[1.0, 1.25])
    _trade_off(left, trade_off(list(boxes)), chosen)
    _box(right, chosen, points[(names + free)[:2]], np.asarray(cases, dtype=np.bool_))
    figure.legend(*right.get_legend_handles_labels(), loc="outside lower right", ncols=2)
    return figure


def _trade_off(axes: Axes, table: pd.DataFrame, chosen: Box) -> None:
    axes.plot(100 * table["coverage"], 100 * table["density"], color=MUTED, linewidth=1.0, marker="o", markersize=4.5)
    ring: Look = {"markerfacecolor": "none", "markeredgecolor": OURS, "markeredgewidth": 2.0}
    axes.plot([100 * chosen.coverage], [100 * chosen.density], marker="o", markersize=12, **ring)
    axes.set_xlim(0, 104)
    axes.set_ylim(0, 104)
    axes.set_xlabel("Coverage: share of all cases [%]")
    axes.set_ylabel("Density: share of cases in the box [%]")
    axes.set_title("What each step of peeling gains and loses")
    axes.grid(True, axis="both")


def _box(axes: Axes, box: Box, points: pd.DataFrame, is_case: np.ndarray) -> None:
    """Draw the points on one or two dimensions, and the box."""
    places = [_places(points[name]) for name in points.columns]
    x, y = places if len(places) > 1 else (places[0], np.zeros(len(points)))
    look: Look = {"s": 14, "linewidths": 0.7, "zorder": 3}
    axes.scatter(x[~is_case], y[~is_case], facecolors="none", edgecolors="#A9AFB8", label="other", **look)
    axes.scatter(x[is_case], y[is_case], facecolors=OURS, edgecolors=OURS, label="case", **look)
    spans = [_span(box, points, str(name)) for name in points.columns]
    if len(spans) == 2:
        (left, width), (low, height) = spans
        axes.add_patch(Rectangle((left, low), width, height, fill=False, edgecolor=INK, linewidth=2.0, zorder=5))
        _axis_names(axes, points.iloc[:, 1], upright=True)
    _axis_names(axes, points.iloc[:, 0], upright=False)
    axes.grid(False)


def _choices(values: pd.Series) -> list[str]:
    return sorted(map(str, values.unique()))


def _places(values: pd.Series) -> np.ndarray:
    """Return where each point stands on an axis: its number, or its choice's place, scattered a little."""
    if not is_categorical(values):
        return values.to_numpy(dtype=np.float64)
    scatter = 0.5 * ((np.arange(len(values)) * 0.618033988749895) % 1.0 - 0.5)
    return np.asarray(values.astype(str).map(_choices(values).index).to_numpy() + scatter, dtype=np.float64)


def _span(box: Box, points: pd.DataFrame, name: str) -> tuple[float, float]:
    """Return where the box begins on an axis and how long it is."""
    places, limit = _places(points[name]), box.limits.get(name, Range())
    low, high = float(places.min()), float(places.max())
    room = 0.015 * (high - low)
    if not isinstance(limit, Range):
        kept = [_choices(points[name]).index(str(c)) for c in limit]
        return min(kept) - 0.4, max(kept) - min(kept) + 0.8
    start, end = max(limit.low, low - room), min(limit.high, high + room)
    return start, end - start


def _axis_names(axes: Axes, values: pd.Series, *, upright: bool) -> None:
    (axes.set_ylabel if upright else axes.set_xlabel)(short(str(values.name), 40))
    if is_categorical(values):
        choices = _choices(values)
        (axes.set_yticks if upright else axes.set_xticks)(range(len(choices)), [short(c, 18) for c in choices])
    else:
        number_axis(axes.yaxis if upright else axes.xaxis)
