"""The recorder: daily panels, preallocated, and typed events.

It only watches. Of what it holds, a run reads back companies' own books alone (`sim.agents.own_books`), for decisions
of their own.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.ledger.postings import sum_books, sum_books_by_company
from sim.world.accounts import N_ACCOUNTS, N_SECTORS
from sim.world.panels import PANELS
from sim.world.world import World

Array = NDArray[Any]


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
    TERRITORY_OPENING = 24
    TERRITORY_OPENED = 25
    TERRITORY_LEAVING = 26
    TERRITORY_CLOSED = 27
    RIVAL_RETREAT = 28
    RIVAL_RETURN = 29
    RIVAL_ENTRY = 30
    DISTRIBUTOR_LEFT = 31
    DISTRIBUTOR_SUCCEEDED = 32


EVENT_AXES = ("", "outlet", "distributor", "advisor", "company", "product", "territory")


class Recorder:
    """Panels of one run.

    Attributes
    ----------
    panels : by panel name, a bundle of its fields, each of shape (n_days, *axes), float64; counts stay exact below
        2**53.
    books_company, books_distributor, books_outlet, books_outside : end-of-day balances, distributors summed by
        company, outlets summed; shape (n_days, rows, n_accounts). [cents]
    outlet_panel : shape (n_days, n_outlets, n_products, 2), sold and closing stock, when asked for.
    """

    def __init__(self, world: World, n_days: int) -> None:
        self._world = world
        sizes = world.sizes
        # One array a panel, so that a saved state has few of them; its first axis is the field.
        self._blocks = {
            name: np.zeros((len(panel.fields), n_days, *(sizes[a] for a in panel.axes)))
            for name, panel in PANELS.items()
        }
        self.panels: dict[str, Any] = {
            name: panel.kind(**dict(zip(panel.fields, self._blocks[name], strict=True)))
            for name, panel in PANELS.items()
        }
        self.books_company = np.zeros((n_days, sizes["company"], N_ACCOUNTS), dtype=np.int64)
        self.books_distributor = np.zeros((n_days, sizes["company"], N_ACCOUNTS), dtype=np.int64)
        self.books_outlet = np.zeros((n_days, 1, N_ACCOUNTS), dtype=np.int64)
        self.books_outside = np.zeros((n_days, N_SECTORS, N_ACCOUNTS), dtype=np.int64)
        watched = world.scenario.recording.outlet_panel
        self.outlet_panel = np.zeros((n_days if watched else 0, sizes["outlet"], sizes["product"], 2), dtype=np.int32)
        self.shopper_panel = np.zeros((n_days if watched else 0, sizes["outlet"]), dtype=np.int32)

    def today(self, panel: str, day: int) -> Any:
        """Return the bundle of a panel's fields on one day, each of the shape of its axes, to be written by name."""
        fields = self.panels[panel]
        return type(fields)(**{name: values[day] for name, values in fields._asdict().items()})

    def add(self, panel: str, day: int, **values: Array | float | int) -> None:
        """Add to today's fields of a panel; each value has the panel's axes as shape (or is a scalar)."""
        fields = self.panels[panel]
        for name, value in values.items():
            today = getattr(fields, name)[day]
            today += value

    def event(self, kind: Event, *, day: int, minute: int, place: Any = -1, value: Any = 0.0, **parties: Any) -> None:
        """Record one event, or several when the first party is an array.

        Parameters
        ----------
        place : row of the territory, −1 for the whole market.
        parties : rows of one or two entities by their axis, of `EVENT_AXES`: whom it is about, and what or who else.
        """
        (subject_axis, subject), (object_axis, other) = (*parties.items(), ("", -1), ("", -1))[:2]
        self._world.tables["events"].append(
            day=day,
            minute=int(minute),
            kind=int(kind),
            territory=place,
            subject_axis=EVENT_AXES.index(subject_axis),
            subject=subject,
            object_axis=EVENT_AXES.index(object_axis),
            object=other,
            value=value,
        )

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
        named = {f"panel_{name}": np.moveaxis(block, 0, 1) for name, block in self._blocks.items()}
        books = ("books_company", "books_distributor", "books_outlet", "books_outside")
        return named | {name: getattr(self, name) for name in (*books, "outlet_panel", "shopper_panel")}

    def restore(self, arrays: dict[str, Array]) -> None:
        """Write saved arrays back; days recorded beyond them stay empty."""
        for name, array in self.arrays().items():
            saved = arrays[name]
            array[: saved.shape[0]] = saved
