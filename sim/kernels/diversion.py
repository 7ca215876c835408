"""Grey goods: when they flow, how many, at what price."""

from __future__ import annotations

from sim.compiled import kernel


@kernel()
def diversion_threshold(freight_cents: float, detection: float, penalty_cents: float) -> float:
    """Return the price gap below which nothing flows: freight + detection probability × penalty [cents/unit]."""
    return freight_cents + detection * penalty_cents


@kernel()
def diverted_units(gap_cents: float, threshold_cents: float, overstock_units: float, rate: float) -> int:
    """Return whole units that flow in a week: a share `rate` of the overstock when the gap exceeds the threshold."""
    if gap_cents <= threshold_cents or overstock_units <= 0.0:
        return 0
    return int(rate * overstock_units)


@kernel()
def diverted_price(trade_price_cents: float, gap_cents: float, threshold_cents: float, undercut: float) -> int:
    """Return the price that the diverter asks: it passes on a share of what the gap leaves [cents/unit]."""
    return int(trade_price_cents - undercut * (gap_cents - threshold_cents))
