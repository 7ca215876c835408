"""Boundary: the plane of two axes, split between two strategies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sim.questions.study import Study
from sim.report.analysis.page import Picture
from sim.report.analysis.plane import BOUNDARY_CAPTION, boundary_figure
from sim.report.names import kpi_unit
from sim.report.style import told_apart
from sim.report.sweep.picture import dimension_words
from sim.statistics.boundary import Boundary

IN_TITLE: Final = 30
"""Latin letters of a strategy's name in the heading."""


def pictures(study: Study) -> Iterator[Picture]:
    """Yield the pictures."""
    e, found = study.experiment, study.answer.found["boundary"]
    assert isinstance(found, Boundary)
    a, b = study.answer.found["between"]
    title = " or ".join(told_apart((a, b), IN_TITLE).values())
    axes = {"x_label": dimension_words(e, found.x), "y_label": dimension_words(e, found.y)}
    kpi = e.spec.outcomes[0]
    unit = kpi_unit(kpi, e.base.currency)
    caption = f"{BOUNDARY_CAPTION} The difference is one of {kpi.replace('_', ' ')} [{unit}]."
    yield Picture("plane", title, caption, boundary_figure(found, a, b, title=title, **axes))
