"""Made-up results and their pictures, each made once."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from matplotlib.figure import Figure

from sim.report.figures import picture
from sim.report.run import write_run
from sim.report.style import drawing
from tests.unit.report.fake import FakeResult, make

SITUATIONS = {
    "full": {},
    "one replication": {"replications": 1},
    "one territory": {"territories": 1, "replications": 1, "advisors": 1, "outlets": 40},
    "no advisors": {"advisors": 0, "replications": 2},
    "nothing sold": {"sales": 0.0, "replications": 2},
    "short, no burn-in": {"days": 20, "burn_in": 0, "replications": 2},
    "no outlets": {"outlets": 0, "replications": 1},
    "far apart": {"spacing_km": 300.0, "territories": 9, "replications": 2, "days": 60},
}


@cache
def made(situation: str) -> FakeResult:
    """Return the result of a situation, made once."""
    return make(**({"days": 70, "burn_in": 28} | SITUATIONS[situation]))


@cache
def drawn(situation: str, key: str) -> Figure:
    """Return one picture of a situation, laid out once."""
    figure = picture(made(situation), key).figure
    with drawing():
        figure.draw_without_rendering()
    return figure


@pytest.fixture(scope="session")
def result() -> FakeResult:
    """Six territories, three replications, Chinese names."""
    return made("full")


@pytest.fixture(scope="session")
def folder(result: FakeResult, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write the full result as a folder."""
    return write_run(result, tmp_path_factory.mktemp("run") / "it's a run", timings={"simulate": 1.5})
