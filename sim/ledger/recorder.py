"""The recorder: daily panels, preallocated, and typed events.

It only watches. Of what it holds, a run reads back our own books alone (`sim.agents.own_books`), for our decisions.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ledger.postings import sum_books, sum_books_by_company
from sim.world.accounts import N_ACCOUNTS, N_SECTORS
from sim.world.world import World

Array = NDArray[Any]

PANELS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "market": (("territory", "product"), (
        "sell_out_units", "sell_out_cents", "sell_in_units", "sell_in_cents", "shoppers_first_choice", "lost_ordering",
        "lost_delivery", "lost_supply", "substituted_brand", "substituted_product", "moved_store", "deferred",
        "outlet_stock_units", "listed_outlets", "listed_weight", "in_stock_outlets", "available_outlets",
        "in_stock_weight", "facings_share",
    )),
    "territory": (("territory",), (
        "open_outlets", "open_weight", "known_outlets", "unvisited_outlets", "listed_ours", "active_ours",
        "first_ours", "exclusive_rival", "exclusive_ours", "shoppers", "no_purchase", "price_disorder",
        "diverted_in_units",
    )),
    "brand_territory": (("territory", "brand"), ("goodwill", "relation", "first_outlets", "promoters", "price_index")),
    "distributor": (("distributor", "product"), (
        "stock_units", "transit_units", "ordered_by_outlets", "delivered_units", "cancelled_units", "backlog_units",
        "ordered_units", "received_units", "diverted_units", "scrapped_units", "returned_units",
    )),
    "delivery": (("distributor",), (
        "drops", "late_drops", "orders_completed", "orders_in_full_on_time", "waiting_orders", "lead_time_days_sum",
        "km", "capacity_drops",
    )),
    "advisor": (("advisor",), (
        "calls", "productive_calls", "lines", "order_units", "new_listings", "attempts", "driving_minutes",
        "visiting_minutes", "idle_minutes", "km", "selling", "service", "coaching", "farmer", "patch_outlets",
        "working", "territory",
    )),
    "factory": (("product",), ("made_units", "shipped_units", "ordered_units", "stock_units", "backlog_units")),
}  # fmt: skip
"""Daily panels: axes and fields."""

REAL_FIELDS = frozenset({
    "listed_weight", "available_outlets", "in_stock_weight", "facings_share", "open_weight", "price_disorder",
    "diverted_in_units", "goodwill", "relation", "price_index", "km", "driving_minutes", "visiting_minutes",
    "idle_minutes", "selling", "service", "coaching", "farmer",
})  # fmt: skip


class Event(IntEnum):
    """Kinds of rare events."""

    OUTLET_OPENED = 0
    OUTLET_CLOSED = 1
    LISTING_WON = 2
    DELISTED = 3
    ADVISOR_LEFT = 4
    ADVISOR_HIRED = 5
    TRAINING = 6
    PROMOTION_STARTED = 7
    PROMOTION_ENDED = 8
    RIVAL_ANSWER = 9
    RIVAL_CAMPAIGN = 10
    EXCLUSIVE_SIGNED = 11
    DISTRIBUTOR_POACHED = 12
    DISTRIBUTOR_LOADING = 13
    MARKDOWN = 14
    DIVERSION = 15
    FACTORY_STOPPED = 16
    PRODUCT_LAUNCHED = 17
    CREDIT_STOP = 18
    TARGET_SET = 19
    CENSUS = 20
    ADVISOR_MOVED = 21
    DISTRIBUTOR_SIGNED = 22
    DISTRIBUTOR_DISMISSED = 23


EVENT_AXES = ("", "outlet", "distributor", "advisor", "company", "product", "territory")


class Recorder:
    """Panels of one run.

    Attributes
    ----------
    panels : by panel name, shape (n_days, *axes, n_fields), float64; counts stay exact below 2**53.
    books_company, books_distributor, books_outlet, books_outside : end-of-day balances, distributors summed by
        company, outlets summed; shape (n_days, rows, n_accounts). [cents]
    outlet_panel : shape (n_days, n_outlets, n_products, 2), sold and closing stock, when asked for.
    """

    def __init__(self, world: World, n_days: int) -> None:
        self._world = world
        sizes = world.sizes
        self.panels: dict[str, Array] = {
            name: np.zeros((n_days, *(sizes[a] for a in axes), len(fields))) for name, (axes, fields) in PANELS.items()
        }
        self.books_company = np.zeros((n_days, sizes["company"], N_ACCOUNTS), dtype=np.int64)
        self.books_distributor = np.zeros((n_days, sizes["company"], N_ACCOUNTS), dtype=np.int64)
        self.books_outlet = np.zeros((n_days, 1, N_ACCOUNTS), dtype=np.int64)
        self.books_outside = np.zeros((n_days, N_SECTORS, N_ACCOUNTS), dtype=np.int64)
        watched = world.scenario.recording.outlet_panel
        self.outlet_panel = np.zeros((n_days if watched else 0, sizes["outlet"], sizes["product"], 2), dtype=np.int32)
        self.shopper_panel = np.zeros((n_days if watched else 0, sizes["outlet"]), dtype=np.int32)
        self._place = {name: {f: k for k, f in enumerate(fields)} for name, (_, fields) in PANELS.items()}
        # Views of single fields, shape (n_days, *axes).
        self._field = {
            name: {f: self.panels[name][..., k] for f, k in places.items()} for name, places in self._place.items()
        }

    def add(self, panel: str, day: int, **values: Array | float | int) -> None:
        """Add to today's fields of a panel; each value has the panel's axes as shape (or is a scalar)."""
        fields = self._field[panel]
        for name, value in values.items():
            today = fields[name][day]
            today += value

    def add_block(self, panel: str, day: int, first: str, values: Array) -> None:
        """Add to today's neighbouring fields of a panel, from `first` on; fields are the last axis of `values`."""
        k = self._place[panel][first]
        block = self.panels[panel][day, ..., k : k + values.shape[-1]]
        block += values

    def event(self, day: int, minute: int, kind: Event, territory: Any, subject_axis: str, subject: Any,
              object_axis: str = "", other: Any = -1, value: Any = 0.0) -> None:  # fmt: skip
        """Record one event, or several when `subject` is an array."""
        self._world.tables["events"].append(
            day=day, minute=minute, kind=int(kind), territory=territory, subject_axis=EVENT_AXES.index(subject_axis),
            subject=subject, object_axis=EVENT_AXES.index(object_axis), object=other, value=value,
        )  # fmt: skip

    def close_books(self, day: int) -> None:
        """Write down every balance at the end of the day."""
        w = self._world
        self.books_company[day] = w.company_books
        sum_books_by_company(w.distributor_books, w.distributor_company, self.books_distributor[day])
        self.books_outlet[day, 0] = 0
        sum_books(w.outlet_books, self.books_outlet[day, 0])
        self.books_outside[day] = w.outside_books

    def arrays(self) -> dict[str, Array]:
        """Return every recorded array by name, for saving."""
        named = {f"panel_{name}": array for name, array in self.panels.items()}
        for name in (
            "books_company",
            "books_distributor",
            "books_outlet",
            "books_outside",
            "outlet_panel",
            "shopper_panel",
        ):
            named[name] = getattr(self, name)
        return named

    def restore(self, arrays: dict[str, Array]) -> None:
        """Write saved arrays back; days recorded beyond them stay empty."""
        for name, array in self.arrays().items():
            saved = arrays[name]
            array[: saved.shape[0]] = saved
