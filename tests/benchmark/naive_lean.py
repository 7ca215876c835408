"""The bare market as a SimPy beginner would write it: one process and one object for each outlet, shopper by shopper.

Only demand, choice, stock-outs and reordering are here, in their simplest forms: one taste, no memory, no other store,
fixed levels. `naive.py` has them as the full model has them. It is written for clarity, with Python's own `random`,
which is faster for single draws than NumPy's generators.
"""

from __future__ import annotations

import math
import random
import time
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field

import simpy

BRANDS = 4
LEAD_DAYS = 2


@dataclass
class Outlet:
    """One shop: what it sells, at which choice probabilities, and how it reorders.

    `weights` are exp(utility) of the brands listed (0 when not), `reorder` and `target` are s and S of each brand.
    """

    mean_shoppers: float
    weights: Sequence[float]
    reorder: Sequence[int]
    target: Sequence[int]
    stock: list[int]
    on_order: list[int] = field(default_factory=lambda: [0] * BRANDS)
    sold: list[int] = field(default_factory=lambda: [0] * BRANDS)
    lost: int = 0
    shoppers: int = 0


def poisson(rng: random.Random, mean: float) -> int:
    """Knuth's method in pieces of at most 500, so that exp(−mean) does not vanish."""
    count = 0
    while mean > 500.0:
        count += poisson(rng, 500.0)
        mean -= 500.0
    limit = math.exp(-mean)
    product = rng.random()
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def negative_binomial(rng: random.Random, mean: float, dispersion: float) -> int:
    """Poisson with a gamma mean; variance mean + mean²/dispersion."""
    return poisson(rng, rng.gammavariate(dispersion, mean / dispersion))


def choose(rng: random.Random, weights: Sequence[float], no_purchase: float) -> int:
    """Multinomial logit over the weights and buying nothing; −1 for nothing."""
    u = rng.random() * (sum(weights) + no_purchase)
    running = 0.0
    for brand, weight in enumerate(weights):
        running += weight
        if u < running:
            return brand
    return -1


class LeanMarket:
    """All outlets of a market, each a process.

    Parameters
    ----------
    outlets : shops.
    dispersion : of the negative binomial number of shoppers.
    no_purchase : weight of buying nothing.
    """

    def __init__(self, outlets: Sequence[Outlet], dispersion: float, no_purchase: float, seed: int) -> None:
        self.env = simpy.Environment()
        self.rng = random.Random(seed)
        self.outlets = outlets
        self.dispersion = dispersion
        self.no_purchase = no_purchase
        for outlet in outlets:
            self.env.process(self.trade(outlet))

    def trade(self, outlet: Outlet) -> Generator[simpy.Event, None, None]:
        """Serve the day's shoppers, then look at the shelf, for ever."""
        while True:
            for _ in range(negative_binomial(self.rng, outlet.mean_shoppers, self.dispersion)):
                self.serve(outlet)
            self.review(outlet)
            yield self.env.timeout(1)

    def serve(self, outlet: Outlet) -> None:
        """One shopper chooses, and chooses again among what is left when the shelf is empty."""
        outlet.shoppers += 1
        brand = choose(self.rng, outlet.weights, self.no_purchase)
        if brand >= 0 and outlet.stock[brand] == 0:
            left = [w if s > 0 else 0.0 for w, s in zip(outlet.weights, outlet.stock, strict=True)]
            brand = choose(self.rng, left, self.no_purchase)
            if brand < 0:
                outlet.lost += 1
        if brand >= 0:
            outlet.stock[brand] -= 1
            outlet.sold[brand] += 1

    def review(self, outlet: Outlet) -> None:
        """(s, S) for each brand."""
        for brand in range(BRANDS):
            position = outlet.stock[brand] + outlet.on_order[brand]
            if outlet.weights[brand] > 0.0 and position <= outlet.reorder[brand]:
                units = outlet.target[brand] - position
                outlet.on_order[brand] += units
                self.env.process(self.deliver(outlet, brand, units))

    def deliver(self, outlet: Outlet, brand: int, units: int) -> Generator[simpy.Event, None, None]:
        """The truck comes after the lead time."""
        yield self.env.timeout(LEAD_DAYS)
        outlet.on_order[brand] -= units
        outlet.stock[brand] += units

    def run(self, days: int) -> float:
        """Simulate some days; returns seconds."""
        began = time.process_time()
        self.env.run(until=self.env.now + days)
        return time.process_time() - began
