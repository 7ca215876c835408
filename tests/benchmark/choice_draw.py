"""Compare two ways to draw a shopper's choice: a keyed Gumbel number per product, or one cumulative uniform.

Usage: PYTHONPATH=. python tests/benchmark/choice_draw.py

Both give the same multinomial logit. They differ in what a small change of one product's utility does to the other
shoppers, and so in the noise of a paired comparison, and in time. The result is recorded in docs/randomness.md.
"""

from __future__ import annotations

import math
import time

import numpy as np
from numba import njit

from sim.streams import DecisionPoint, draw, key_of, stream

SHOPPERS = 400
REPLICATIONS = 4000
LIFT = 0.05


@njit(cache=True)
def by_cumulative_uniform(probabilities: np.ndarray, start: np.uint64, shopper: int) -> int:
    """Product whose stretch of [0, 1) the shopper's one uniform falls into; n_products is buying nothing."""
    u = draw(start, shopper)
    running = 0.0
    for p in range(probabilities.shape[0] - 1):
        running += probabilities[p]
        if u < running:
            return p
    return probabilities.shape[0] - 1


@njit(cache=True)
def by_gumbel(probabilities: np.ndarray, start: np.uint64, shopper: int) -> int:
    """Product of the largest utility plus Gumbel number, as the race argmin −ln(u)/weight, which needs one log each."""
    n = probabilities.shape[0]
    best = 0
    first = np.inf
    for p in range(n):
        arrival = -math.log(draw(start, shopper * n + p)) / probabilities[p]
        if arrival < first:
            first, best = arrival, p
    return best


@njit(cache=True)
def sales(gumbel: bool, probabilities: np.ndarray, key: np.uint64, shoppers: int) -> np.ndarray:
    """Units chosen of each product, shape (n_products + 1,)."""
    counts = np.zeros(probabilities.shape[0])
    start = stream(key, np.uint64(7))
    for j in range(shoppers):
        counts[by_gumbel(probabilities, start, j) if gumbel else by_cumulative_uniform(probabilities, start, j)] += 1
    return counts


def logit(utilities: np.ndarray) -> np.ndarray:
    """Choice probabilities, buying nothing last."""
    weights = np.append(np.exp(utilities), math.exp(-0.4))
    return weights / weights.sum()


def paired_differences(gumbel: bool, utilities: np.ndarray, changed: int) -> np.ndarray:
    """Sales with one utility lifted minus sales without, same keys, shape (REPLICATIONS, n_products + 1)."""
    lifted = utilities.copy()
    lifted[changed] += LIFT
    before, after = logit(utilities), logit(lifted)
    out = []
    for r in range(REPLICATIONS):
        key = np.uint64(key_of(1, r, int(DecisionPoint.CHOICE), 0))
        out.append(sales(gumbel, after, key, SHOPPERS) - sales(gumbel, before, key, SHOPPERS))
    return np.array(out)


def nanoseconds(gumbel: bool, utilities: np.ndarray) -> float:
    """Least time per shopper of five runs. [ns]"""
    probabilities, n, times = logit(utilities), 1_000_000, []
    sales(gumbel, probabilities, np.uint64(1), 10)
    for _ in range(5):
        began = time.perf_counter()
        sales(gumbel, probabilities, np.uint64(1), n)
        times.append((time.perf_counter() - began) / n * 1e9)
    return min(times)


def main() -> None:
    """Print the comparison."""
    for n in (8, 24):
        utilities = np.linspace(0.35, -0.35, n)
        print(f"{n} products, {SHOPPERS} shoppers, utility of one product +{LIFT}, {REPLICATIONS} pairs")
        base = logit(utilities)
        print("  changed | method     | mean diff | variance of own diff | of all others | unpaired | ns/shopper")
        for place, changed in (("first", 0), ("middle", n // 2), ("last", n - 1)):
            unpaired = 2 * SHOPPERS * base[changed] * (1 - base[changed])
            for name, gumbel in (("cumulative", False), ("Gumbel", True)):
                d = paired_differences(gumbel, utilities, changed)
                others = np.delete(d, changed, axis=1).var(axis=0, ddof=1).sum()
                print(
                    f"  {place:7s} | {name:10s} | {d[:, changed].mean():9.3f} | {d[:, changed].var(ddof=1):20.2f} | "
                    f"{others:13.2f} | {unpaired:8.1f} | {nanoseconds(gumbel, utilities):.1f}"
                )


if __name__ == "__main__":
    main()
