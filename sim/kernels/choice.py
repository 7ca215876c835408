"""What a shopper chooses: the multinomial logit over what is listed, by latent segment.

Utility of product p at outlet i for segment s (docs/model.md):
``appeal·taste_s + goodwill + promotion + promoter − β_s·ln(price/usual price) + δ·ln(share of facings) + η_s·habit``.
The part that belongs to the outlet (price level, facings, habit) is kept as `choice_weight` = exp(that part); the part
that belongs to the territory (goodwill, trial of launches, price cuts) multiplies it as `territory_weight`.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel

Array = NDArray[Any]


class Tastes(NamedTuple):
    """Coefficients by segment and product.

    Attributes
    ----------
    price : shape (n_segments,). β_s.
    habit : shape (n_segments,). η_s; zero when habit is off.
    taste : shape (n_segments,). Multiplier of appeal.
    appeal : shape (n_products,).
    brand : shape (n_products,). Row of the brand.
    company : shape (n_products,). Row of the company.
    usual_price_cents : shape (n_products,).
    shelf : δ.
    no_purchase : weight of buying nothing, exp(utility).
    """

    price: Array
    habit: Array
    taste: Array
    appeal: Array
    brand: Array
    company: Array
    usual_price_cents: Array
    shelf: float
    no_purchase: float


class ShelfTerms(NamedTuple):
    """What gives a product room on the shelf: relation and display weights, and whether shelves move at all."""

    relation_weight: float
    display_weight: float
    moves: bool


@kernel(inline=True)
def facing_weight(gain: float, relation: float, display: bool, terms: ShelfTerms) -> float:
    """Return the shelf weight of one listed product; 1 is a fair share."""
    if not terms.moves:
        return 1.0
    weight = 1.0 + gain + terms.relation_weight * relation
    if display:
        weight += terms.display_weight
    return weight


@kernel(inline=True)
def facing_shares(
    listed: Array, gain: Array, relation: Array, display: Array, company: Array, terms: ShelfTerms, out: Array
) -> None:
    """Write the share of facings of each product of one outlet, shape (n_products,); 0 when not listed."""
    total = 0.0
    for p in range(listed.shape[0]):
        out[p] = 0.0
        if listed[p]:
            c = company[p]
            out[p] = facing_weight(gain[p], relation[c], display[c], terms)
            total += out[p]
    if total > 0.0:
        for p in range(listed.shape[0]):
            out[p] /= total


@kernel(inline=True)
def outlet_weights(listed: Array, price_cents: Array, shares: Array, habit: Array, tastes: Tastes, out: Array) -> None:
    """Write exp(utility) of the outlet's own terms, shape (n_segments, n_products); 0 when not listed."""
    for p in range(listed.shape[0]):
        if not listed[p]:
            for s in range(out.shape[0]):
                out[s, p] = 0.0
            continue
        log_price = math.log(price_cents[p] / tastes.usual_price_cents[p])
        common = tastes.shelf * math.log(shares[p])
        for s in range(out.shape[0]):
            out[s, p] = math.exp(
                tastes.taste[s] * tastes.appeal[p]
                - tastes.price[s] * log_price
                + common
                + tastes.habit[s] * habit[tastes.brand[p]]
            )


@kernel()
def refresh_weights(
    rows: Array,
    listed: Array,
    price_cents: Array,
    gain: Array,
    relation: Array,
    display: Array,
    habit: Array,
    tastes: Tastes,
    terms: ShelfTerms,
    shares: Array,
    choice_weight: Array,
) -> None:
    """Recompute `choice_weight`, shape (n_outlets, n_segments, n_products), for the outlets in `rows`.

    `shares`, shape (n_products,), is scratch.
    """
    for k in range(rows.shape[0]):
        i = rows[k]
        facing_shares(listed[i], gain[i], relation[i], display[i], tastes.company, terms, shares)
        outlet_weights(listed[i], price_cents[i], shares, habit[i], tastes, choice_weight[i])


@kernel()
def territory_weights(
    goodwill: Array, trial: Array, price_factor: Array, promotion: Array, boost: Array, tastes: Tastes, out: Array
) -> None:
    """Write the territory's multiplier of each weight.

    Parameters
    ----------
    goodwill : shape (n_territories, n_brands). [utility]
    trial : shape (n_territories, n_products). Share of consumers who know the product.
    price_factor : shape (n_territories, n_products). Street price against the shelf price.
    promotion : shape (n_territories, n_products). [utility]
    boost : shape (n_companies, n_territories). The rivals' answers, for all their products. [utility]
    out : shape (n_territories, n_segments, n_products).
    """
    for t in range(goodwill.shape[0]):
        for p in range(trial.shape[1]):
            promoted = promotion[t, p] + boost[tastes.company[p], t]
            level = trial[t, p] * math.exp(goodwill[t, tastes.brand[p]] + promoted)
            log_factor = math.log(price_factor[t, p])
            for s in range(out.shape[1]):
                out[t, s, p] = level * math.exp(-tastes.price[s] * log_factor)


@kernel(inline=True)
def choice_probabilities(
    weight: Array,
    territory_weight: Array,
    mix: Array,
    promoter: float,
    promoters: int,
    company: Array,
    no_purchase: float,
    by_segment: Array,
    out: Array,
) -> None:
    """Write the choice probabilities of one outlet's shoppers.

    Parameters
    ----------
    weight, territory_weight : shape (n_segments, n_products).
    mix : shape (n_segments,). Segment shares of the outlet's shoppers.
    promoter : exp(utility of a promoter).
    promoters : bits of the companies whose promoter stands there today.
    by_segment : shape (n_segments, n_products), written: probability of segment and product together.
    out : shape (n_products,), written: probability of each product; the rest buys nothing.
    """
    n_products = out.shape[0]
    for p in range(n_products):
        out[p] = 0.0
    for s in range(mix.shape[0]):
        total = no_purchase
        for p in range(n_products):
            w = weight[s, p] * territory_weight[s, p]
            if promoters != 0 and (promoters >> company[p]) & 1:
                w *= promoter
            by_segment[s, p] = w
            total += w
        scale = mix[s] / total if total > 0.0 else 0.0
        for p in range(n_products):
            by_segment[s, p] *= scale
            out[p] += by_segment[s, p]
