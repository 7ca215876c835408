"""In which worlds one strategy beats another: a box and rules over the points of the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.questions.runner import Runner, asked_of
from sim.questions.study import Answer
from sim.questions.study_schema import DiscoverySpec
from sim.questions.sweeps.design import n_points
from sim.questions.sweeps.load import Experiment
from sim.questions.swept import differences
from sim.questions.wording import names_of, number
from sim.statistics.discovery import Box, Limit, Range, discover, prim, trade_off
from sim.statistics.robustness import wilson
from sim.statistics.space import DIFFERENCE, draws
from sim.statistics.tree import called_rightly, tree_rules

Mask = NDArray[np.bool_]

BOTH: Final = 2
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


def most_runs(experiment: Experiment) -> int:
    """Return how many runs the study needs at most."""
    return n_points(experiment.spec) * BOTH * experiment.spec.replications


def answer(runner: Runner) -> Answer:
    """Run both strategies at the points of the design, and describe where the first one wins."""
    e = runner.experiment
    asked = asked_of(e, DiscoverySpec)
    gaps = differences(runner.table(None, asked.between), *asked.between, e.spec.outcomes[0])
    points = runner.design().loc[gaps.index]
    cases = (gaps[DIFFERENCE] > asked.by).to_numpy()
    split = Split(points, cases, _held_out(e.seed, len(points), asked.held_out))
    told = points.assign(difference=gaps[DIFFERENCE], deviation=gaps["deviation"], case=cases, held_out=split.held_out)
    tables, found = {"points": told.reset_index()}, {"split": split, "boxes": [], "box": None, "between": asked.between}
    text = _wins(cases, asked, e.spec.outcomes[0])
    (seen, is_case), names = split.finding, names_of(e.paths)
    if is_case.any() and not is_case.all():
        box = discover(seen, is_case, density=asked.density, min_mass=asked.min_mass)
        boxes = prim(seen, is_case, min_mass=asked.min_mass)
        score = scores(box, split)
        others = split.checking if split.held_out.any() else None
        checking = others and (others[0].rename(columns=names), others[1])
        rules = tree_rules(seen.rename(columns=names), is_case, checking)
        described = {"box": box.table(seen, is_case), "score": score, "rules": rules, "trade_off": trade_off(boxes)}
        tables = {**described, **tables}
        found |= {"boxes": boxes, "box": box, "score": score}
        text += _where(box, score, asked, names)
        if checking:
            text += f" The rules of the tree call {called_rightly(rules):.0%} of the points held out rightly."
    elif cases.any() and not cases.all():
        text += " The points that look for a box are all alike: too few points are of the other kind."
    return Answer(text, tables, READING, found)


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
        own = box.score(points, cases) if cases.any() else None
        inside = int(box.inside(points).sum())
        hits = int(cases[box.inside(points)].sum())
        interval = wilson(hits, inside) if inside else (np.nan, np.nan)
        density = hits / inside if inside else np.nan
        rows.append((name, len(points), cases.mean(), inside, own.coverage if own else np.nan, density, *interval))
    return pd.DataFrame(rows, columns=["of", "n", "share", "inside", "coverage", "density", "low", "high"])


def _held_out(seed: int, n: int, share: float) -> Mask:
    """Return which points only check, shape (n,): as many as the share says, by lot."""
    order = np.argsort(draws(seed, "held out", n), kind="stable")
    chosen = np.zeros(n, np.bool_)
    chosen[order[: round(share * n)]] = True
    return chosen


def _wins(cases: Mask, asked: DiscoverySpec, kpi: str) -> str:
    """Say in how many worlds the first strategy wins."""
    a, b = asked.between
    more = f" by more than {number(asked.by)}" if asked.by else ""
    if cases.all() or not cases.any():
        where = "everywhere" if cases.all() else "nowhere"
        return f"{a} beats {b}{more} on {kpi} {where}: in {cases.sum()} of {len(cases)} worlds."
    return f"{a} beats {b}{more} on {kpi} in {cases.sum()} of {len(cases)} worlds."


def _where(box: Box, score: pd.DataFrame, asked: DiscoverySpec, names: Mapping[str, str]) -> str:
    """Say what the box is and how well it does, on the points that found it and on the others."""
    if not box.limits:
        return " No restriction sets these worlds apart better than luck would."
    limits = " and ".join(_words(names[name], limit) for name, limit in box.limits.items())
    own = score.iloc[0]
    text = f" It does so where {limits}: in {own['density']:.0%} of these worlds, which hold {own['coverage']:.0%} of"
    text += " its wins"
    if own["density"] < asked.density:
        text += f" (no box is as dense as the {asked.density:.0%} asked for)"
    return text + _checked(score)


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
