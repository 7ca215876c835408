"""Cases 4, 5 and 6: choice and stock-outs, through the kernel that serves every shopper of a trading day."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.stats import chisquare

from tests.trading_day import GRUEN, MANY, probabilities, trade

Check = Callable[..., None]
REPLICATIONS = 20


def shelves(*available: bool, n: int = 200) -> np.ndarray:
    """The same products in stock at n outlets."""
    return np.tile(np.where(available, MANY, 0), (n, 1))


def test_case04_a_product_out_leaves_the_logit_of_the_others(assert_reproduced: Check) -> None:
    """Shares .5, .3, .2; the first is out and shoppers choose again: .6 and .4 of what is sold."""

    def share(replication: int) -> float:
        counts, _ = trade(
            replication,
            shelves(False, True, True),
            (0.5, 0.3, 0.2),
            mean_shoppers=60,
            brands=(0, 1, 2),
            choose_again=True,
        )
        assert counts.sold[:, 0].sum() == 0
        assert counts.sold.sum() == counts.shoppers.sum()
        return float(counts.sold[:, 1].sum() / counts.sold.sum())

    assert_reproduced(np.array([share(r) for r in range(REPLICATIONS)]), exact=0.6, table=0.6, cap=0.005)


def test_case04_with_everything_in_stock_the_shares_are_the_logit(assert_reproduced: Check) -> None:
    def share(replication: int) -> float:
        counts, _ = trade(replication, shelves(True, True, True), (0.5, 0.3, 0.2), mean_shoppers=60, brands=(0, 1, 2))
        return float(counts.sold[:, 0].sum() / counts.sold.sum())

    assert_reproduced(np.array([share(r) for r in range(REPLICATIONS)]), exact=0.5, table=0.5, cap=0.005)


def observed(in_stock: tuple[bool, bool, bool], neighbours: bool = True) -> np.ndarray:
    """Reactions to product 0 of brand 0 being out; product 1 is of its brand, product 2 of another."""
    counts, movers = trade(
        0, shelves(*in_stock, n=1000), (0.9, 0.05, 0.05), mean_shoppers=120, brands=(0, 0, 1), neighbours=neighbours
    )
    seen = np.array(
        [
            counts.moved_store[0, 0],
            counts.substituted_brand[0, 0],
            counts.substituted_product[0, 0],
            counts.deferred[0, 0],
            counts.lost[0, 0].sum(),
        ]
    )
    assert seen.sum() == counts.shoppers_first_choice[0, 0] > 100_000
    on_the_way, tomorrow = movers.product[: movers.n[0]], movers.later_product[: movers.n[1]]
    assert [(on_the_way == 0).sum(), (tomorrow == 0).sum()] == [seen[0], seen[3]]
    return seen


def test_case05_reactions_to_a_stock_out() -> None:
    """31, 26, 19, 15 and 9 % of more than 1e5 events (Gruen, Corsten & Bharadwaj 2002); chi-square p > .01."""
    seen = observed((False, True, True))
    fit = chisquare(seen, np.array(GRUEN) * seen.sum())
    print(f"other store, other brand, same brand, later, nothing: {seen / seen.sum()}; p = {fit.pvalue:.3f}")
    assert fit.pvalue > 0.01


@pytest.mark.parametrize(
    ("in_stock", "neighbours", "expected"),
    [
        pytest.param((False, False, True), True, (0.31, 0.26, 0.0, 0.15, 0.28), id="nothing else of the brand"),
        pytest.param((False, True, False), True, (0.31, 0.0, 0.19, 0.15, 0.35), id="no other brand"),
        pytest.param((False, True, True), False, (0.0, 0.26, 0.19, 0.15, 0.40), id="no other store"),
    ],
)
def test_case05_a_reaction_without_a_target_is_a_lost_sale(
    in_stock: tuple[bool, bool, bool], neighbours: bool, expected: tuple[float, ...]
) -> None:
    seen = observed(in_stock, neighbours)
    possible = np.array(expected) > 0
    assert not seen[~possible].any()
    assert chisquare(seen[possible], np.array(expected)[possible] * seen.sum()).pvalue > 0.01


@pytest.mark.parametrize(("accepts", "table"), [(1.0, (0.330, 0.630, 0.040)), (0.5, (0.315, 0.540, 0.145))])
def test_case06_distribution_makes_share(accepts: float, table: tuple[float, ...], assert_reproduced: Check) -> None:
    """Two brands of equal appeal in .6 and .9 of outlets, independently; a fraction accepts the second choice.

    A = ½·D_A·(1 + a(1 − D_B)). Of 200 outlets exactly 108 carry both, 12 the first only, 72 the second only, 8 none.
    Shoppers know both brands, so an outlet that does not carry one is modelled as one that lists it and has none:
    with probability a they take the other brand, otherwise they buy nothing.
    """
    stock = np.repeat(np.array([[MANY, MANY], [MANY, 0], [0, MANY], [0, 0]]), (108, 12, 72, 8), axis=0)
    reactions = (0.0, accepts, 0.0, 0.0, 1.0 - accepts)

    def shares(replication: int) -> np.ndarray:
        counts, _ = trade(replication, stock, (1.0, 1.0), mean_shoppers=100, brands=(0, 1), reactions=reactions)
        bought = counts.sold.sum(axis=0)
        return np.append(bought, counts.lost.sum()) / counts.shoppers.sum()

    found = np.array([shares(r) for r in range(REPLICATIONS)])
    d = (0.6, 0.9)
    exact = [0.5 * d[k] * (1 + accepts * (1 - d[1 - k])) for k in (0, 1)]
    exact.append(1 - sum(exact))
    assert exact == pytest.approx(table, abs=5e-4)
    for k in range(3):
        assert_reproduced(found[:, k], exact=exact[k], table=table[k], cap=0.005)


def test_case20_identical_products_have_exactly_equal_probabilities() -> None:
    """Not nearly: the arithmetic of two equal products is the same to the last bit."""
    weight = np.array([[0.3, 0.7, 0.3], [1.9, 0.2, 1.9]])
    _, out = probabilities(weight, np.array([0.4, 0.6]), no_purchase=0.8, promoter=1.6, promoters=0b101)
    assert out[0] == out[2] > out[1]
    assert out.sum() < 1.0
