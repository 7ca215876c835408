"""Distributors as companies of their own: what they earn on their capital, what else they sell, whom they reach."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity
from sim.scenario.schema.place import Share

ATTENTION = "reps' time follows the returns of their principals (Anderson, Lodish & Weitz 1987)"


class ReturnSpec(Spec):
    """Return on a distributor's capital, and what follows from it."""

    interest_per_year: float = quantity(
        0.08, "Price of the money that stock and receivables, less what it owes the factory, tie up.", "[0, 1] 1/year"
    )
    fixed_days: float = quantity(
        60.0, "Capital in warehouse and vans, in days of its opening purchases.", "[0.1, 3650] days"
    )
    house_share: float = quantity(
        0.15, "Rent and staff of the house, as a share of its opening margin on the company's goods.", "[0, 10]"
    )
    outside_per_year: float = quantity(
        0.10, "Outside option: the return on capital that it could have elsewhere.", "[-1, 10] 1/year"
    )
    scale_per_year: float = quantity(
        0.3, "Distance from the outside option at which half of the largest effect is reached.", "(0, 10] 1/year"
    )
    memory: float = quantity(
        0.3, "Weight of the last month in the return and in the margin that it goes by.", "(0, 1] 1/month"
    )
    relation_gain: float = quantity(
        0.2, "Relation to which it drifts with an endless return, above that with the outside option.", "[0, 1]"
    )
    capability_per_month: float = quantity(
        0.02,
        "Capability that an endless return adds in a month, as a share of potential × what is missing to 1; an endless "
        "loss takes the same share of what is there.",
        "[0, 1] 1/month",
    )
    patience_months: int = quantity(
        6, "Months in a row below the outside option after which it may end the contract.", "[1, 1200] months"
    )
    leaving_per_month: float = quantity(
        0.3, "Chance a month that it then does, without any relation; none at a full one.", "[0, 1] 1/month"
    )
    successor_per_month: float = quantity(
        0.15, "Chance a month that its company finds a new owner for the house of one that left.", "[0, 1] 1/month"
    )


class PrincipalsSpec(Spec):
    """A distributor's other business, and what attention to ours moves."""

    number: int = quantity(3, "Other principals, of equal weight.", "[1, 1000] companies")
    volume: float = quantity(3.0, "Units that it sells for them, against its opening sales for us.", "[0, 1e6]")
    margin: float = quantity(1.0, "Its margin on one of these units, against its opening margin on ours.", "[0, 1000]")
    exponent: float = quantity(
        1.5, "Exponent of margin × volume in the shares of its attention.", "[1, 10]", source=ATTENTION
    )
    drops: Share = quantity(0.5, "Share of its drops that goes to the principals by attention, not by contract.")
    relation_gain: float = quantity(
        0.2, "Relation to which it drifts when we are all of its business, above that when we are nothing.", "[0, 1]"
    )


class SalesmenSpec(Spec):
    """A distributor's own salesmen, who call for each principal as it has the attention of the house."""

    outlets_per_person: float = quantity(
        200.0, "Outlets of its list for which it keeps one, shared by all principals.", "[1, 1e6] outlets/person"
    )
    calls_per_day: float = quantity(20.0, "Calls of one of them in a working day; 0 is none.", "[0, 200] calls/day")
    orientation: float = quantity(0.5, "Their orientation: 0 hunter, 1 farmer.", "[0, 1]")
    focus: float = quantity(0.6, "How their calls follow outlet size: weight size^focus.", "[0, 3]")
    cover_days: float = quantity(9.0, "Days of sales that an order written by them covers.", "[0, 365] days")


class ReachSpec(Spec):
    """A distributor's own list of outlets."""

    start: float = quantity(
        0.7, "Share of the outlets around it that are on its list at the beginning; 1 is all.", "(0, 1]"
    )
    size_effect: float = quantity(
        0.7, "Log-odds of being on the list per unit of ln(size/median): large outlets are served first.", "[0, 20]"
    )
    gain_per_month: float = quantity(
        0.05,
        "Share of the way to all outlets that it goes in a month at full capability and attention.",
        "[0, 1] 1/month",
    )
    help_per_month: float = quantity(0.1, "The same, by endless help of its company.", "[0, 1] 1/month")
    help_half_cents: int = quantity(100_000, "Help that has half of this effect.", "[1, 1e12] cents/month")


class PartnersSpec(Spec):
    """Distributors as companies; acts with `mechanisms.distributor_companies` only."""

    returns: ReturnSpec = quantity(text="Return on capital.", domain="-", factory=ReturnSpec)
    principals: PrincipalsSpec = quantity(text="Other business and attention.", domain="-", factory=PrincipalsSpec)
    salesmen: SalesmenSpec = quantity(text="Own salesmen.", domain="-", factory=SalesmenSpec)
    reach: ReachSpec = quantity(text="Own lists of outlets.", domain="-", factory=ReachSpec)
    upkeep_cents: int = quantity(
        20_000,
        "What a contract costs the company: a manager's time, a day and a half a month.",
        "[0, 1e10] cents/distributor/month",
    )
    missed_review: float = quantity(
        0.3, "Chance that a distributor without any capability misses a review of its stock.", "[0, 1]"
    )
