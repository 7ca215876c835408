"""Names and numbers on a map, put where they cover the least."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from sim.report.frames import Floats
from sim.report.style import INK

MOST_LABELS = 40
PLACES = ((0, 1), (0, -1), (0.72, 0.72), (-0.72, 0.72), (0.72, -0.72), (-0.72, -0.72), (1, 0), (-1, 0))


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
    inside = axes.get_window_extent()
    pixels = axes.transData.transform(points) if len(points) else points
    taken = list(obstacles)
    for x, y, radius, name in places[:MOST_LABELS]:
        options = [
            _label(axes, (x + dx * radius, y + dy * radius), name, int(np.sign(dx)), int(np.sign(dy)))
            for dx, dy in PLACES
        ]
        best = _least_covering(options, pixels, taken, inside)
        for option in options:
            if option is not best:
                option.remove()
        if best is not None:
            taken.append(best.get_window_extent())


def place_numbers(axes: Axes, points: Floats, texts: Sequence[str]) -> None:
    """Write a small number above each point unless it would cover an earlier one."""
    taken: list[Bbox] = []
    for (x, y), text in zip(points, texts, strict=True):
        options = [
            _label(axes, (float(x), float(y)), text, dx, dy, size=7.0) for dx, dy in ((0, 1), (0, -1), (1, 0), (-1, 0))
        ]
        best = _least_covering(options, np.empty((0, 2)), taken, axes.get_window_extent())
        for option in options:
            if option is not best:
                option.remove()
        if best is not None:
            taken.append(best.get_window_extent())


def _label(axes: Axes, at: tuple[float, float], text: str, right: int, up: int, *, size: float = 9.0) -> Annotation:
    label = axes.annotate(
        text, at, xytext=(4 * right, 4 * up), textcoords="offset points", fontsize=size, color=INK, zorder=10,
        ha=("right", "center", "left")[right + 1], va=("top", "center", "bottom")[up + 1],
        bbox={"boxstyle": "round,pad=0.12", "facecolor": "white", "edgecolor": "none", "alpha": 0.82},
    )  # fmt: skip
    label.set_in_layout(False)
    return label


def _least_covering(options: list[Annotation], pixels: Floats, taken: list[Bbox], inside: Bbox) -> Annotation | None:
    best, fewest = None, np.inf
    for option in options:
        box = option.get_window_extent()
        if box.x0 < inside.x0 - 2 or box.x1 > inside.x1 + 2 or any(box.overlaps(t) for t in taken):
            continue
        covered = 0.0
        if len(pixels):
            is_in = (
                (pixels[:, 0] > box.x0) & (pixels[:, 0] < box.x1) & (pixels[:, 1] > box.y0) & (pixels[:, 1] < box.y1)
            )
            covered = float(is_in.sum())
        if covered < fewest:
            best, fewest = option, covered
    return best
