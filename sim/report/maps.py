"""What maps share: territories as shapes, a scale, names and numbers put where they cover the least."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Circle, Polygon
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from sim.metrics.weeks import Floats
from sim.report.style import INK, Look

Box = tuple[float, float, float, float]
"""Least and greatest x, least and greatest y. [km]."""

MOST_LABELS = 40
PLACES = ((0, 1), (0, -1), (0.72, 0.72), (-0.72, 0.72), (0.72, -0.72), (-0.72, -0.72), (1, 0), (-1, 0))
AROUND = ((0, 1), (0, -1), (1, 0), (-1, 0))


class Territory(NamedTuple):
    """Where a territory is; `border` is a closed line, shape (n, 2), empty where the scenario states none. [km]."""

    id: str
    name: str
    x: float
    y: float
    radius: float
    border: Floats

    def shape(self, **look: Any) -> Polygon | Circle:
        """Return its border, or else its circle."""
        if len(self.border):
            return Polygon(self.border, closed=True, **look)
        return Circle((self.x, self.y), self.radius, **look)


def territories(tables: Mapping[str, pd.DataFrame]) -> dict[str, Territory]:
    """Return the territories of a market by id, in the order of its geography."""
    places, borders = tables.get("geography"), tables.get("territory_border")
    if places is None:
        return {}
    found = {}
    for row in places[places["kind"] == "territory"].to_dict("records"):
        own = np.empty((0, 2))
        if borders is not None and len(borders):
            own = borders.loc[borders["territory"] == row["id"], ["x_km", "y_km"]].to_numpy(dtype=np.float64)
        name = str(row["name"] or row["id"])
        radius = float(np.nan_to_num(float(row["radius_km"])))
        found[str(row["id"])] = Territory(
            id=str(row["id"]), name=name, x=float(row["x_km"]), y=float(row["y_km"]), radius=radius, border=own
        )
    return found


def fit(axes: Axes, box: Box) -> None:
    """Show the box, widened to the panel's own shape so that a kilometre is as long in both directions."""
    low_x, high_x, low_y, high_y = box
    shape = axes.get_window_extent()
    pad = 0.07 * max(high_x - low_x, high_y - low_y, 1.0)
    scale = max((high_x - low_x + 2 * pad) / shape.width, (high_y - low_y + 2 * pad) / shape.height)
    middle_x, middle_y = (low_x + high_x) / 2, (low_y + high_y) / 2
    axes.set_xlim(middle_x - scale * shape.width / 2, middle_x + scale * shape.width / 2)
    axes.set_ylim(middle_y - scale * shape.height / 2, middle_y + scale * shape.height / 2)
    axes.set_aspect("equal", adjustable="box")
    _scale_bar(axes, scale * shape.width)


def _scale_bar(axes: Axes, width_km: float) -> None:
    wanted = width_km / 6
    step = 10 ** np.floor(np.log10(wanted))
    length = float(max(m * step for m in (1, 2, 5) if m * step <= wanted))
    look: Look = {"transform": axes.get_xaxis_transform(), "clip_on": False}
    left, height = axes.get_xlim()[0], -0.025
    axes.plot([left, left + length], [height, height], color=INK, linewidth=2, solid_capstyle="butt", **look)
    axes.text(left + length * 1.08, height, f"{length:g} km", fontsize=8, va="center", **look)


def place_labels(
    axes: Axes, places: Sequence[tuple[float, float, float, str]], points: Floats, obstacles: Sequence[Bbox] = ()
) -> None:
    """Write names beside circles where they cover no other name and the fewest points, or nowhere.

    Parameters
    ----------
    places : (x, y, radius, name) in data coordinates, the most important first.
    points : shape (n_points, 2). Places better not covered.
    obstacles : boxes in pixels that no name may cover.
    """
    pixels = axes.transData.transform(points) if len(points) else points
    taken = list(obstacles)
    for x, y, radius, name in places[:MOST_LABELS]:
        around = [((x + dx * radius, y + dy * radius), int(np.sign(dx)), int(np.sign(dy))) for dx, dy in PLACES]
        _place(axes, [_label(axes, at, name, right, up) for at, right, up in around], pixels, taken)


def place_numbers(axes: Axes, points: Floats, texts: Sequence[str]) -> None:
    """Write a small number above each point unless it would cover an earlier one."""
    taken: list[Bbox] = []
    for (x, y), text in zip(points, texts, strict=True):
        options = [_label(axes, (float(x), float(y)), text, right, up, size=7.0) for right, up in AROUND]
        _place(axes, options, np.empty((0, 2)), taken)


def _label(axes: Axes, at: tuple[float, float], text: str, right: int, up: int, *, size: float = 9.0) -> Annotation:
    anchor: dict[str, Any] = {"ha": ("right", "center", "left")[right + 1], "va": ("top", "center", "bottom")[up + 1]}
    box = {"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.82}
    by = (4 * right, 4 * up)
    label = axes.annotate(
        text, at, xytext=by, textcoords="offset points", fontsize=size, color=INK, zorder=10, bbox=box, **anchor
    )
    label.set_in_layout(False)
    return label


def _place(axes: Axes, options: list[Annotation], pixels: Floats, taken: list[Bbox]) -> None:
    """Keep the option that covers the fewest points and nothing that is taken; remove the others."""
    inside = axes.get_window_extent()
    best, fewest = None, np.inf
    for option in options:
        box = option.get_window_extent()
        if box.x0 < inside.x0 - 2 or box.x1 > inside.x1 + 2 or any(box.overlaps(t) for t in taken):
            continue
        low, high = (box.x0, box.y0), (box.x1, box.y1)
        covered = float(((pixels > low) & (pixels < high)).all(axis=1).sum()) if len(pixels) else 0.0
        if covered < fewest:
            best, fewest = option, covered
    for option in options:
        if option is not best:
            option.remove()
    if best is not None:
        taken.append(best.get_window_extent())
