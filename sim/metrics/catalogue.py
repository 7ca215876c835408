"""The catalogue: every KPI by name, in the order in which tables show them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sim.errors import InputError, Problem, nearest_name
from sim.metrics import capital, exclusives, field, ground, market, money, partner, rivalry, service, stock
from sim.metrics.kpi import Kpi

GROUPS: Final = ("market", "service", "stock", "field", "money")

KPIS: Final[dict[str, Kpi]] = {
    kpi.name: kpi
    for module in (market, service, stock, field, money, ground, capital, rivalry, partner, exclusives)
    for kpi in module.KPIS
}


def find(names: Iterable[str] | None) -> tuple[Kpi, ...]:
    """Return the named KPIs, or all.

    Raises
    ------
    InputError : a name is not in the catalogue.
    """
    if names is None:
        return tuple(KPIS.values())
    wanted = [names] if isinstance(names, str) else list(names)
    unknown = [name for name in wanted if name not in KPIS]
    if unknown:
        allowed = "a KPI of the catalogue, see `arsim kpis`"
        raise InputError(Problem("kpis", 0, "name", name, allowed, nearest_name(name, KPIS)) for name in unknown)
    return tuple(KPIS[name] for name in wanted)
