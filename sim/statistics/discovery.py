"""Where one strategy beats the other, in words: scenario discovery by boxes (PRIM) or by the rules of a small tree.

A *case* is a point of interest, such as one where A beats B. Coverage is the share of all cases that lie in a box,
density the share of the box's points that are cases (Bryant & Lempert 2010). Both are of the points that found the box
and so a little too good; `Box.score` takes others. PRIM (Friedman & Fisher 1999) looks for one box; a tree (Breiman et
al. 1984, by scikit-learn) parts all points, so it also says where the other strategy wins.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.metrics.interval import share_interval
from sim.statistics.outcomes import wrong
from sim.statistics.space import need

PEEL: Final = 0.05
"""Share of a box's points that one step takes away: slow enough to turn back from nothing much (patience)."""
CHANCE: Final = 0.05
"""A restriction with a quasi-p-value above this may be luck and is dropped."""
IS: Final = " is "

Mask = NDArray[np.bool_]


class Range(NamedTuple):
    """What a box allows of a number; both ends belong to it."""

    low: float = -np.inf
    high: float = np.inf


Limit = Range | frozenset[Hashable]
"""A range of a number, or the choices that are left of a categorical dimension."""


@dataclass(frozen=True)
class Box:
    """A box and how well it holds the cases.

    Attributes
    ----------
    limits : dimension → what the box allows; dimensions that are not here are free.
    coverage : share of all cases that lie in it.
    density : share of its points that are cases.
    mass : share of all points that lie in it.
    n : points in it.
    """

    limits: Mapping[str, Limit]
    coverage: float
    density: float
    mass: float
    n: int

    def inside(self, points: pd.DataFrame) -> Mask:
        """Return which points lie in the box, shape (n_points,)."""
        return _inside(self.limits, points)

    def score(self, points: pd.DataFrame, cases: ArrayLike) -> Box:
        """Return the same box with coverage and density of other points: an honest measure."""
        return _box(self.limits, points, _cases(points, cases))

    def quasi_p(self, points: pd.DataFrame, cases: ArrayLike) -> dict[str, float]:
        """Return the chance that luck makes each restriction look as useful as it does (Bryant & Lempert 2010).

        It is the chance of as many cases among the box's points, were the density there that of the box without the
        restriction (one-sided binomial).
        """
        from scipy.special import bdtrc

        is_case = _cases(points, cases)
        hits = int(is_case[self.inside(points)].sum())
        found = {}
        for name in self.limits:
            wider = _inside({k: v for k, v in self.limits.items() if k != name}, points)
            found[name] = float(bdtrc(hits - 1, self.n, is_case[wider].mean())) if hits else 1.0
        return found

    def table(self, points: pd.DataFrame, cases: ArrayLike) -> pd.DataFrame:
        """Return dimension, low, high, choices (empty for a number) and quasi_p of each restriction."""
        p = self.quasi_p(points, cases)
        rows = [
            (name, *(limit if isinstance(limit, Range) else (np.nan, np.nan)), _listed(limit), p[name])
            for name, limit in self.limits.items()
        ]
        return pd.DataFrame(rows, columns=["dimension", "low", "high", "choices", "quasi_p"])


def discover(points: pd.DataFrame, cases: ArrayLike, *, density: float = 0.8, min_mass: float = 0.05) -> Box:
    """Return one box that holds most of the cases and little else.

    Peels (`prim`), takes the box of at least the density asked for with the highest harmonic mean of coverage and
    density, gives back at its edges what does not lower its density, and drops restrictions that may be luck. Without
    a box of that density it is the densest one.

    Parameters
    ----------
    points : one column for each dimension; text and other objects are categorical.
    cases : whether each point is a case, shape (n_points,), in the order of the rows.
    density : least share of cases in the box.
    min_mass : smallest box, as a share of all points.
    """
    boxes = prim(points, cases, min_mass=min_mass)
    dense = [b for b in boxes if b.density >= density]
    chosen = max(dense, key=_balance) if dense else max(boxes, key=lambda b: b.density)
    pasted = paste(chosen, points, cases)
    useful = {name for name, p in pasted.quasi_p(points, cases).items() if p <= CHANCE}
    return _box({k: v for k, v in pasted.limits.items() if k in useful}, points, _cases(points, cases))


def prim(points: pd.DataFrame, cases: ArrayLike, *, min_mass: float = 0.05, peel: float = PEEL) -> list[Box]:
    """Return the boxes from all points down to a small dense one: coverage falls as density rises.

    Each step takes away the thin slice at one end of one dimension, or one choice, whose loss raises the density most
    for its size.

    Parameters
    ----------
    points, cases, min_mass : as for `discover`.
    peel : share of the box's points in a slice.

    Raises
    ------
    InputError : there is no case, or the lengths differ.
    """
    is_case = _cases(points, cases)
    boxes = [_box({}, points, is_case)]
    while boxes[-1].density < 1.0:
        now = boxes[-1]
        inside = now.inside(points)
        smaller = [_box(limits, points, is_case) for limits in _peels(now, points[inside], peel)]
        smaller = [b for b in smaller if min_mass * len(points) <= b.n < now.n and b.density > now.density]
        if not smaller:
            break
        boxes.append(max(smaller, key=lambda b: (b.density - now.density) / (now.n - b.n)))
    return boxes


def paste(box: Box, points: pd.DataFrame, cases: ArrayLike, *, share: float = PEEL / 5) -> Box:
    """Return the box widened as long as that does not lower its density: it mends what peeling took too much of.

    Parameters
    ----------
    share : points that one step gives back, as a share of the box's.
    """
    is_case = _cases(points, cases)
    while True:
        wider = [_box(limits, points, is_case) for limits in _pastes(box, points, max(int(share * box.n), 1))]
        wider = [b for b in wider if b.n > box.n and b.density >= box.density]
        if not wider:
            return box
        box = max(wider, key=lambda b: (b.density, b.n))


def trade_off(boxes: list[Box]) -> pd.DataFrame:
    """Return coverage, density, mass, n and the number of restricted dimensions of each box."""
    rows = [(b.coverage, b.density, b.mass, b.n, len(b.limits)) for b in boxes]
    return pd.DataFrame(rows, columns=["coverage", "density", "mass", "n", "restricted"])


def is_categorical(values: pd.Series) -> bool:
    """Return whether a dimension has choices, not numbers."""
    return not pd.api.types.is_numeric_dtype(values) or pd.api.types.is_bool_dtype(values)


def _balance(box: Box) -> float:
    return 2.0 * box.coverage * box.density / max(box.coverage + box.density, 1e-12)


def _cases(points: pd.DataFrame, cases: ArrayLike, fewest: int = 1) -> Mask:
    is_case = np.asarray(cases, dtype=np.bool_)
    if is_case.shape != (len(points),) or is_case.sum() < fewest:
        allowed = f"must be {len(points)}{', at least one true' if fewest else ''}"
        raise wrong("cases", f"{int(is_case.sum())} of {is_case.size}", allowed)
    return is_case


def _inside(limits: Mapping[str, Limit], points: pd.DataFrame) -> Mask:
    inside = np.ones(len(points), np.bool_)
    for name, limit in limits.items():
        column = points[name]
        fits = column.between(*limit) if isinstance(limit, Range) else column.isin(limit)
        inside &= fits.to_numpy(dtype=np.bool_)
    return inside


def _box(limits: Mapping[str, Limit], points: pd.DataFrame, is_case: Mask) -> Box:
    inside = _inside(limits, points)
    n, hits = int(inside.sum()), int(is_case[inside].sum())
    density = hits / n if n else 0.0
    return Box(dict(limits), coverage=hits / int(is_case.sum()), density=density, mass=n / len(points), n=n)


def _peels(box: Box, inside: pd.DataFrame, share: float) -> Iterator[dict[str, Limit]]:
    for name in inside.columns:
        column = inside[name]
        if is_categorical(column):
            left = frozenset(column.unique())
            yield from ({**box.limits, name: left - {choice}} for choice in left if len(left) > 1)
            continue
        own = box.limits.get(name, Range())
        low, high = own if isinstance(own, Range) else Range()
        x = np.sort(column.to_numpy(dtype=np.float64))
        cut = max(int(share * len(x)), 1)
        # with ties the slice takes all points of the value that it ends at
        above, below = x[x > x[cut - 1]], x[x < x[-cut]]
        if len(above):
            yield {**box.limits, name: Range(float(above[0]), high)}
        if len(below):
            yield {**box.limits, name: Range(low, float(below[-1]))}


def _pastes(box: Box, points: pd.DataFrame, many: int) -> Iterator[dict[str, Limit]]:
    for name, limit in box.limits.items():
        rest = {k: v for k, v in box.limits.items() if k != name}
        around = points.loc[_inside(rest, points), name]
        if not isinstance(limit, Range):
            yield from ({**rest, name: limit | {choice}} for choice in set(around.unique()) - limit)
            continue
        x = np.sort(around.to_numpy(dtype=np.float64))
        below, above = x[x < limit.low], x[x > limit.high]
        if len(below):
            low = float(below[-many]) if len(below) > many else -np.inf
            yield {**rest, name: Range(low, limit.high)}
        if len(above):
            high = float(above[many - 1]) if len(above) > many else np.inf
            yield {**rest, name: Range(limit.low, high)}


def _listed(limit: Any) -> str:
    return "" if isinstance(limit, Range) else ", ".join(sorted(map(str, limit)))


def tree_rules(
    points: pd.DataFrame,
    cases: ArrayLike,
    held_out: tuple[pd.DataFrame, ArrayLike] | None = None,
    *,
    leaves: int = 6,
    min_share: float = 0.03,
) -> pd.DataFrame:
    """Return the leaves of a small tree as rules, the densest first.

    Parameters
    ----------
    points : one column for each dimension; text and other objects are categorical.
    cases : whether each point is a case, shape (n_points,).
    held_out : points and cases that only check the rules.
    leaves : at most.
    min_share : of all points that a leaf holds at least.

    Returns
    -------
    Columns rule ("everywhere" for a tree without a split), n, density (share of its points that are cases), coverage
    (share of all cases that it holds). With points held out also held_out (those that the rule holds), and of them
    held_out_density with held_out_low and held_out_high (Wilson's interval; NaN without a point) and held_out_coverage
    (NaN without a case).

    Raises
    ------
    InputError : scikit-learn is not installed, or the lengths differ.
    """
    is_case = _cases(points, cases, fewest=0)
    table = _numbers(points)
    few = max(int(min_share * len(points)), 1)
    # without a seed ties between equal splits would fall differently every time
    make = need("sklearn.tree").DecisionTreeClassifier
    model = make(max_leaf_nodes=max(leaves, 2), min_samples_leaf=few, random_state=0)
    model.fit(table.to_numpy(), is_case)
    rules = _paths(model.tree_, list(table.columns))
    leaf = model.apply(table.to_numpy().astype(np.float32))
    rows = []
    for node, steps in rules.items():
        own = is_case[leaf == node]
        rows.append((_words(steps), len(own), own.mean(), own.sum() / max(is_case.sum(), 1)))
    found = pd.DataFrame(rows, columns=["rule", "n", "density", "coverage"])
    if held_out is not None:
        # a choice that no point had is none of those that the rules name
        others = _numbers(held_out[0]).reindex(columns=table.columns, fill_value=0.0)
        there = model.apply(others.to_numpy().astype(np.float32))
        found = found.join(_scores(there, _cases(*held_out, fewest=0), list(rules)))
    return found.sort_values(["density", "coverage"], ascending=False, kind="stable", ignore_index=True)


def called_rightly(rules: pd.DataFrame) -> float:
    """Return the share of the points held out that the rules call rightly, each going by the most of its own points.

    Parameters
    ----------
    rules : what `tree_rules` returns with points held out.
    """
    hits = (rules["held_out"] * rules["held_out_density"]).fillna(0.0)
    right = hits.where(rules["density"] > 0.5, rules["held_out"] - hits)
    return float(right.sum() / rules["held_out"].sum())


def _scores(leaf: NDArray[np.int64], is_case: NDArray[np.bool_], nodes: list[int]) -> pd.DataFrame:
    """Return how the rules do on points held out, a row for each leaf."""
    rows = []
    for node in nodes:
        own = is_case[leaf == node]
        hits, n = int(own.sum()), len(own)
        held = hits / is_case.sum() if is_case.any() else np.nan
        rows.append((n, hits / n if n else np.nan, *share_interval(hits, n), held))
    return pd.DataFrame(rows, columns=["held_out", *(f"held_out_{c}" for c in ("density", "low", "high", "coverage"))])


def _numbers(points: pd.DataFrame) -> pd.DataFrame:
    """Return numbers as they are and a 0/1 column for each choice."""
    columns = {}
    for name in points.columns:
        if is_categorical(points[name]):
            for choice in pd.unique(points[name]):
                columns[f"{name}{IS}{choice}"] = (points[name] == choice).astype(np.float64)
        else:
            columns[str(name)] = points[name].astype(np.float64)
    return pd.DataFrame(columns)


def _paths(tree: Any, names: list[str]) -> dict[int, list[tuple[str, bool, float]]]:
    """Return for each leaf the steps that lead there: column, whether at most the threshold, threshold."""
    found: dict[int, list[tuple[str, bool, float]]] = {}
    waiting: list[tuple[int, list[tuple[str, bool, float]]]] = [(0, [])]
    while waiting:
        node, steps = waiting.pop()
        left, right = int(tree.children_left[node]), int(tree.children_right[node])
        if left == right:
            found[node] = steps
            continue
        name, at = names[tree.feature[node]], float(tree.threshold[node])
        waiting += [(left, [*steps, (name, True, at)]), (right, [*steps, (name, False, at)])]
    return found


def _words(steps: list[tuple[str, bool, float]]) -> str:
    """Return the steps as one rule; of several steps on one column the tightest of each side stays."""
    tightest: dict[tuple[str, bool], float] = {}
    for name, below, at in steps:
        known = tightest.get((name, below), at)
        tightest[name, below] = min(known, at) if below else max(known, at)
    parts = []
    for (name, below), at in tightest.items():
        if IS in name:
            parts.append(name.replace(IS, " is not ") if below else name)
        else:
            parts.append(f"{name} {'≤' if below else '>'} {at:.4g}")
    return " and ".join(parts) or "everywhere"
