"""Where one strategy beats the other, as rules of a decision tree (Breiman et al. 1984), by scikit-learn.

A tree parts all points, so it also says where the other strategy wins; PRIM looks for one box only.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from sim.statistics.discovery import is_categorical
from sim.statistics.extra import need
from sim.statistics.robustness import wilson
from sim.statistics.space import wrong

IS = " is "


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
    is_case = _cases(points, cases)
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
        found = found.join(_scores(there, _cases(*held_out), list(rules)))
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


def _cases(points: pd.DataFrame, cases: ArrayLike) -> NDArray[np.bool_]:
    is_case = np.asarray(cases, dtype=np.bool_)
    if is_case.shape != (len(points),):
        raise wrong("cases", is_case.size, f"must be {len(points)}")
    return is_case


def _scores(leaf: NDArray[np.int64], is_case: NDArray[np.bool_], nodes: list[int]) -> pd.DataFrame:
    """Return how the rules do on points held out, a row for each leaf."""
    rows = []
    for node in nodes:
        own = is_case[leaf == node]
        hits, n = int(own.sum()), len(own)
        low, high = wilson(hits, n) if n else (np.nan, np.nan)
        held = hits / is_case.sum() if is_case.any() else np.nan
        rows.append((n, hits / n if n else np.nan, low, high, held))
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
