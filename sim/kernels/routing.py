"""An advisor's tour of the day: two starts, each improved by 2-opt and Or-opt until neither helps.

The shorter tour is driven. Called every day for every advisor, so it works on one distance table and searches no
further. Ties go to the lower index and to the earlier move: the same stops give the same tour. Measured on random stops
in a square: 25 µs for 25 stops; mean 0.4 % above the best known tour and never above 10 % (one start alone: 1.3 %, and
above 10 % in 1 of 100).
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sim.compiled import kernel

# A move must save more than this; equal tours must not be exchanged for each other for ever. [km]
LEAST_GAIN: Final = 1e-9
LONGEST_SEGMENT: Final = 3

Tour = NDArray[np.uint32]
"""Nodes in the order of the tour. Without a sign they need no test whether they count from the end of the table: that
test was a sixth of the time."""


@kernel(allocates=True)
def distance_table(
    x_km: NDArray[np.float64], y_km: NDArray[np.float64], depot_x_km: float, depot_y_km: float
) -> NDArray[np.float64]:
    """Return straight-line distances between the stops and the depot.

    Parameters
    ----------
    x_km, y_km : shape (n,). Stops. [km]
    depot_x_km, depot_y_km : where the tour begins and ends. [km]

    Returns
    -------
    shape (n + 1, n + 1); row and column 0 are the depot, stop i is i + 1. [km]
    """
    n = x_km.shape[0]
    table = np.empty((n + 1, n + 1))
    table[0, 0] = 0.0
    for i in range(n):
        dx = x_km[i] - depot_x_km
        dy = y_km[i] - depot_y_km
        table[0, i + 1] = math.sqrt(dx * dx + dy * dy)
        table[i + 1, 0] = table[0, i + 1]
        table[i + 1, i + 1] = 0.0
        for j in range(i):
            dx = x_km[i] - x_km[j]
            dy = y_km[i] - y_km[j]
            table[i + 1, j + 1] = math.sqrt(dx * dx + dy * dy)
            table[j + 1, i + 1] = table[i + 1, j + 1]
    return table


@kernel()
def closed_length(table: NDArray[np.float64], tour: Tour) -> float:
    """Return the length of the closed tour through the nodes of `tour`, shape (m,) [km]."""
    total = 0.0
    for i in range(tour.shape[0]):
        total += table[tour[i - 1], tour[i]]
    return float(total)


@kernel(allocates=True)
def nearest_neighbour(table: NDArray[np.float64]) -> Tour:
    """Return the tour from node 0 that always goes to the nearest node left; ties to the lower index.

    Parameters
    ----------
    table : shape (m, m). [km]

    Returns
    -------
    shape (m,), a permutation beginning with 0.
    """
    m = table.shape[0]
    tour = np.arange(m).astype(np.uint32)
    for i in range(1, m):
        here = tour[i - 1]
        best = i
        for j in range(i + 1, m):
            nearer = table[here, tour[j]] - table[here, tour[best]]
            if nearer < 0.0 or (nearer == 0.0 and tour[j] < tour[best]):
                best = j
        tour[i], tour[best] = tour[best], tour[i]
    return tour


@kernel(allocates=True)
def farthest_insertion(table: NDArray[np.float64]) -> Tour:
    """Return the tour that always takes in the stop farthest from it, where it costs least; ties to the lower index.

    Parameters
    ----------
    table : shape (m, m). [km]

    Returns
    -------
    shape (m,), a permutation beginning with 0.
    """
    m = table.shape[0]
    tour = np.zeros(m, np.uint32)
    away = table[0].copy()
    away[0] = -1.0
    for size in range(1, m):
        stop = np.argmax(away)
        place = 0
        least = np.inf
        for i in range(size):
            after = tour[i + 1] if i + 1 < size else tour[0]
            longer = table[tour[i], stop] + table[stop, after] - table[tour[i], after]
            if longer < least:
                least, place = longer, i + 1
        for i in range(size, place, -1):
            tour[i] = tour[i - 1]
        tour[place] = stop
        away[stop] = -1.0
        for j in range(m):
            away[j] = min(away[j], table[stop, j])
    return tour


@kernel()
def _reverse(tour: Tour, first: int, last: int) -> None:
    """Turn round tour[first:last + 1] in place."""
    while first < last:
        tour[first], tour[last] = tour[last], tour[first]
        first += 1
        last -= 1


@kernel()
def two_opt_pass(table: NDArray[np.float64], tour: Tour) -> bool:
    """Turn round every stretch that shortens the tour, in place; return whether any did."""
    m = tour.shape[0]
    improved = False
    for i in range(1, m - 1):
        before = tour[i - 1]
        first = tour[i]
        cut = table[before, first]
        after = tour[i + 1]
        for j in range(i + 1, m):
            last = after
            after = tour[j + 1] if j + 1 < m else tour[0]
            if cut + table[last, after] - table[before, last] - table[first, after] > LEAST_GAIN:
                _reverse(tour, i, j)
                first = tour[i]
                cut = table[before, first]
                improved = True
    return improved


@kernel()
def _move_segment(tour: Tour, first: int, last: int, behind: int, turned: bool) -> None:
    """Move tour[first:last + 1] to stand behind position `behind`, turned round or not, in place.

    Three reversals of neighbouring stretches make a rotation, and need no memory.
    """
    if behind > last:
        _reverse(tour, first, last)
        _reverse(tour, last + 1, behind)
        _reverse(tour, first, behind)
        # The segment now stands at the end in its old direction.
        if turned:
            _reverse(tour, behind - (last - first), behind)
    else:
        _reverse(tour, first, last)
        _reverse(tour, behind + 1, first - 1)
        _reverse(tour, behind + 1, last)
        if turned:
            _reverse(tour, behind + 1, behind + 1 + (last - first))


@kernel(inline=True)
def _best_place(table: NDArray[np.float64], tour: Tour, first: int, last: int) -> tuple[float, int, bool]:
    """Return (km saved, position it goes behind, turned round) of the best new place of tour[first:last + 1]."""
    m = tour.shape[0]
    before = tour[first - 1]
    after = tour[last + 1] if last + 1 < m else tour[0]
    head = tour[first]
    tail = tour[last]
    freed = table[before, head] + table[tail, after] - table[before, after]
    best = 0.0
    place = -1
    turned = False
    if freed <= LEAST_GAIN:
        return best, place, turned
    # Each node's distances from the ends are looked up once and serve the gaps on both of its sides.
    b = tour[0]
    head_b, tail_b = table[head, b], table[tail, b]
    for k in range(m - 1, -1, -1):
        a = tour[k]
        head_a, tail_a = table[head, a], table[tail, a]
        if k < first - 1 or k > last:
            gap = freed + table[a, b]
            straight = gap - head_a - tail_b
            reverse = gap - tail_a - head_b
            if max(straight, reverse) > best + LEAST_GAIN:
                best, place, turned = max(straight, reverse), k, reverse > straight
        b, head_b, tail_b = a, head_a, tail_a
    return best, place, turned


@kernel()
def or_opt_pass(table: NDArray[np.float64], tour: Tour) -> bool:
    """Move stretches of up to three stops to their best place while that shortens the tour; return whether any did."""
    m = tour.shape[0]
    improved = False
    for length in range(1, min(LONGEST_SEGMENT, m - 2) + 1):
        for first in range(1, m - length + 1):
            saved, place, turned = _best_place(table, tour, first, first + length - 1)
            if saved > LEAST_GAIN:
                _move_segment(tour, first, first + length - 1, place, turned)
                improved = True
    return improved


@kernel()
def improve_tour(table: NDArray[np.float64], tour: Tour) -> None:
    """Apply 2-opt and Or-opt in turn, in place, until neither shortens the tour."""
    if tour.shape[0] < 4:
        return
    working, settled = True, False
    while working:
        working = two_opt_pass(table, tour)
        # Or-opt finds nothing again in a tour in which it has found nothing.
        if working or not settled:
            settled = not or_opt_pass(table, tour)
            working |= not settled


@kernel(allocates=True)
def route(
    x_km: NDArray[np.float64], y_km: NDArray[np.float64], depot_x_km: float, depot_y_km: float, improve: bool
) -> NDArray[np.int64]:
    """Return the order in which an advisor calls at the stops.

    Parameters
    ----------
    x_km, y_km : shape (n,). Stops of the day. [km]
    depot_x_km, depot_y_km : where the tour begins and ends. [km]
    improve : False drives the plain nearest-neighbour tour; True the better of two improved tours.

    Returns
    -------
    shape (n,), a permutation of 0 … n − 1.
    """
    table = distance_table(x_km, y_km, depot_x_km, depot_y_km)
    tour: Tour = nearest_neighbour(table)
    if improve:
        improve_tour(table, tour)
        second = farthest_insertion(table)
        improve_tour(table, second)
        if closed_length(table, second) < closed_length(table, tour) - LEAST_GAIN:
            tour = second
    return tour[1:].astype(np.int64) - 1
