"""The price of money: interest on what is tied up, and what is left at the end."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity
from sim.scenario.schema.place import Share

PASSED_ON = "median wholesale pass-through of Dominick's tuna (R package bayesm): .13"


class InterestSpec(Spec):
    """What capital costs a year, by tier: on stock and receivables, less what suppliers lend (`mechanisms.interest`).

    Who owes more than that ties up nothing and earns nothing. The rates are assumptions, in the order in which banks
    lend: a manufacturer near the bank's rate, a trader above it, a shop at what small loans cost.
    """

    manufacturer_per_year: float = quantity(0.06, "Interest of our company and of every rival.", "[0, 2] 1/year")
    distributor_per_year: float = quantity(0.10, "Interest of a distributor.", "[0, 2] 1/year")
    outlet_per_year: float = quantity(0.12, "Interest of a shop.", "[0, 2] 1/year")


class ListingFeeSpec(Spec):
    """What a shop takes for a new product when its shelf has no room for one more (`mechanisms.listing_fees`)."""

    cents_per_shopper: float = quantity(
        500.0, "Fee for each category shopper a day of the shop; an assumption.", "[0, 1e7] cents per shopper/day"
    )


class PassThroughSpec(Spec):
    """What becomes of a discount further down (`mechanisms.pass_through`)."""

    distributor_share: Share = quantity(
        0.5, "Share of our discount to a distributor that it hands on in its invoices to shops; an assumption."
    )
    shelf_share: Share = quantity(
        0.13, "Share of any discount on a shop's invoice that reaches its shelf price.", source=PASSED_ON
    )


class ForwardBuyingSpec(Spec):
    """How far ahead shops buy while a price that will end is low (`mechanisms.trade_promotions`)."""

    stock_cost_per_year: float = quantity(
        1.0,
        "What a shop reckons that stock costs it a year, as a share of its value: it buys discount ÷ this years ahead.",
        "[0.01, 100] 1/year",
    )


class AgeOfGoodsSpec(Spec):
    """Goods grow old from the day on which they are made (`mechanisms.age_of_goods`)."""

    old_after_share: Share = quantity(
        0.5,
        "Share of `distributors.shelf_life_days` after which shops and distributors mark goods down; an assumption.",
    )
    old_cut: float = quantity(0.2, "What shops take off the shelf price of old goods; an assumption.", "[0, 0.9]")


class EndValueSpec(Spec):
    """What our position is worth at the end of a span, beside stock and claims: the KPI `end_value`.

    All of it is a convention, stated so that a horizon does not decide in silence: the margin of the last weeks lasts
    `margin_years` years, of which `retention` stays without the spending that won it (assumptions). Relations and
    goodwill earn that margin, so that they count by themselves only for who sets a price on them.
    """

    margin_weeks: int = quantity(12, "Last weeks whose mean gross margin is taken.", "[1, 260] weeks")
    margin_years: float = quantity(1.0, "Years of that margin that the position is worth.", "[0, 30] years")
    retention: Share = quantity(0.5, "Share of that margin that is kept over these years without further spending.")
    relation_cents: int = quantity(0, "Value of a full relation with one outlet, beside it.", "[0, 1e9] cents/outlet")
    goodwill_cents: int = quantity(
        0, "Value of one unit of a brand's goodwill with one outlet's consumers, beside it.", "[0, 1e9] cents/outlet"
    )


class MoneySpec(Spec):
    """What money costs."""

    interest: InterestSpec = quantity(text="Interest.", domain="-", factory=InterestSpec)
    listing_fee: ListingFeeSpec = quantity(text="Fees for a full shelf.", domain="-", factory=ListingFeeSpec)
    pass_through: PassThroughSpec = quantity(text="Discounts handed on.", domain="-", factory=PassThroughSpec)
    forward_buying: ForwardBuyingSpec = quantity(text="Buying ahead.", domain="-", factory=ForwardBuyingSpec)
    age_of_goods: AgeOfGoodsSpec = quantity(text="Old goods.", domain="-", factory=AgeOfGoodsSpec)
    end_value: EndValueSpec = quantity(text="What is left at the end.", domain="-", factory=EndValueSpec)
