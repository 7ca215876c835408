"""Regularities of households and brands in one large market with a tracked panel."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln

from sim.engine import Session
from sim.scenario.load import load_scenario
from sim.scenario.schema import Scenario
from studies.validation.runs import BURN_IN_DAYS, ROOT, Size, line, market, merged, panel

Array = NDArray[Any]
DENSE = {"territories": {"generate": {"n": 4}}, "team": {"generate": {"n": 4}}}


def default_market(size: Size, seed: int) -> dict[str, Any]:
    """Run the default conduct in a larger market and measure everything that needs no second run."""
    changes = {
        "outlets": {"generate": {"n": size.wide_outlets}},
        "consumers": {"panel": {"households": size.households}},
    }
    session = Session(market(size, seed, DENSE, changes))
    session.step(session.calendar.n_days)
    table = households(session)
    return {
        "jeopardy": {str(days): double_jeopardy(session, table, days) for days in windows(size)},
        "households": household_facts(session, table, size),
        "stock_outs": stock_outs(session),
        "distribution": distribution_points(session),
        "noise": demand_noise(session),
        "market": market_facts(session),
    }


def many_brands(size: Size, seed: int) -> dict[str, Any]:
    """Double jeopardy with twelve companies, where penetrations are as low as in real categories."""
    changes = {
        "outlets": {"generate": {"n": size.wide_outlets}},
        "consumers": {"panel": {"households": size.households}},
        "rivals": {"generate": {"n": 11, "appeal_first": 1.0, "appeal_last": -1.0}},
        "recording": {"outlet_panel": False, "visits": False},
    }
    session = Session(market(size, seed, DENSE, changes))
    session.step(session.calendar.n_days)
    table = households(session)
    return {"jeopardy": {str(days): double_jeopardy(session, table, days) for days in windows(size)}}


def windows(size: Size) -> list[int]:
    """Lengths of the periods over which buyers are counted: four weeks, a quarter, a year."""
    return [d for d in (28, 91, 364) if d <= size.days]


def households(session: Session) -> dict[str, Array]:
    """Purchases of the panel on measured days: day, household, outlet, brand (rows of the world)."""
    columns = session.world.tables["households"].columns()
    keep = columns["day"] >= BURN_IN_DAYS
    brand = session.world.product_brand[columns["product"]]
    return {
        "day": columns["day"][keep] - BURN_IN_DAYS,
        "household": columns["household"][keep],
        "outlet": columns["outlet"][keep],
        "brand": brand[keep],
    }


def double_jeopardy(session: Session, table: dict[str, Array], days: int) -> dict[str, Any]:
    """Penetration, purchases per buyer and share of requirements of every brand over the first days."""
    early = table["day"] < days
    n_brands, n = session.world.sizes["brand"], session.scenario.consumers.panel.households
    counts = np.zeros((n, n_brands))
    np.add.at(counts, (table["household"][early], table["brand"][early]), 1)
    buyers = (counts > 0).sum(axis=0)
    sold = counts.sum(axis=0)
    category = counts.sum(axis=1)
    needs = np.array([category[counts[:, b] > 0].sum() for b in range(n_brands)])
    penetration, frequency = buyers / n, sold / np.maximum(buyers, 1)
    slope, _ = line(np.log(penetration), np.log(frequency))
    requirements = sold / np.maximum(needs, 1)
    return {
        "slope": slope,
        "penetration": penetration.tolist(),
        "frequency": frequency.tolist(),
        "requirements": requirements.tolist(),
        "requirements_slope": line(np.log(penetration), np.log(requirements))[0],
        "frequency_free": (frequency * (1.0 - penetration)).tolist(),
        "theory": float(np.mean(penetration / (1.0 - penetration))),
        "names": list(session.world.names.brands),
    }


def nbd_fit(counts: Array) -> tuple[float, float, float]:
    """Return k by maximum likelihood, the share of zeros that it predicts, and the share seen."""
    mean = counts.mean()

    def loss(log_k: float) -> float:
        k = np.exp(log_k)
        p = k / (k + mean)
        return -float(np.sum(gammaln(counts + k) - gammaln(k) + k * np.log(p) + counts * np.log1p(-p)))

    k = float(np.exp(minimize_scalar(loss, bounds=(-3, 3), method="bounded").x))
    return k, float((k / (k + mean)) ** k), float((counts == 0).mean())


def household_facts(session: Session, table: dict[str, Array], size: Size) -> dict[str, float]:
    """Purchase counts, concentration of buyers, main store, repeat buying, regularity of gaps."""
    n = session.scenario.consumers.panel.households
    quarter = table["day"] < min(91, size.days)
    counts = np.bincount(table["household"][quarter], minlength=n)
    k, zero_predicted, zero_seen = nbd_fit(counts)
    year = np.bincount(table["household"], minlength=n)
    buyers = np.sort(year[year > 0])[::-1]
    top = buyers[: int(np.ceil(0.2 * buyers.shape[0]))].sum() / buyers.sum()
    visits = np.zeros((n, session.world.n_outlets), dtype=np.int32)
    np.add.at(visits, (table["household"], table["outlet"]), 1)
    return {
        "histogram": np.bincount(np.minimum(counts, 40), minlength=41).tolist(),
        "mean": float(counts.mean()),
        "k": k,
        "zero_predicted": zero_predicted,
        "zero_seen": zero_seen,
        "top_share": float(top),
        "main_store": float(visits.max(axis=1).sum() / visits.sum()),
        "stores": float((visits > 0).sum(axis=1)[year > 0].mean()),
        **repeat_buying(table),
    }


def repeat_buying(table: dict[str, Array]) -> dict[str, float]:
    """Share of purchases of the brand bought last, the same without memory, and the gamma shape of gaps."""
    order = np.lexsort((table["day"], table["household"]))
    household, brand, day = (table[c][order] for c in ("household", "brand", "day"))
    same = household[1:] == household[:-1]
    share = np.bincount(brand) / brand.shape[0]
    gaps = (day[1:] - day[:-1])[same].astype(float)
    owner = household[1:][same]
    n = np.bincount(owner)
    total, squares = np.bincount(owner, gaps), np.bincount(owner, gaps**2)
    often = (n >= 10) & (total > 3.0 * n)
    mean = total[often] / n[often]
    variance = (squares[often] - n[often] * mean**2) / (n[often] - 1)
    return {
        "repeat": float((brand[1:] == brand[:-1])[same].mean()),
        "repeat_without_memory": float((share**2).sum()),
        "gap_shape": float(np.median(mean**2 / variance)) if often.any() else float("nan"),
    }


def stock_outs(session: Session) -> dict[str, Any]:
    """Share of listed product-days without stock, and what caused the lost units."""
    listed = panel(session, "market", "listed_outlets").sum()
    missing = 1.0 - panel(session, "market", "available_outlets").sum() / listed
    lost = [float(panel(session, "market", f"lost_{cause}").sum()) for cause in ("ordering", "delivery", "supply")]
    available, on_list = panel(session, "market", "available_outlets"), panel(session, "market", "listed_outlets")
    owner = session.world.product_company
    of_company = [np.flatnonzero(owner == c) for c in range(session.world.sizes["company"])]
    by_company = [float(1.0 - available[:, :, rows].sum() / on_list[:, :, rows].sum()) for rows in of_company]
    months = np.array_split(np.arange(available.shape[0]), max(1, available.shape[0] // 28))
    monthly = [float(1.0 - available[m].sum() / on_list[m].sum()) for m in months]
    return {
        "rate": float(missing),
        "ordering": lost[0] / sum(lost),
        "delivery": lost[1] / sum(lost),
        "supply": lost[2] / sum(lost),
        "by_company": by_company,
        "monthly": monthly,
    }


def distribution_points(session: Session) -> dict[str, list[float]]:
    """Weighted distribution and unit share of every product in every territory and quarter."""
    sold, listed = panel(session, "market", "sell_out_units"), panel(session, "market", "listed_weight")
    weight = panel(session, "territory", "open_weight")
    x, y = [], []
    for part in np.array_split(np.arange(sold.shape[0]), max(1, sold.shape[0] // 91)):
        d = listed[part].sum(axis=0) / weight[part].sum(axis=0)[:, None]
        s = sold[part].sum(axis=0)
        x += d.ravel().tolist()
        y += (s / s.sum(axis=1, keepdims=True)).ravel().tolist()
    return {"distribution": x, "share": y}


def demand_noise(session: Session) -> dict[str, Any]:
    """Variance of an outlet's daily shoppers against their mean: ln variance = a + b ln mean."""
    shoppers = session.recorder.shopper_panel[BURN_IN_DAYS : session.day].astype(float)
    kept = session.world.is_open & (session.world.outlet_open_day < 0)
    mean, variance = shoppers[:, kept].mean(axis=0), shoppers[:, kept].var(axis=0, ddof=1)
    usable = (mean > 4.0) & (mean < 60.0)
    slope, intercept = line(np.log(mean[usable]), np.log(variance[usable]))
    return {
        "exponent": slope,
        "factor": float(np.exp(intercept)),
        "index": float((variance / mean)[usable].mean()),
        "mean": mean[usable].tolist(),
        "variance": variance[usable].tolist(),
    }


def market_facts(session: Session) -> dict[str, Any]:
    """Concentration of companies and of stores; an advisor's day by territory."""
    world = session.world
    sold = panel(session, "market", "sell_out_units").sum(axis=(0, 1))
    share = np.bincount(world.product_company, sold) / sold.sum()
    # Only shops that were open all the time: sales of the others say when they opened or closed, not their size.
    always = world.is_open & (world.outlet_open_day < 0)
    stores = session.recorder.outlet_panel[BURN_IN_DAYS : session.day, :, :, 0].sum(axis=(0, 2))[always]
    open_stores = np.sort(stores[stores > 0])[::-1]
    top = open_stores[: int(np.ceil(0.2 * open_stores.shape[0]))].sum() / open_stores.sum()
    cumulative = np.interp(
        np.linspace(0, 1, 51), np.linspace(0, 1, open_stores.shape[0] + 1), np.r_[0, np.cumsum(open_stores)]
    )
    working = panel(session, "advisor", "working").sum()
    calls = panel(session, "advisor", "calls").sum()
    driving, visiting = (panel(session, "advisor", f"{what}_minutes").sum() for what in ("driving", "visiting"))
    sizes = np.log(open_stores / (session.day - BURN_IN_DAYS))
    return {
        "share": share.tolist(),
        "hhi": float((share**2).sum()),
        "top_stores": float(top),
        "lorenz": (cumulative / open_stores.sum()).tolist(),
        "store_sigma": float(sizes.std(ddof=1)),
        "calls": float(calls / working),
        "travel": float(driving / (driving + visiting)),
    }


def baseline_file(size: Size, seed: int) -> dict[str, Any]:
    """The same market facts for the file that users start from, scenarios/baseline.yaml."""
    file = load_scenario(ROOT / "scenarios" / "baseline.yaml")
    changes = {
        "seed": seed,
        "replications": 1,
        "recording": {"outlet_panel": True},
        "calendar": {"duration_days": size.days},
    }
    session = Session(Scenario.model_validate(merged(file.model_dump(), changes)))
    session.step(session.calendar.n_days)
    found = distribution_points(session)
    exponent, _ = line(np.log(found["distribution"]), np.log(found["share"]))
    return {"stock_outs": stock_outs(session), "market": market_facts(session), "exponent": exponent}
