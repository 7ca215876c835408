"""Where on two axes one strategy stops beating the other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import t_quantile
from sim.questions.question import Answer, Pair, Question, differences, names_of, number, space_of
from sim.scenario.schema.common import quantity
from sim.statistics.boundary import STEPS, Boundary, boundary, chances

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment
    from sim.questions.sweeps.schema import ExperimentSpec

Floats = NDArray[np.float64]

MUCH: Final = 0.1
"""Share of the plane that other luck may call otherwise, above which the line is said to hold for this luck alone."""
GRID: Final = STEPS * STEPS
"""Points of the grid that would draw the line as finely."""
EVERY: Final = 6
"""Of the grid's lines along an axis every sixth, both ends among them, is one at which the page says where it turns."""
NORMAL: Final = 1.96
"""Standard deviations to either side that hold 95 % of a normal distribution."""
LUCK: Final = (
    "A point is a mean over {} replications, and all points have the same luck: it moves the line as a whole. The "
    "broken lines and the second share reckon with it; more replications bring them closer."
)
READING: Final = (
    "Between the points the plane is estimated (a Gaussian process): a small island that no point has hit is not seen.",
    "The share of the plane goes by the distributions of the axes; everything else stays as in the base scenario.",
)
ONE: Final = "With one replication nothing is known of luck: another one may have its line elsewhere."


class BoundaryStudy(Question):
    """Where on two axes one strategy stops beating the other; the axes are the experiment's two dimensions."""

    asks: ClassVar[str] = "Where on two axes does it turn?"
    names: ClassVar[Mapping[str, str]] = {"between": "strategies"}

    between: Pair = quantity(..., "The two strategies.", unit="-", source="user")
    tolerance: float = quantity(0.02, "Share of the plane that may be called wrongly.", gt=0, le=0.5)
    budget: int = quantity(60, "Points at most.", unit="points", ge=16, le=10_000)
    batch: int = quantity(4, "Points that are run together.", unit="points", ge=1, le=1000)

    def misfits(self, spec: ExperimentSpec) -> Iterator[tuple[str, str]]:
        """Yield what cannot be the axes."""
        every = {**spec.levers, **spec.uncertainties}
        if len(every) != 2 or any(own.is_listed for own in every.values()):
            yield ", ".join(every), "needs two levers or uncertainties, both with a distribution"

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most: both strategies at every point."""
        return self.budget * 2 * experiment.spec.replications

    def answer(self, runner: Runner) -> Answer:
        """Run points where it is least sure which strategy is better, and draw the line between them."""
        e, (a, b) = runner.experiment, self.between
        found = boundary(
            space_of(e), runner.chooser(a, b), tolerance=self.tolerance, budget=self.budget, batch=self.batch
        )
        runs = pd.concat(runner.tables, ignore_index=True)
        runs["point"] = runs.groupby(["call", "point"]).ngroup()
        own = differences(runs, a, b, runner.kpi)["deviation"]
        lucky = with_luck(found, own, e.spec.replications)
        text = self._text(found, lucky, e)
        tables = {"line": line_of(found), "runs": found.runs.assign(deviation=own.to_numpy())}
        coarse = line_of(found, EVERY)
        # a coarse look may miss a small island
        brief = {"line": coarse} if len(coarse) else {}
        reading = (LUCK.format(e.spec.replications) if e.spec.replications > 1 else ONE, *READING)
        return Answer(text, tables, reading, {"boundary": lucky, "between": (a, b)}, brief)

    def _text(self, found: Boundary, lucky: Boundary, experiment: Experiment) -> str:
        (a, b), kpi = self.between, experiment.spec.outcomes[0]
        if not found.runs["difference"].any():
            return f"{a} and {b} are equal on {kpi} at each of {len(found.runs)} points: there is no line to find."
        turns = _turns(found, a, names_of(experiment.paths))
        return self._share(found.share(), kpi) + turns + self._effort(found, lucky, experiment.spec.replications)

    def _share(self, share: float, kpi: str) -> str:
        a, b = self.between
        if share in {0.0, 1.0}:
            first, second = (a, b) if share else (b, a)
            return f"{first} is better than {second} on {kpi} in the whole plane."
        return f"{a} is better than {b} on {kpi} in {share:.0%} of the plane."

    def _effort(self, found: Boundary, lucky: Boundary, replications: int) -> str:
        """Say how many points it took, and how much of the plane they leave open."""
        done = f" {len(found.runs)} points were run; a grid that looks as finely has {STEPS} × {STEPS} = {GRID:,}."
        unknown = "with other luck nobody knows (one replication)"
        other = f"with other luck {lucky.unsure:.1%}" if replications > 1 else unknown
        left = f"with the luck of these replications {found.unsure:.1%} of the plane may be called wrongly, {other}"
        if not found.settled:
            return f"{done} Not settled: {left}; {self.tolerance:.1%} was asked for, give it a larger budget."
        if replications > 1 and lucky.unsure <= MUCH:
            return f"{done} Settled: {left}."
        return f"{done} Settled for this luck alone: {left}; more replications would tell."


def with_luck(found: Boundary, deviation: pd.Series, replications: int) -> Boundary:
    """Return the boundary with the spread over replications in its deviation, chance and unsure share.

    All points have common random numbers: the process sees a smooth plane, and not how all of it would move with
    others.

    Parameters
    ----------
    deviation : standard error of the difference over the replications at each point; NaN with one.
    """
    if replications < 2:
        return found
    # few replications know little of their own spread: Student's quantile is wider than the normal one
    factor = float(t_quantile(replications - 1.0)) / NORMAL
    luck = factor * float(np.sqrt((deviation**2).mean()))
    total = np.hypot(found.plane["deviation"].to_numpy(), luck)
    chance, unsure = chances(found.plane["mean"].to_numpy(), total)
    return replace(found, plane=found.plane.assign(deviation=total, chance=chance), unsure=unsure)


def line_of(found: Boundary, every: int = 1) -> pd.DataFrame:
    """Return points of the line, one wherever it crosses a line of the plane's grid.

    Parameters
    ----------
    every : above 1 only the crossings of every such line of the grid, on the axis on which there are more of them.

    Returns
    -------
    Columns of both axes, by the first; without a row where one strategy is better everywhere.
    """
    x, y, mean = _grid(found)
    across = crossings(x[::every], y[::every], mean[::every])
    up = crossings(y.T[::every], x.T[::every], mean.T[::every])[:, ::-1]
    parts = [across, up] if every == 1 else [max(up, across, key=len)]
    table = pd.DataFrame(np.vstack(parts), columns=[found.x, found.y])
    return table.drop_duplicates().sort_values([found.x, found.y], ignore_index=True)


def _grid(found: Boundary) -> tuple[Floats, Floats, Floats]:
    """Return both axes and the mean difference over the plane, shape (STEPS, STEPS) each, the first axis last."""
    x, y, mean = (found.plane[c].to_numpy(dtype=np.float64).reshape(STEPS, STEPS) for c in (found.x, found.y, "mean"))
    return x, y, mean


def crossings(along: Floats, other: Floats, mean: Floats) -> Floats:
    """Return where the mean changes its sign along the rows, shape (n_crossings, 2): place on the row, the row's."""
    row, k = np.nonzero((mean[:, :-1] > 0) != (mean[:, 1:] > 0))
    before, after = mean[row, k], mean[row, k + 1]
    place = along[row, k] + before / (before - after) * (along[row, k + 1] - along[row, k])
    return np.column_stack([place, other[row, k]])


def _turns(found: Boundary, a: str, names: Mapping[str, str]) -> str:
    """Say where the first strategy is better along the second axis, at both ends and in the middle of the first."""
    x, y, mean = _grid(found)
    if (mean > 0).all() or not (mean > 0).any():
        return ""
    said = []
    for k in (0, STEPS // 2, STEPS - 1):
        places = crossings(y.T[[k]], x.T[[k]], mean.T[[k]])[:, 0]
        said.append(f"at {number(x[0, k])} {_turn(places, names[found.y], bool(mean[0, k] > 0))}")
    return f" By {names[found.x]}, {a} is better {'; '.join(said)}."


def _turn(places: Floats, axis: str, first: bool) -> str:
    """Return in words where along one line it is better.

    Parameters
    ----------
    places : where it turns, ascending.
    first : whether it is better before the first of them.
    """
    if not len(places):
        return "everywhere" if first else "nowhere"
    ends = f"where {axis} is {'below' if first else 'above'} {number(places[0])}"
    return ends + "".join(f", turning again at {number(place)}" for place in places[1:])
