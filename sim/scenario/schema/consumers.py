"""Category demand and consumers: how many shop, and what they choose."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from sim.policies import AdvertisingResponseName, GoodwillLawName
from sim.scenario.schema.common import IDENTIFIER, Spec, quantity
from sim.scenario.schema.place import Season, Share, Weekdays

GRUEN = "Gruen, Corsten & Bharadwaj 2002"

BAKERY = "bakery panel: variance = .54·mean^1.47 gives k ≈ 18 at 8–40 shoppers a day"
ELASTICITY = "own elasticity −2.62 (Bijmolt, van Heerde & Pieters 2005) at the default shares"
HOUSEHOLD_PANELS = "below the 1.1 … 2.8 log-odds of household panels, which are an upper bound"
CARRY_OVER = "long-run over short-run advertising elasticity of 2 (Sethuraman, Tellis & Briesch 2011)"
AD_ELASTICITY = "set so that the measured elasticity is near 0.12 over a quarter (Sethuraman, Tellis & Briesch 2011)"
HOUSEHOLD_RATES = "Complete Journey: median NBD k .66"
SHELF_SPACE = "shelf-space elasticity 0.17 (Eisend 2014)"
DISPLAYS = "within +0.09 … +0.88 log-odds of displays in the household panels"
PROMOTIONS = "household panels +0.5 … +0.9; orange juice +0.73"
MARGINS = "retail margin 24–29 % (Dominick's)"


class CategorySpec(Spec):
    """The product category as a whole."""

    name: str = quantity("beverages", "Category name shown in reports.", "-")
    season: Season = quantity((1.0,) * 12, "Monthly multipliers, January first.")
    weekday: Weekdays = quantity((0.93, 0.93, 0.95, 0.97, 1.05, 1.12, 1.05), "Weekday multipliers, Monday first.")
    dispersion: float = quantity(
        18.0, "Size k of the negative binomial: variance = mean + mean²/k; 0 means Poisson.", "[0, 1e9]", source=BAKERY
    )
    purchases_per_head_year: float = quantity(
        48.0,
        "What a resident really buys; `arsim check` compares the market with it, no run uses it.",
        "(0, 1e6] units/person/year",
        source="packaged water in China 2019: 201.7 bn CNY at retail (Nongfu Spring prospectus), 1.4 bn people, 3 CNY",
    )


class SegmentSpec(Spec):
    """A latent consumer segment with its own tastes."""

    name: str = quantity(..., "Segment name.", "-", source="user")
    share: Share = quantity(..., "Share of shoppers, market average.", source="user")
    price_coefficient: float = quantity(
        3.1, "β: utility lost per unit of ln(price / reference).", "[0, 20]", source=ELASTICITY
    )
    quality_taste: float = quantity(1.0, "Multiplier of a product's appeal.", "[0, 5]")
    habit_weight: float = quantity(
        1.0, "Utility of a purchase share of 1 at this outlet in the recent past.", "[0, 10]", source=HOUSEHOLD_PANELS
    )


class StockOutReactions(Spec):
    """What a shopper does who finds the chosen product missing; must sum to 1."""

    other_store: Share = quantity(0.31, "Goes to another store.", source=GRUEN)
    other_brand: Share = quantity(0.26, "Takes another brand.", source=GRUEN)
    same_brand: Share = quantity(0.19, "Takes another product of the brand.", source=GRUEN)
    later: Share = quantity(0.15, "Comes back the next day.", source=GRUEN)
    nothing: Share = quantity(0.09, "Gives up.", source=GRUEN)

    @model_validator(mode="after")
    def _sums_to_one(self) -> StockOutReactions:
        total = self.other_store + self.other_brand + self.same_brand + self.later + self.nothing
        if abs(total - 1.0) > 1e-9:
            raise ValueError(f"the five reactions must sum to 1, not {total:g}")
        return self


class HuffSpec(Spec):
    """Where shoppers go who change store: size^α · distance^−λ over nearby outlets."""

    size_exponent: float = quantity(0.8, "α.", "[0, 3]", source="Huff 1963; empirical exponents lie below 1")
    distance_exponent: float = quantity(
        1.3, "λ.", "[0, 6]", source="Huff 1963; empirical exponents lie between 1 and 1.5"
    )
    decay: Literal["power", "exponential"] = quantity("power", "Shape of the distance decay.", "-")
    neighbours: int = quantity(6, "Nearest outlets considered.", "[0, 64] outlets")
    radius_km: float = quantity(2.0, "Farthest store considered.", "(0, 200] km")
    minimum_distance_km: float = quantity(0.05, "Distances below this count as this.", "(0, 10] km")


class GoodwillSpec(Spec):
    """How a brand's goodwill moves in a territory."""

    law: GoodwillLawName = quantity("nerlove_arrow", "Law of motion.", "-")
    decay_per_day: float = quantity(
        0.007, "λ of exp(−λ·dt); 0.007 halves goodwill in 99 days.", "[0, 10] 1/day", source=CARRY_OVER
    )
    response: AdvertisingResponseName = quantity("square_root", "Response to advertising pressure.", "-")
    response_scale: float = quantity(
        0.0045, "Goodwill gained a day at a pressure of 1.", "[0, 100] utility/day", source=AD_ELASTICITY
    )
    adbudg_exponent: float = quantity(1.5, "c of x^c/(d+x^c).", "(0, 10]", source="Little 1970")
    adbudg_half: float = quantity(1.0, "d of x^c/(d+x^c).", "(0, 1e6]", source="Little 1970")
    reference_spend: float = quantity(0.25, "Advertising spend that is a pressure of 1.", "(0, 1e6] cents/person/month")
    word_of_mouth: float = quantity(0.0005, "Goodwill gained a day at a market share of 1.", "[0, 1] utility/day")
    saturation: float = quantity(2.5, "Ceiling of goodwill (Vidale–Wolfe).", "(0, 100] utility")


class DiffusionSpec(Spec):
    """Trial of new products by Bass's law."""

    innovation: float = quantity(0.03, "p.", "[0, 1] 1/period", source="Bass 1969; mean of later studies")
    imitation: float = quantity(0.38, "q.", "[0, 5] 1/period", source="Bass 1969; mean of later studies")
    period_days: float = quantity(30.0, "Length of one period of p and q.", "(0, 3650] days")


class PanelSpec(Spec):
    """A tracked sample of households among the shoppers."""

    households: int = quantity(
        0,
        "Households followed; 0 switches the panel off. Habit belongs to the shop, so one household's loyalty is understated.",
        "[0, 200_000] households",
    )
    rate_shape: float = quantity(
        0.66, "Shape of the gamma law of household purchase rates.", "(0, 100]", source=HOUSEHOLD_RATES
    )
    trips_per_week: float = quantity(1.5, "Mean category purchases of a household.", "(0, 50] 1/week")
    main_store_share: Share = quantity(0.73, "Trips made at the main store.", source="Complete Journey: 73 %")
    other_stores: int = quantity(3, "Further stores visited.", "[0, 20] outlets", source="Complete Journey: 4.2 stores")


def _default_segments() -> tuple[SegmentSpec, ...]:
    return (
        SegmentSpec(name="price", share=0.35, price_coefficient=4.6, quality_taste=0.7, habit_weight=0.6),
        SegmentSpec(name="quality", share=0.35, price_coefficient=2.2, quality_taste=1.5, habit_weight=0.8),
        SegmentSpec(name="habitual", share=0.30, price_coefficient=2.4, quality_taste=1.0, habit_weight=1.8),
    )


class ConsumersSpec(Spec):
    """Choice and its memory."""

    segments: tuple[SegmentSpec, ...] = quantity(
        text="Latent segments; one: plain logit.", domain="list", min_length=1, max_length=8, factory=_default_segments
    )
    mix_concentration: float = quantity(
        8.0, "How alike outlets' segment mixes are (Dirichlet total); 0 means all have the average mix.", "[0, 1e6]"
    )
    no_purchase_utility: float = quantity(
        -0.4, "Utility of buying nothing, on the scale where an average product has 0.", "[-50, 50] utility"
    )
    shelf_coefficient: float = quantity(
        0.15, "δ: utility per unit of ln(share of facings).", "[0, 5]", source=SHELF_SPACE
    )
    promoter_utility: float = quantity(
        0.45, "Utility a promoter adds to the brand while in the outlet.", "[0, 5] utility", source=DISPLAYS
    )
    promotion_utility: float = quantity(
        0.5, "Utility of a feature or display beyond its price cut.", "[0, 5] utility", source=PROMOTIONS
    )
    habit_smoothing_per_week: float = quantity(
        0.10, "Weight of the last week in the smoothed purchase share.", "[0, 1] 1/week"
    )
    stock_out: StockOutReactions = quantity(
        text="Reactions to a stock-out.", domain="-", source=GRUEN, factory=StockOutReactions
    )
    stock_out_rule: Literal["reactions", "choose_again"] = quantity(
        "reactions", "'choose_again' lets shoppers choose afresh among what is in stock.", "-"
    )
    huff: HuffSpec = quantity(text="Choice of another store.", domain="-", factory=HuffSpec)
    goodwill: GoodwillSpec = quantity(text="Brand goodwill by territory.", domain="-", factory=GoodwillSpec)
    diffusion: DiffusionSpec = quantity(text="Trial of new products.", domain="-", factory=DiffusionSpec)
    panel: PanelSpec = quantity(text="Tracked households.", domain="-", factory=PanelSpec)

    @model_validator(mode="after")
    def _segments_sum_to_one(self) -> ConsumersSpec:
        total = sum(s.share for s in self.segments)
        if abs(total - 1.0) > 1e-6:
            raise ValueError(f"the segments' shares must sum to 1, not {total:g}")
        return self


class ProductSpec(Spec):
    """One stock-keeping unit."""

    id: str = quantity(..., "Product identifier.", "-", source="user", pattern=IDENTIFIER)
    name: str = quantity("", "Name; the identifier when empty.", "-")
    brand: str = quantity(..., "Brand; a company's brand.", "-", source="user")
    appeal: float = quantity(0.0, "Taste for the product at its usual price, average consumer.", "[-10, 10] utility")
    factory_cost_cents: int = quantity(130, "Cost of making one unit.", "[0, 100_000_000] cents/unit")
    list_price_cents: int = quantity(200, "Price to distributors.", "[1, 100_000_000] cents/unit")
    trade_price_cents: int = quantity(225, "Price from distributors to outlets.", "[1, 100_000_000] cents/unit")
    retail_price_cents: int = quantity(300, "Recommended shelf price.", "[1, 100_000_000] cents/unit", source=MARGINS)
    usual_price_cents: int | None = quantity(
        None,
        "Shelf price at which `appeal` is meant; the recommended price when absent. A dearer product loses by β.",
        "[1, 100_000_000] cents/unit",
    )
    case_units: int = quantity(12, "Units in a case; orders come in whole cases.", "[1, 10_000] units")
    launch_day: Annotated[int, Field(ge=-1460, le=3660)] | None = quantity(
        None, "Day of launch, counted from start_date; on the market from the beginning when absent.", "days"
    )

    @model_validator(mode="after")
    def _prices_rise(self) -> ProductSpec:
        if not self.list_price_cents <= self.trade_price_cents <= self.retail_price_cents:
            raise ValueError(
                "prices must rise along the chain: list_price_cents ≤ trade_price_cents ≤ retail_price_cents"
            )
        return self


class ProductGenerator(Spec):
    """The same range for every brand."""

    per_brand: int = quantity(2, "Products of each brand.", "[1, 50] products")
    price_step: float = quantity(0.25, "Each further product of a brand costs this share more.", "[0, 2]")
    size_appeal_step: float = quantity(
        -0.35, "Appeal of each further product against the one before.", "[-3, 3] utility"
    )


class ProductsSpec(Spec):
    """Products in full, by a generator, or both."""

    generate: ProductGenerator | None = quantity(None, "The same range for every brand.", "-")
    list: tuple[ProductSpec, ...] = quantity((), "Products in full.", "list")
