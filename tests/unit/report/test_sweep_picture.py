"""The picture of a sweep: panels side by side, whatever the names are."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from sim.questions.sweeps.load import load_experiment
from sim.questions.sweeps.sweep import How, run_sweep
from sim.report.questions.sweep import overview
from sim.report.style import drawing
from sim.runs.store import Store
from tests.sweeps import SPEED, Double, base

LONG = [f"concentrate_on_three_counties_{word}" for word in ("with_spending", "without_spending", "and_no_more")]
PATHS = [SPEED, "outlets.generate.size_median_shoppers", "team.visit.detour_factor"]


@pytest.mark.parametrize("n", [1, 3])
def test_long_names_leave_the_panels_their_room(n: int, tmp_path: Path) -> None:
    parts = {name: ({"concentrate": {"share_of_people": 0.2 + 0.1 * k}},) for k, name in enumerate(LONG)}
    fields = {
        "name": "long",
        "strategies": ("baseline", *LONG),
        "uncertainties": {path: {"list": (1.1, 1.9)} for path in PATHS[:n]},
        "replications": 1,
        "outcomes": ("profit_manufacturer",),
    }
    found = run_sweep(load_experiment(fields, base({"strategies": parts})), Store(tmp_path), How(keep=Double))
    figure = overview(found)
    with drawing():
        figure.draw_without_rendering()
    panels = [axes.get_position() for axes in figure.axes]
    assert all(right.x0 - left.x1 < 0.1 for left, right in pairwise(panels))
    assert min(panel.width for panel in panels) > 0.7 / n
    (legend,) = figure.legends
    edges = legend.get_window_extent().transformed(figure.transFigure.inverted())
    assert 0 <= edges.x0 < edges.x1 <= 1
    names = [text.get_text().replace("\n", "") for text in legend.get_texts()]
    assert names == ["baseline", *LONG]
    labels = [axes.xaxis.label.get_window_extent().transformed(figure.transFigure.inverted()) for axes in figure.axes]
    assert all(0 <= label.x0 < label.x1 <= 1 for label in labels)
