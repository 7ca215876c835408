"""The pictures of each kind of study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sim.experiment.studies.study import Study
from sim.report.analysis.page import Picture
from sim.report.study.boundary import pictures as boundary
from sim.report.study.discovery import pictures as discovery
from sim.report.study.robustness import pictures as robustness
from sim.report.study.sensitivity import pictures as sensitivity

Draw = Callable[[Study], Iterator[Picture]]
DRAW: Final[dict[str, Draw]] = {
    "sensitivity": sensitivity,
    "discovery": discovery,
    "boundary": boundary,
    "robustness": robustness,
}


def pictures_of(study: Study) -> list[Picture]:
    """Return the pictures of a study, the most telling first."""
    return list(DRAW[study.kind](study))
