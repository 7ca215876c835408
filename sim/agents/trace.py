"""The trace: every act of chosen days in plain words, with what it moved."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from sim.agents.clock import Wake
from sim.calendar import Calendar
from sim.ledger.recorder import Event
from sim.world.accounts import Account
from sim.world.world import World

if TYPE_CHECKING:
    import pandas as pd

GOODS = {
    "open_order_units": "ordered by shops",
    "outlet_inbound_units": "on trucks to shops",
    "outlet_stock_units": "in shops",
    "factory_backlog_units": "ordered from factories",
    "distributor_stock_units": "in warehouses",
    "transit_units": "on the road from factories",
    "factory_stock_units": "in factories",
}
"""Columns of goods that are followed, and where those goods are. [units]"""

CASH = {"outlet_books": "shops' cash", "distributor_books": "distributors' cash", "company_books": "companies' cash"}
PLURALS = {"company": "companies"}


class Trace:
    """Writes down the acts that a session hands to it, see `Session.watch`.

    Parameters
    ----------
    world, calendar : of the session.
    """

    def __init__(self, world: World, calendar: Calendar) -> None:
        self._world, self._calendar = world, calendar
        self._rows: list[tuple[int, str, str, str, str, str, str, str]] = []

    def __call__(self, wake: Wake, act: Callable[[], None]) -> None:
        """Let an act happen, and write it down."""
        before, events = self._sums(), self._world.tables["events"]
        n = events.n
        act()
        moved = {words: value - before[words] for words, value in self._sums().items()}
        kinds, counts = np.unique(events["kind"][n : events.n], return_counts=True)
        moment = wake.moment
        self._rows.append(
            (
                self._calendar.measured_day(wake.day),
                f"{moment.phase // 60}:{moment.phase % 60:02}",
                moment.phase.name.lower(),
                moment.who,
                self._place(wake),
                moment.what,
                "; ".join(f"{words} {amount:+,}" for words, amount in moved.items() if amount),
                "; ".join(
                    f"{Event(k).name.lower().replace('_', ' ')}: {c}" for k, c in zip(kinds, counts, strict=True)
                ),
            )
        )

    def table(self) -> pd.DataFrame:
        """Return what has been written down.

        Returns
        -------
        One row an act, in the order in which they happened: `day` as in results, `clock`, `phase`, `actor`, `place`
        (which company, say; empty for all), `what` it does, `moved` (goods in units, cash in whole units of money, the
        difference that the act made), `events` recorded.
        """
        import pandas as pd

        return pd.DataFrame(self._rows, columns=["day", "clock", "phase", "actor", "place", "what", "moved", "events"])

    def _place(self, wake: Wake) -> str:
        axis = wake.moment.axis
        if not axis:
            return ""
        names = self._world.names
        return names.label(getattr(names, PLURALS.get(axis, f"{axis}s"))[wake.row])

    def _sums(self) -> dict[str, int]:
        """Goods and cash of the whole market as they are now, by their words."""
        columns = self._world.columns
        goods = {words: int(columns[name].sum()) for name, words in GOODS.items()}
        cash = {words: int(columns[name][:, Account.CASH].sum()) // 100 for name, words in CASH.items()}
        return goods | cash
