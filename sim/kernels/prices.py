"""What a product costs in the street."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]

LARGEST_CUT = 0.9


@kernel()
def street_prices(
    promotion: Array, lasting: Array, rivals: Array, disorder: Array, company: Array, effect: float, out: Array
) -> None:
    """Write street price against shelf price, shape (n_territories, n_products).

    Parameters
    ----------
    promotion, lasting : shape (n_territories, n_products). Cuts of the shelf price.
    rivals : shape (n_companies, n_territories). The rivals' cuts, on all their products.
    disorder : shape (n_territories, n_companies). Price disorder.
    company : shape (n_products,).
    effect : price lost to a disorder of 1.
    """
    for t in range(out.shape[0]):
        for p in range(out.shape[1]):
            c = company[p]
            cut = min(promotion[t, p] + rivals[c, t] + lasting[t, p], LARGEST_CUT)
            out[t, p] = (1.0 - cut) * (1.0 - min(disorder[t, c] * effect, LARGEST_CUT))


@kernel()
def paid_cuts(promotion: Array, lasting: Array, rivals: Array, company: Array, out: Array) -> None:
    """Write the part of the shelf price that the products' companies pay; arguments as in `street_prices`."""
    for t in range(out.shape[0]):
        for p in range(out.shape[1]):
            out[t, p] = min(promotion[t, p] + lasting[t, p] + rivals[company[p], t], LARGEST_CUT)
