"""Where promoters stand, and what they do to the shelf there."""

from __future__ import annotations

from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.calls import ShelfRules

Array = NDArray[Any]


class Stages(NamedTuple):
    """Outlets as promoters find them: columns of the world, and their order by territory.

    Attributes
    ----------
    rows, first : outlets by territory, and where each territory begins in them.
    promoter_companies, weight_is_stale : shape (n_outlets,). Promoters are bits by company; written.
    shelf_gain : shape (n_outlets, n_products). Written.
    chosen : shape (n_outlets,). Scratch.
    """

    rows: Array
    first: Array
    is_open: Array
    weight_is_stale: Array
    promoter_companies: Array
    is_listed: Array
    shelf_gain: Array
    product_company: Array
    efficiency: Array
    chosen: Array


@kernel(inline=True)
def _lists(stages: Stages, i: int, c: int) -> bool:
    """Whether outlet i lists a product of company c."""
    found = False
    for p in range(stages.product_company.shape[0]):
        found |= stages.product_company[p] == c and stages.is_listed[i, p]
    return found


@kernel(inline=True)
def _tidy(stages: Stages, i: int, c: int, step: float, rules: ShelfRules) -> None:
    """Move company c's facings a step toward their best place."""
    for p in range(stages.product_company.shape[0]):
        if stages.product_company[p] == c and stages.is_listed[i, p]:
            stages.shelf_gain[i, p] += step * (rules.best_weight - 1.0 - stages.shelf_gain[i, p])
    stages.weight_is_stale[i] = True


@kernel()
def place_promoters(
    stages: Stages, rules: ShelfRules, c: int, persons: Array, size: Array, is_candidate: Array, tidies: bool
) -> None:
    """Send a company's promoters to the largest open outlets that list it.

    Parameters
    ----------
    persons : shape (n_territories,). Promoters to be placed; reduced to those that are.
    size, is_candidate : shape (n_outlets,). Size as the company knows it, and whether it knows the outlet.
    tidies : whether promoters put the shelf right.
    """
    chosen = stages.chosen
    for t in range(persons.shape[0]):
        n = 0
        for i in stages.rows[stages.first[t] : stages.first[t + 1]]:
            is_full = n == persons[t]
            if is_full and (n == 0 or size[i] <= size[chosen[n - 1]]):
                continue
            if not (stages.is_open[i] and is_candidate[i] and _lists(stages, i, c)):
                continue
            # The largest stand first; of equals, the earlier outlet.
            place = n - 1 if is_full else n
            n = place + 1
            while place > 0 and size[chosen[place - 1]] < size[i]:
                chosen[place] = chosen[place - 1]
                place -= 1
            chosen[place] = i
        for i in chosen[:n]:
            stages.promoter_companies[i] |= 1 << c
            if tidies:
                _tidy(stages, i, c, rules.visit_gain * stages.efficiency[c, t], rules)
        persons[t] = n
