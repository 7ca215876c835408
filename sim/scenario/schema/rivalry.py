"""Companies against each other: products displaced at calls, rivals that live on what they earn, and newcomers."""

from __future__ import annotations

from datetime import date

from sim.scenario.schema.common import Spec, quantity

RETALIATION = "most rivals do not react; if they do, by the same instrument (Steenkamp, Nijs, Hanssens & Dekimpe 2005)"


class DisplacementSpec(Spec):
    """What a call can do to a chosen rival's product on the shelf (logistic in the terms below), and to empty shelves."""

    intercept: float = quantity(
        -3.0, "Log-odds that an unskilled caller on equal terms displaces a product that sells the mean.", "[-20, 20]"
    )
    relation: float = quantity(
        3.0, "Log-odds per unit of the caller's relation with the shop above that of the product's company.", "[0, 50]"
    )
    skill: float = quantity(1.0, "Log-odds per unit of the caller's selling skill.", "[0, 50]")
    sales: float = quantity(
        1.0, "Log-odds lost per unit of the product's sales at the shop, in sales of its mean product.", "[0, 50]"
    )
    facings_taken: float = quantity(
        0.5, "Facings lost each time, of a fair share of 1; below .2 the product leaves the list.", "[0, 10]"
    )
    empty_shelf: float = quantity(
        1.0, "Log-odds of a sell-in where all the other companies' products have run out.", "[0, 50]"
    )
    empty_facings: float = quantity(
        0.5, "Best shelf weight gained by a visit where all the others' products have run out.", "[0, 10]"
    )


class ConductSpec(Spec):
    """A rival as a company: what it can spend, when it leaves a territory and comes back, and what it notices."""

    spending_rate: float | None = quantity(
        None,
        "Advertising, displays, promoters and field calls in a territory, of its revenue there; when absent, what its "
        "budget states over its opening revenue, so that nothing jumps.",
        "[0, 1]",
    )
    revenue_memory: float = quantity(
        0.3, "Weight of the last month in the revenue that it reckons with.", "(0, 1] 1/month"
    )
    retreat_months: int = quantity(6, "Months of loss, one after another, after which it withdraws.", "[1, 240] months")
    leave_months: int = quantity(
        12, "Months away after which its distributors there are let go, too.", "[1, 240] months"
    )
    return_half_life_months: float = quantity(
        6.0,
        "Time away in which it forgets half of the gap between what it earned last and at first.",
        "(0, 240] months",
    )
    invest_months: int = quantity(
        6, "Months after it came for which it spends what its budget states, whatever it earns.", "[0, 120] months"
    )
    notice_width: float = quantity(
        0.01,
        "Loss of share, beyond `answer_threshold`, that moves the log-odds of noticing by 1; 0 is a sharp threshold.",
        "[0, 1]",
    )
    notice_moves: float = quantity(
        2.0,
        "Log-odds for the strongest visible move of ours: a price cut of a tenth, or twice the usual advertising or "
        "people.",
        "[0, 50]",
    )
    notice_dependence: float = quantity(
        3.0, "Log-odds per unit of the territory's share of its revenue above an equal part.", "[0, 50]"
    )


class EntrySpec(Spec):
    """A company that is not in the market yet: it enters each territory on a date, or by chance."""

    first_date: date | None = quantity(
        None, "Day from which it enters everywhere, at its next monthly look; by chance alone when absent.", "date"
    )
    probability_per_year: float = quantity(
        0.2, "Chance a year that it enters a territory whose shops have no relation with anybody.", "[0, 1]"
    )
    barrier: float = quantity(
        3.0, "Fall of the logarithm of its rate per unit of the shops' best relation, weighted by size.", "[0, 50]"
    )
