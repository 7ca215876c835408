"""Leads that last and spread: brand capital, shelf space by sales, shops that follow shops, and what crosses borders."""

from __future__ import annotations

from sim.scenario.schema.common import Spec, quantity

MIGRANTS = (
    "some 40 % of a regional gap in shares is preference (Bronnenberg, Dubé & Gentzkow 2012): among four equal brands "
    "capital and habit (1.03 by default) return (0.5 + 1.03) ÷ 4 = 0.38 of a gap"
)
DECADES = (
    "assumption: years; a household's own stock fades over two decades (Bronnenberg, Dubé & Gentzkow 2012), a town's "
    "faster, since people come and go"
)
SPACE = "retailers give space by sales, exponents of 0.3 to 1; the middle is an assumption"
RETAILERS = "retailers follow retailers (Bronnenberg & Mela 2004); the size is an assumption"


class LeadsSpec(Spec):
    """What makes a lead last and spread, for every company alike."""

    capital_weight: float = quantity(
        0.5,
        "ω: utility of a brand's capital, its slowly smoothed share of purchases, of 1.",
        "[0, 20]",
        source=MIGRANTS,
    )
    capital_half_life_days: float = quantity(
        1825.0,
        "Time in which capital covers half of its way to the share of purchases.",
        "(0, 36_500] days",
        source=DECADES,
    )
    space_by_sales: float = quantity(
        0.5, "a: shelf space goes with the a-th power of a product's sales in the shop.", "[0, 1]", source=SPACE
    )
    follow_neighbours: float = quantity(
        1.0,
        "γ: log-odds of a listing per unit of (share of the neighbours that list the company, by Huff weight, − ½).",
        "[0, 20]",
        source=RETAILERS,
    )
    spill_over: float = quantity(
        0.1, "Part of a brand's lead in utility that is felt in the adjacent territories.", "[0, 0.2]"
    )
