"""The pictures of each kind of study."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from sim.questions.study import Study
from sim.report.analysis.page import Picture
from sim.report.study.boundary import pictures as boundary
from sim.report.study.discovery import pictures as discovery
from sim.report.study.optimise import pictures as optimise
from sim.report.study.robustness import pictures as robustness
from sim.report.study.selection import pictures as selection
from sim.report.study.sensitivity import pictures as sensitivity
from sim.report.study.sizing import pictures as sizing

Draw = Callable[[Study], Iterator[Picture]]
DRAW: Final[dict[str, Draw]] = {
    "sensitivity": sensitivity,
    "discovery": discovery,
    "boundary": boundary,
    "optimise": optimise,
    "robustness": robustness,
    "selection": selection,
    "sizing": sizing,
}


def pictures_of(study: Study) -> list[Picture]:
    """Return the pictures of a study, the most telling first."""
    return list(DRAW[study.kind](study))
