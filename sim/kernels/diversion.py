"""Grey goods: when they flow, how many, at what price."""

from __future__ import annotations

from sim.compiled import kernel


@kernel()
def diversion_threshold(freight_cents, detection, penalty_cents):  # type: ignore[no-untyped-def]
    """Return the price gap below which nothing flows: freight + detection probability × penalty [cents/unit]."""
    return freight_cents + detection * penalty_cents


@kernel()
def diverted_units(gap_cents, threshold_cents, overstock_units, rate):  # type: ignore[no-untyped-def]
    """Return whole units that flow in a week: a share `rate` of the overstock when the gap exceeds the threshold."""
    if gap_cents <= threshold_cents or overstock_units <= 0.0:
        return 0
    return int(rate * overstock_units)


@kernel()
def diverted_price(trade_price_cents, gap_cents, threshold_cents, undercut):  # type: ignore[no-untyped-def]
    """Return the price that the diverter asks: it passes on a share of what the gap leaves [cents/unit]."""
    return int(trade_price_cents - undercut * (gap_cents - threshold_cents))
