"""What a shopper chooses: the multinomial logit over what is listed, by latent segment.

Utility of product p at outlet i for segment s (docs/model.md):
``appeal·taste_s + standing + promotion + promoter − β_s·ln(price/usual price) + δ·ln(share of facings) + η_s·habit``.
The part that belongs to the outlet (price level, facings, habit) is kept as `choice_weight` = exp(that part); the part
that belongs to the territory (standing, trial of launches, price cuts) multiplies it as `territory_weight`.
"""

from __future__ import annotations

import math
from typing import Any, Final, NamedTuple

from numpy.typing import NDArray

from sim.compiled import kernel
from sim.kernels.day import Rules, Shops

Array = NDArray[Any]

LARGEST_CUT: Final = 0.9
"""No cut, and no disorder, takes more than this share of a price; it keeps the logarithm of prices finite."""


class Tastes(NamedTuple):
    """Coefficients by segment, shape (n_segments,), and products, shape (n_products,).

    Attributes
    ----------
    price_coefficient : β_s.
    habit_weight : η_s; zero when habit is off.
    quality_taste : multiplier of appeal.
    shelf_coefficient : δ.
    """

    price_coefficient: Array
    habit_weight: Array
    quality_taste: Array
    product_appeal: Array
    product_brand: Array
    product_company: Array
    usual_price_cents: Array
    shelf_coefficient: float


class ShelfTerms(NamedTuple):
    """What gives a product room on the shelf: relation and display weights, and whether shelves move at all."""

    relation_weight: float
    display_weight: float
    shelf: bool


class Shelf(NamedTuple):
    """What shoppers see at each outlet, shape (n_outlets, …); what companies' displays achieve, by territory."""

    is_listed: Array
    shelf_price_cents: Array
    shelf_discount: Array
    shelf_gain: Array
    shelf_space: Array
    relation: Array
    display_on: Array
    habit: Array
    choice_weight: Array
    efficiency: Array
    outlet_territory: Array
    exclusive_company: Array
    rival_facings_most: Array


class TerritoryTerms(NamedTuple):
    """What moves demand in a whole territory.

    Attributes
    ----------
    standing : shape (n_territories, n_brands). Goodwill, brand capital and what comes over borders. [utility]
    trial : shape (n_territories, n_products). Share of consumers who know the product.
    promotion_utility : shape (n_territories, n_products). [utility]
    promotion_boost : shape (n_companies, n_territories). The rivals' answers, for all their products. [utility]
    """

    standing: Array
    trial: Array
    promotion_utility: Array
    promotion_boost: Array


class PriceCuts(NamedTuple):
    """What takes street prices below the shelf price.

    Attributes
    ----------
    price_cut, lever_price_cut : shape (n_territories, n_products). Promotions and lasting cuts.
    rival_price_cut : shape (n_companies, n_territories). The rivals' cuts, on all their products.
    price_disorder : shape (n_territories, n_companies).
    product_company : shape (n_products,).
    disorder_price_effect : price lost to a disorder of 1.
    """

    price_cut: Array
    lever_price_cut: Array
    rival_price_cut: Array
    price_disorder: Array
    product_company: Array
    disorder_price_effect: float


@kernel(inline=True)
def facing_weight(space: float, gain: float, relation: float, display: float, terms: ShelfTerms) -> float:
    """Return the shelf weight of one listed product; 1 is a fair share.

    `space` is what its sales make of that, `display` what the company's paid display achieves here, 0 without one.
    """
    if not terms.shelf:
        return 1.0
    return space * (1.0 + gain + terms.relation_weight * relation + terms.display_weight * display)


@kernel(inline=True)
def cap_rivals(weights: Array, total: float, company: Array, holder: int, most: float) -> None:
    """Leave the other companies `most` of the shelf weights together; the holder of an exclusive has the rest.

    Nothing moves where they have less, or where the holder has nothing on the list. The total stays.
    """
    held = 0.0
    for p in range(weights.shape[0]):
        held += weights[p] if company[p] == holder else 0.0
    rivals = total - held
    if held <= 0.0 or rivals <= most * total:
        return
    for p in range(weights.shape[0]):
        weights[p] *= (1.0 - most) * total / held if company[p] == holder else most * total / rivals


@kernel(inline=True)
def facing_shares(shelf: Shelf, tastes: Tastes, terms: ShelfTerms, i: int, out: Array) -> None:
    """Write the share of facings of each product of outlet i, shape (n_products,); 0 when not listed."""
    listed, gain, relation, display = shelf.is_listed[i], shelf.shelf_gain[i], shelf.relation[i], shelf.display_on[i]
    space = shelf.shelf_space[i]
    total, t = 0.0, shelf.outlet_territory[i]
    for p in range(listed.shape[0]):
        out[p] = 0.0
        if listed[p]:
            c = tastes.product_company[p]
            out[p] = facing_weight(space[p], gain[p], relation[c], display[c] * shelf.efficiency[c, t], terms)
            total += out[p]
    if total > 0.0:
        if shelf.rival_facings_most[i] < 1.0:
            cap_rivals(out, total, tastes.product_company, shelf.exclusive_company[i], shelf.rival_facings_most[i])
        for p in range(listed.shape[0]):
            out[p] /= total


@kernel(inline=True)
def outlet_weights(shelf: Shelf, tastes: Tastes, i: int, shares: Array) -> None:
    """Write exp(utility) of the terms of outlet i, shape (n_segments, n_products); 0 when not listed."""
    listed, price_cents, discount = shelf.is_listed[i], shelf.shelf_price_cents[i], shelf.shelf_discount[i]
    habit, out = shelf.habit[i], shelf.choice_weight[i]
    for p in range(listed.shape[0]):
        if not listed[p]:
            for s in range(out.shape[0]):
                out[s, p] = 0.0
            continue
        log_price = math.log(price_cents[p] * (1.0 - discount[p]) / tastes.usual_price_cents[p])
        common = tastes.shelf_coefficient * math.log(shares[p])
        for s in range(out.shape[0]):
            out[s, p] = math.exp(
                tastes.quality_taste[s] * tastes.product_appeal[p]
                - tastes.price_coefficient[s] * log_price
                + common
                + tastes.habit_weight[s] * habit[tastes.product_brand[p]]
            )


@kernel()
def refresh_weights(shelf: Shelf, tastes: Tastes, terms: ShelfTerms, rows: Array, shares: Array) -> None:
    """Recompute `choice_weight` for the outlets in `rows`; `shares`, shape (n_products,), is scratch."""
    for k in range(rows.shape[0]):
        i = rows[k]
        facing_shares(shelf, tastes, terms, i, shares)
        outlet_weights(shelf, tastes, i, shares)


class Prices(NamedTuple):
    """Prices in the street, shape (n_territories, n_products), against the shelf price; written.

    Attributes
    ----------
    factor : street price, after cuts and price disorder.
    paid : part that the products' companies pay.
    """

    factor: Array
    paid: Array


@kernel()
def street_prices(cuts: PriceCuts, prices: Prices) -> None:
    """Write what products cost in the street, and what their companies pay of it."""
    for t in range(prices.factor.shape[0]):
        for p in range(prices.factor.shape[1]):
            c = cuts.product_company[p]
            promotion, lasting, rival = cuts.price_cut[t, p], cuts.lever_price_cut[t, p], cuts.rival_price_cut[c, t]
            disorder = min(cuts.price_disorder[t, c] * cuts.disorder_price_effect, LARGEST_CUT)
            prices.factor[t, p] = (1.0 - min(promotion + rival + lasting, LARGEST_CUT)) * (1.0 - disorder)
            prices.paid[t, p] = min(promotion + lasting + rival, LARGEST_CUT)


@kernel()
def territory_weights(terms: TerritoryTerms, tastes: Tastes, cuts: PriceCuts, prices: Prices, out: Array) -> None:
    """Write today's prices, and the territory's multiplier of each weight, (n_territories, n_segments, n_products)."""
    street_prices(cuts, prices)
    for t in range(out.shape[0]):
        for p in range(out.shape[2]):
            promoted = terms.promotion_utility[t, p] + terms.promotion_boost[tastes.product_company[p], t]
            level = terms.trial[t, p] * math.exp(terms.standing[t, tastes.product_brand[p]] + promoted)
            log_factor = math.log(prices.factor[t, p])
            for s in range(out.shape[1]):
                out[t, s, p] = level * math.exp(-tastes.price_coefficient[s] * log_factor)


@kernel(inline=True)
def choice_probabilities(shops: Shops, rules: Rules, i: int, by_segment: Array, out: Array) -> None:
    """Write the choice probabilities of the shoppers of outlet i.

    Parameters
    ----------
    by_segment : shape (n_segments, n_products), written: probability of segment and product together.
    out : shape (n_products,), written: probability of each product; the rest buys nothing.
    """
    weight, mix, promoters = shops.choice_weight[i], shops.outlet_mix[i], shops.promoter_companies[i]
    territory_weight = rules.territory_weight[shops.outlet_territory[i]]
    promoter_weight = rules.promoter_weight[shops.outlet_territory[i]]
    n_products = out.shape[0]
    for p in range(n_products):
        out[p] = 0.0
    for s in range(mix.shape[0]):
        total = rules.no_purchase_weight
        for p in range(n_products):
            w = weight[s, p] * territory_weight[s, p]
            if promoters != 0 and (promoters >> rules.product_company[p]) & 1:
                w *= promoter_weight[rules.product_company[p]]
            by_segment[s, p] = w
            total += w
        scale = mix[s] / total if total > 0.0 else 0.0
        for p in range(n_products):
            by_segment[s, p] *= scale
            out[p] += by_segment[s, p]
