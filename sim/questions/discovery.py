"""In which worlds one strategy beats another: a box and rules over the points of the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.metrics.interval import share_interval
from sim.questions.question import Answer, Pair, Question, differences, names_of, number
from sim.questions.sweeps.points import n_points
from sim.scenario.schema.common import quantity
from sim.statistics.discovery import Box, Limit, Range, called_rightly, discover, prim, trade_off, tree_rules
from sim.statistics.space import DIFFERENCE, draws

if TYPE_CHECKING:
    from sim.questions.study import Runner
    from sim.questions.sweeps.load import Experiment

Mask = NDArray[np.bool_]

READING = (
    "Coverage is the share of all wins that lie in the box, density the share of its points that are wins.",
    "The points that found the box and the rules fit them too well, and the trade-off is of these points: trust the "
    "points held out.",
    "A point is a mean over its replications, and all points have the same luck: where the strategies are close it "
    "decides whether a point is a win, and in all worlds alike; points held out do not show that.",
    "Points stand for worlds and count alike: shares are as good as the ranges they were drawn from.",
)


@dataclass(frozen=True)
class Split:
    """Points and cases, parted into those that find a box and those that only check it.

    Attributes
    ----------
    points : one column for each dimension.
    cases : whether the first strategy wins, shape (n_points,).
    held_out : whether a point only checks, shape (n_points,).
    """

    points: pd.DataFrame
    cases: Mask
    held_out: Mask

    @property
    def finding(self) -> tuple[pd.DataFrame, Mask]:
        """Points and cases that find the box."""
        return self.points[~self.held_out], self.cases[~self.held_out]

    @property
    def checking(self) -> tuple[pd.DataFrame, Mask]:
        """Points and cases held out."""
        return self.points[self.held_out], self.cases[self.held_out]


class DiscoveryStudy(Question):
    """In which worlds one strategy beats another: a box (PRIM) and rules (a tree) over the points of the design."""

    asks: ClassVar[str] = "In which worlds does A beat B?"
    by_design: ClassVar[bool] = True
    names: ClassVar[Mapping[str, str]] = {"between": "strategies"}

    between: Pair = quantity(..., "Where does the first strategy beat the second?", unit="-", source="user")
    by: float = quantity(0.0, "It beats it when it is better by more than this (first KPI).", unit="unit of the KPI")
    density: float = quantity(0.8, "Least share of the box's points in which the first strategy wins.", ge=0, le=1)
    min_mass: float = quantity(0.05, "Smallest box, as a share of all points.", gt=0, le=1)
    held_out: float = quantity(0.3, "Share of the points that only check the box.", ge=0, le=0.7)

    def most_runs(self, experiment: Experiment) -> int:
        """Return how many runs the study needs at most: both strategies at every point."""
        return n_points(experiment.spec) * 2 * experiment.spec.replications

    def answer(self, runner: Runner) -> Answer:
        """Run both strategies at the points of the design, and describe where the first one wins."""
        gaps = differences(runner.table(None, self.between), *self.between, runner.kpi)
        points = runner.design().loc[gaps.index]
        cases = (gaps[DIFFERENCE] > self.by).to_numpy()
        split = Split(points, cases, _held_out(runner.experiment.seed, len(points), self.held_out))
        tables, found, text = self._described(split, names_of(runner.experiment.paths))
        columns = {"difference": gaps[DIFFERENCE], "deviation": gaps["deviation"]}
        tables["points"] = points.assign(**columns, case=cases, held_out=split.held_out).reset_index()
        return Answer(self._wins(cases, runner.kpi) + text, tables, READING, {"between": self.between, **found})

    def _described(self, split: Split, names: Mapping[str, str]) -> tuple[dict[str, pd.DataFrame], dict[str, Any], str]:
        """Return tables, what pictures need and words of the box and the rules, where there is something to part.

        Parameters
        ----------
        names : dimension → words.
        """
        seen, is_case = split.finding
        nothing = {"split": split, "boxes": [], "box": None}
        if not is_case.any() or is_case.all():
            apart = split.cases.any() and not split.cases.all()
            alike = " The points that look for a box are all alike: too few points are of the other kind."
            return {}, nothing, alike if apart else ""
        box = discover(seen, is_case, density=self.density, min_mass=self.min_mass)
        boxes, score = prim(seen, is_case, min_mass=self.min_mass), scores(box, split)
        checking = (split.checking[0].rename(columns=names), split.checking[1]) if split.held_out.any() else None
        rules = tree_rules(seen.rename(columns=names), is_case, checking)
        text = self._where(box, score, names)
        if checking:
            text += f" The rules of the tree call {called_rightly(rules):.0%} of the points held out rightly."
        tables = {"box": box.table(seen, is_case), "score": score, "rules": rules, "trade_off": trade_off(boxes)}
        return tables, {"split": split, "boxes": boxes, "box": box, "score": score}, text

    def _wins(self, cases: Mask, kpi: str) -> str:
        """Say in how many worlds the first strategy wins."""
        a, b = self.between
        more = f" by more than {number(self.by)}" if self.by else ""
        if cases.all() or not cases.any():
            where = "everywhere" if cases.all() else "nowhere"
            return f"{a} beats {b}{more} on {kpi} {where}: in {cases.sum()} of {len(cases)} worlds."
        return f"{a} beats {b}{more} on {kpi} in {cases.sum()} of {len(cases)} worlds."

    def _where(self, box: Box, score: pd.DataFrame, names: Mapping[str, str]) -> str:
        """Say what the box is and how well it does, on the points that found it and on the others."""
        if not box.limits:
            return " No restriction sets these worlds apart better than luck would."
        limits = " and ".join(_words(names[name], limit) for name, limit in box.limits.items())
        own = score.iloc[0]
        text = f" It does so where {limits}: in {own['density']:.0%} of these worlds, "
        text += f"which hold {own['coverage']:.0%} of its wins"
        if own["density"] < self.density:
            text += f" (no box is as dense as the {self.density:.0%} asked for)"
        return text + _checked(score)


def scores(box: Box, split: Split) -> pd.DataFrame:
    """Return how well a box holds the cases, of the points that found it and of those held out.

    Returns
    -------
    Columns of (which points), n, share (of them that are cases), inside (points in the box), coverage (NaN without a
    case), density with low and high (Wilson's interval; NaN without a point in the box).
    """
    rows = []
    for name, (points, cases) in (("found the box", split.finding), ("held out", split.checking)):
        if not len(points):
            continue
        inside = box.inside(points)
        n, hits = int(inside.sum()), int(cases[inside].sum())
        coverage = hits / cases.sum() if cases.any() else np.nan
        density = hits / n if n else np.nan
        rows.append((name, len(points), cases.mean(), n, coverage, density, *share_interval(hits, n)))
    return pd.DataFrame(rows, columns=["of", "n", "share", "inside", "coverage", "density", "low", "high"])


def _held_out(seed: int, n: int, share: float) -> Mask:
    """Return which points only check, shape (n,): as many as the share says, by lot."""
    order = np.argsort(draws(seed, "held out", n), kind="stable")
    chosen = np.zeros(n, np.bool_)
    chosen[order[: round(share * n)]] = True
    return chosen


def _checked(score: pd.DataFrame) -> str:
    """Say how well the box does on the points held out."""
    rows = score[score["of"] == "held out"]
    if rows.empty:
        return "; no points were held out to check it."
    row = rows.iloc[0]
    if not row["inside"]:
        return f". None of the {row['n']} points held out lies there: it is not checked."
    range_of = f"{row['low']:.0%} to {row['high']:.0%}"
    held = f"; wins held: {row['coverage']:.0%}" if row["coverage"] == row["coverage"] else ""
    return (
        f". Of the {row['n']} points held out {row['inside']} lie there, and it wins in {row['density']:.0%} of them "
        f"({range_of}{held}); it wins in {row['share']:.0%} of all points held out."
    )


def _words(name: str, limit: Limit) -> str:
    """Return a restriction in words."""
    if not isinstance(limit, Range):
        return f"{name} is {' or '.join(sorted(map(str, limit)))}"
    low, high = limit
    if np.isinf(low):
        return f"{name} is at most {number(high)}"
    least = number(low)
    return f"{name} is at least {least}" if np.isinf(high) else f"{name} is between {least} and {number(high)}"
