"""The picture of a map: the plane with its line, the points that confirm it, and where a scenario lies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullFormatter

from sim.questions.atlas.words import spoken
from sim.report.drawing import number_axis
from sim.report.questions.boundary import boundary_figure
from sim.report.style import INK, OURS, RIVALS

if TYPE_CHECKING:
    from sim.questions.atlas.chart import Axis, Map
    from sim.questions.atlas.place import Place

FRESH: Final = "run on fresh luck, in the colour of the better one"


def map_figure(chart: Map, place: Place | None = None, title: str = "") -> Figure:
    """Return the picture of a map.

    Parameters
    ----------
    place : a scenario on it.
    title : heading; the question when empty.
    """
    x, y = chart.axes
    between = (spoken(chart.between[0]), spoken(chart.between[1]))
    axes = (_words(x, chart), _words(y, chart))
    figure = boundary_figure(chart.boundary(), between, title=title or chart.question, axes=axes)
    plane = figure.axes[0]
    for scale, axis, along in ((plane.set_xscale, x, plane.xaxis), (plane.set_yscale, y, plane.yaxis)):
        if axis.is_log:
            scale("log")
            along.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
            along.set_minor_formatter(NullFormatter())
            number_axis(along)
    for k, row in enumerate(chart.extra.get("confirmed") or ()):
        colour = OURS if row["mean"] > 0 else RIVALS[0]
        label = FRESH if k == 0 else None
        plane.plot(
            row["x"] * x.factor,
            row["y"] * y.factor,
            "D",
            color=colour,
            markersize=9,
            markeredgecolor=INK,
            zorder=5,
            clip_on=False,
            label=label,
        )
    if place is not None:
        plane.plot(
            place.x * x.factor,
            place.y * y.factor,
            "*",
            color=INK,
            markersize=19,
            markeredgecolor="white",
            zorder=6,
            label="here",
        )
    for legend in figure.legends:
        legend.remove()
    figure.legend(loc="outside lower center", ncols=2)
    return figure


def _words(axis: Axis, chart: Map) -> str:
    unit = axis.unit_words(chart.currency)
    text = f"{axis.name} [{unit}]" if unit else axis.name
    return text[:1].upper() + text[1:]
