"""A made-up run result with every table, plausible enough to look at; nothing in it was simulated."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from sim.scenario.schema import Scenario
from tests.unit.report.fake_flows import field_work, money, upstream

TERRITORIES = ("青山县", "临河市", "安平县", "New Port", "石门镇", "东湖区", "海州", "云岭", "Westfield")
SHOPS = (
    "好又多超市",
    "老王便利店",
    "人民路副食",
    "Corner Shop",
    "福满家",
    "阳光生活超市",
    "家家乐",
    "桥头小卖部",
    "惠民粮油",
)
BRANDS = {
    "ours": ("ours", 0.0),
    "northstar": ("northstar", 0.25),
    "金泉": ("jinquan", 0.0),
    "Dollar$": ("dollar", -0.3),
}


@dataclass(frozen=True)
class FakeResult:
    """What `RunResult` offers to the report."""

    scenario: Scenario
    seeds: tuple[int, ...]
    tables: dict[str, pd.DataFrame]
    manifest: dict[str, Any] = field(default_factory=dict)
    seed: int = 1


def make(
    *,
    replications: int = 3,
    territories: int = 6,
    advisors: int = 8,
    outlets: int = 420,
    days: int = 180,
    burn_in: int = 60,
    sales: float = 1.0,
    spacing_km: float = 26.0,
    names: tuple[str, ...] = SHOPS,
    seed: int = 5,
) -> FakeResult:
    """Return a made-up result; every count can be reduced to 0 or 1 to see what a picture does then."""
    rng = np.random.default_rng(seed)
    scenario = Scenario.model_validate(
        {
            "name": "fake",
            "description": "Does concentrating on three counties beat entering all at once?",
            "replications": max(replications, 1),
            "calendar": {"duration_days": days, "burn_in_days": burn_in},
            "ours": {"name": "我们公司"},
            "rivals": {
                "list": [
                    {"id": c, "name": n}
                    for c, n in (("northstar", "North Star"), ("jinquan", "金泉食品"), ("dollar", "Dollar$ Foods"))
                ]
            },
            "retail": {"ordering": {"late_probability": 0.3}},
            "mechanisms": {"diffusion": False},
        }
    )
    ids = [f"t{i}" for i in range(territories)]
    places = _geography(rng, ids, advisors, spacing_km)
    spots = _outlets(rng, ids, places, outlets, advisors, names)
    tables: dict[str, pd.DataFrame] = {"geography": places, "constants": _constants()}
    parts: dict[str, list[pd.DataFrame]] = {}
    for r in range(replications):
        for name, frame in _replication(rng, ids, spots, advisors, days, burn_in, sales).items():
            frame.insert(0, "replication", r)
            parts.setdefault(name, []).append(frame)
    tables |= {name: pd.concat(frames, ignore_index=True) for name, frames in parts.items()}
    if not advisors:
        tables.pop("visits", None)
        tables.pop("advisor", None)
    manifest = {"version": "0.0.0", "census_notes": ["12 sizes filled", "3 rows dropped"], "balanced": True}
    return FakeResult(scenario, tuple(range(11, 11 + replications)), tables, manifest)


def _constants() -> pd.DataFrame:
    rows = [
        {
            "product": f"{b}-{k}",
            "brand": b,
            "company": c,
            "factory_cost_cents": 130,
            "list_price_cents": 200,
            "trade_price_cents": 225,
            "retail_price_cents": 300,
        }
        for b, (c, _) in BRANDS.items()
        for k in (1, 2)
    ]
    return pd.DataFrame(rows)


def _geography(rng: np.random.Generator, ids: list[str], advisors: int, spacing: float) -> pd.DataFrame:
    rows: list[dict[str, Any]] = []
    for i, t in enumerate(ids):
        x, y = (i % 3) * spacing + rng.normal(0, 3), (i // 3) * spacing + rng.normal(0, 3)
        rows.append(
            {
                "kind": "territory",
                "id": t,
                "name": TERRITORIES[i % 9],
                "company": "",
                "x_km": x,
                "y_km": y,
                "radius_km": rng.uniform(7, 11),
                "population": float(rng.integers(150_000, 700_000)),
            }
        )
        for company in ("ours", "northstar", "jinquan", "dollar"):
            rows.append(
                {
                    "kind": "distributor",
                    "id": f"d-{company}-{t}",
                    "name": f"{TERRITORIES[i % 9]}经销",
                    "company": company,
                    "x_km": x + rng.normal(0, 2),
                    "y_km": y + rng.normal(0, 2),
                    "radius_km": 0.0,
                    "population": 0.0,
                }
            )
    for a in range(advisors):
        home = rows[(a % len(ids)) * 5]
        rows.append(
            {
                "kind": "advisor_home",
                "id": f"a{a}",
                "name": ("李伟", "王芳", "Chen Jie", "刘洋")[a % 4],
                "company": "ours",
                "x_km": home["x_km"] + 1,
                "y_km": home["y_km"] - 1,
                "radius_km": 0.0,
                "population": 0.0,
            }
        )
    return pd.DataFrame(rows)


def _outlets(
    rng: np.random.Generator, ids: list[str], places: pd.DataFrame, n: int, advisors: int, names: tuple[str, ...]
) -> pd.DataFrame:
    centre = places[places["kind"] == "territory"].set_index("id")
    where = rng.choice(len(ids), n) if n else np.zeros(0, dtype=int)
    town = rng.integers(0, 4, n)
    angle = town * 1.7 + where
    reach = np.where(town == 0, 0.0, 0.55) * centre["radius_km"].to_numpy()[where]
    leading = rng.choice([*BRANDS, ""], n, p=[0.3, 0.3, 0.2, 0.12, 0.08])
    size = np.exp(rng.normal(1.6, 1.0, n))
    return pd.DataFrame(
        {
            "outlet": [f"o{i}" for i in range(n)],
            "name": [f"{names[i % len(names)]}{i}" for i in range(n)],
            "territory": np.array(ids)[where],
            "channel": rng.choice(["traditional", "convenience", "supermarket"], n, p=[0.5, 0.4, 0.1]),
            "abc": np.where(size > 8, "A", np.where(size > 3, "B", "C")),
            "x_km": centre["x_km"].to_numpy()[where] + reach * np.cos(angle) + rng.normal(0, 1.1, n),
            "y_km": centre["y_km"].to_numpy()[where] + reach * np.sin(angle) + rng.normal(0, 1.1, n),
            "size": size,
            "open": rng.random(n) > 0.03,
            "open_day": -60,
            "close_day": -1,
            "known": rng.random(n) > 0.25,
            "last_visit_day": rng.integers(60, 180, n),
            "visits": rng.integers(0, 20, n),
            "advisor": [f"a{w % advisors}" if advisors else "" for w in where],
            "distributor": [f"d-ours-t{w}" for w in where],
            "relation_ours": rng.random(n),
            "leading_brand": leading,
            "leading_company": [BRANDS[b][0] if b else "" for b in leading],
            "share_ours": rng.random(n) * 0.6,
            "listed_ours": rng.integers(0, 3, n),
            "sold_units_ours": rng.integers(0, 900, n),
            "sold_units_all": rng.integers(900, 3000, n),
        }
    )


def _replication(
    rng: np.random.Generator, ids: list[str], spots: pd.DataFrame, advisors: int, days: int, burn_in: int, sales: float
) -> dict[str, pd.DataFrame]:
    span = np.arange(-burn_in, days)
    out = {"outlets": spots.copy()}
    out["market"], out["brand_territory"] = _market(rng, ids, span, sales)
    out["territory"] = _territory(rng, ids, span, spots, sales)
    out["distributor"], out["factory"] = upstream(rng, ids, span, out["market"])
    out["money"] = money(rng, span, sales)
    if advisors:
        out["advisor"], out["visits"] = field_work(rng, ids, span, spots, advisors)
    out["events"] = pd.DataFrame(
        {
            "day": [0, 10],
            "minute": [0, 0],
            "kind": ["census", "advisor_left"],
            "territory": ["t0", "t0"],
            "subject": ["o1", "a0"],
            "object": ["", ""],
            "value": [1.0, 0.0],
            "note": ["size filled", ""],
        }
    )
    return out


def _market(
    rng: np.random.Generator, ids: list[str], span: np.ndarray, sales: float
) -> tuple[pd.DataFrame, pd.DataFrame]:
    rows, brand_rows = [], []
    weekday = np.array([0.93, 0.93, 0.95, 0.97, 1.05, 1.12, 1.05])[span % 7]
    ramp = 1 / (1 + np.exp(-span / 40.0))
    for i, t in enumerate(ids):
        level = 700 * (1 + i) ** -0.4 * np.exp(rng.normal(0, 0.04))
        drift = np.cumsum(rng.normal(0, 0.01, len(span)))
        for brand, (company, appeal) in BRANDS.items():
            gain = (0.5 if i < 3 else 0.1) * ramp if brand == "ours" else 0.0 * ramp
            pull = np.exp(appeal + gain + drift * (brand == "ours") + rng.normal(0, 0.05))
            sold_all = 0 * span
            for k in (1, 2):
                want = rng.poisson(sales * level * weekday * pull * (0.7 if k == 1 else 0.3) / 4)
                lost = rng.binomial(want, 0.07)
                sold = want - lost
                sold_all = sold_all + sold
                listed = int(40 + 25 * appeal) + (span > 0) * (brand == "ours") * (span // 15)
                rows.append(
                    pd.DataFrame(
                        {
                            "day": span,
                            "territory": t,
                            "product": f"{brand}-{k}",
                            "brand": brand,
                            "company": company,
                            "sell_out_units": sold,
                            "sell_out_cents": sold * 300,
                            "sell_in_units": np.roll(sold, 2) + rng.integers(-9, 9, len(span)) * (sales > 0),
                            "sell_in_cents": sold * 225,
                            "shoppers_first_choice": want,
                            "lost_ordering": rng.binomial(lost, 0.22),
                            "lost_delivery": rng.binomial(lost, 0.12),
                            "lost_supply": rng.binomial(lost, 0.1),
                            "substituted_brand": rng.binomial(lost, 0.26),
                            "substituted_product": rng.binomial(lost, 0.19),
                            "moved_store": rng.binomial(lost, 0.3),
                            "deferred": rng.binomial(lost, 0.15),
                            "outlet_stock_units": (level * 3 + rng.normal(0, 20, len(span))).astype(int)
                            * int(sales > 0),
                            "listed_outlets": listed,
                            "listed_weight": listed * 6.0,
                            "in_stock_outlets": (listed * 0.92).astype(int),
                            "available_outlets": listed
                            * (0.915 + 0.01 * (brand == "ours") + rng.normal(0, 0.01, len(span))),
                            "in_stock_weight": listed * 5.6,
                            "facings_share": 0.12,
                        }
                    )
                )
            brand_rows.append(
                pd.DataFrame(
                    {
                        "day": span,
                        "territory": t,
                        "brand": brand,
                        "company": company,
                        "goodwill": 0.5,
                        "relation": 0.3,
                        "first_outlets": 10,
                        "promoters": 1,
                        "price_index": 1.0 + rng.normal(0, 0.004, len(span)),
                    }
                )
            )
    return pd.concat(rows, ignore_index=True), pd.concat(brand_rows, ignore_index=True)


def _territory(
    rng: np.random.Generator, ids: list[str], span: np.ndarray, spots: pd.DataFrame, sales: float
) -> pd.DataFrame:
    rows = []
    for i, t in enumerate(ids):
        n = int((spots["territory"] == t).sum())
        known = np.clip(n * 0.5 + np.maximum(span, 0) * n * 0.002, 0, n).astype(int)
        listed = (known * rng.uniform(0.7, 0.8)).astype(int) * int(sales > 0)
        disorder = np.clip(np.cumsum(rng.normal(0.0005, 0.004, len(span))), 0, 1) * (i in (1, 4)) * sales
        rows.append(
            pd.DataFrame(
                {
                    "day": span,
                    "territory": t,
                    "open_outlets": n,
                    "open_weight": n * 6.0,
                    "known_outlets": known,
                    "unvisited_outlets": n - (known * 0.8).astype(int),
                    "listed_ours": listed,
                    "active_ours": (listed * 0.85).astype(int),
                    "first_ours": (listed * 0.35).astype(int),
                    "shoppers": 700,
                    "no_purchase": 120,
                    "price_disorder": disorder,
                    "diverted_in_units": rng.poisson(disorder * 60),
                    "exclusive_rival": 2,
                    "exclusive_ours": 1,
                }
            )
        )
    return pd.concat(rows, ignore_index=True)
