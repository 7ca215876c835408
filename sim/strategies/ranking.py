"""Which territories come first: criteria from what is believed, put on one scale, weighted."""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from sim.scenario.schema.common import Spec, quantity
from sim.strategies.base import Memory
from sim.strategies.pulls import territory_rows
from sim.strategies.view import View

Array = NDArray[Any]

UNKNOWN = 0.5
"""Where a territory stands by a criterion of which nothing is known: in the middle."""


class Ranking(Spec):
    """Order of territories: weights of criteria that each run from 0 (the least of all territories) to 1 (the most).

    What is not known counts as the middle. The weights are the doctrine's order of arguments, without measurement.
    """

    by: Literal["score", "given"] = quantity("score", "Whether the criteria or a list decides.", "-")
    given: tuple[str, ...] = quantity((), "Territories, the first first, for `by: given`.", "list", max_length=10_000)
    potential: float = quantity(1.0, "Weight of the size of the known market.", "[-10, 10]")
    growth: float = quantity(0.5, "Weight of yearly growth.", "[-10, 10]")
    rivalry: float = quantity(-0.5, "Weight of the strongest rival's share; negative prefers weak rivals.", "[-10, 10]")
    fit: float = quantity(0.25, "Weight of how typical the mix of channels is of the whole market.", "[-10, 10]")
    density: float = quantity(0.5, "Weight of known outlets per square kilometre.", "[-10, 10]")

    influence: float = quantity(0.0, "Weight of the known market next door, where a lead is felt.", "[-10, 10]")

    @model_validator(mode="after")
    def _list_is_given(self) -> Self:
        if (self.by == "given") != bool(self.given):
            raise ValueError("`by: given` and the list `given` belong together")
        return self

    def first(self, view: View, n: int) -> Array:
        """Return the rows of the first n territories, best first; fewer when the list is shorter."""
        if self.by == "given":
            return territory_rows(self.given, view)[:n]
        return best_first(self.score(view))[:n]

    def kept(self, view: View, n: int, memory: Memory, days: int) -> tuple[Array, int]:
        """Return the rows remembered, and the day of their choice; the first n of today after so many days.

        Parameters
        ----------
        memory : holds "chosen" and "since" when there was a choice.
        days : until the ranking is made anew.
        """
        if "since" in memory and view.day - memory["since"] < days:
            return np.array(memory["chosen"], dtype=np.int64), memory["since"]
        return self.first(view, n), view.day

    def score(self, view: View) -> Array:
        """Return the weighted sum of the criteria, shape (n_territories,)."""
        there = view.territories
        score: Array = (
            self.potential * scaled(there.potential)
            + self.growth * scaled(there.growth)
            + self.rivalry * scaled(rivalry(view))
            + self.fit * scaled(typicality(view))
            + self.density * scaled(there.known / there.area_km2)
            + self.influence * scaled(there.adjacent @ np.nan_to_num(there.potential))
        )
        return score


class Ease(Spec):
    """Order from easy to hard: criteria from 0 to 1, as in `Ranking`."""

    given: tuple[str, ...] = quantity((), "Territories, the first first; the criteria decide on the others.", "list")
    rivalry: float = quantity(1.0, "Weight of a weak strongest rival.", "[0, 10]")
    potential: float = quantity(1.0, "Weight of known market per kilometre of road between its outlets.", "[0, 10]")
    adjacency: float = quantity(1.0, "Weight of a border with ground already won.", "[0, 10]")

    def order(self, view: View, won: Array) -> Array:
        """Return all territories, the easiest first, shape (n,).

        Parameters
        ----------
        won : shape (n,), bool.
        """
        first = territory_rows(self.given, view)
        rest = best_first(self.score(view, won))
        return np.concatenate([first, rest[~np.isin(rest, first)]])

    def score(self, view: View, won: Array) -> Array:
        """Return ease, shape (n,)."""
        there = view.territories
        # A tour of all outlets grows with √(outlets · area) (Beardwood, Halton & Hammersley 1959).
        road = np.sqrt(there.known * there.area_km2)
        per_km = np.divide(there.potential, road, out=np.full(road.shape, np.nan), where=road > 0)
        beside = (there.adjacent & won[None, :]).any(axis=1)
        score: Array = self.potential * scaled(per_km) - self.rivalry * scaled(rivalry(view)) + self.adjacency * beside
        return score


def scaled(values: Array) -> Array:
    """Put values on a scale from 0 (least) to 1 (most), shape (n,); unknown ones and equal ones in the middle.

    Unlike with z-scores, a territory never loses against another when its own value grows.
    """
    known = np.isfinite(values)
    if not known.any():
        return np.full(values.shape, UNKNOWN)
    low, high = values[known].min(), values[known].max()
    if high <= low:
        return np.full(values.shape, UNKNOWN)
    return np.where(known, (values - low) / (high - low), UNKNOWN)


def best_first(score: Array) -> Array:
    """Return rows by falling score, the earlier row first among equals, shape (n,)."""
    return np.argsort(-score, kind="stable")


def rivalry(view: View) -> Array:
    """Return the strongest rival's believed share, shape (n,); NaN where none is known, 0 without rivals."""
    rivals = view.territories.share[:, 1:]
    return rivals.max(axis=1) if rivals.shape[1] else np.zeros(rivals.shape[0])


def typicality(view: View) -> Array:
    """Return how near the mix of known outlets by channel is to that of all, shape (n,).

    1 is the same, 0 nothing in common; NaN without a known outlet.
    """
    n, outlets = len(view.names.territories), view.outlets
    if not outlets.row.shape[0]:
        return np.full(n, np.nan)
    channels = int(outlets.channel.max()) + 1
    counts = np.zeros((n, channels))
    np.add.at(counts, (outlets.territory, outlets.channel), 1.0)
    number = counts.sum(axis=1, keepdims=True)
    mix = np.divide(counts, number, out=np.full(counts.shape, np.nan), where=number > 0)
    common: Array = 1.0 - 0.5 * np.abs(mix - counts.sum(axis=0) / counts.sum()).sum(axis=1)
    return common
