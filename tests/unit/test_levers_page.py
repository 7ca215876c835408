"""The page of what each lever and switch moves: every lever has a dose, and the page says what was measured."""

from __future__ import annotations

import numpy as np
import pandas as pd

import sim
from sim.engine import Session
from sim.runs.cells import Cells
from sim.strategies.plan import BASELINE
from sim.world.levers import LEVERS
from studies.levers import KPIS, Pulled, _pull, drawn, effects, lines, switched
from studies.levers_doses import DOSES, Dose
from tests.markets import market

RAISES, NOTHING, NOISE = "advertising_cents", "launch_day", "focus"


def made(n: int = 6) -> pd.DataFrame:
    """Paired differences: a lever that raises profit, one that moves nothing, one lost in noise, and a switch."""
    wobble = np.cos(np.arange(n) * 2.3)
    size = {
        RAISES: 5_000.0 + 100.0 * wobble,
        NOTHING: np.zeros(n),
        NOISE: 300.0 * (wobble - wobble.mean()),
        "habit": -900.0 + wobble,
    }
    rows = [
        ("switch" if name == "habit" else "lever", name, "× 2", kpi, r, value / (1.0 if kpi == KPIS[0] else 1e6))
        for name, values in size.items()
        for kpi in KPIS
        for r, value in enumerate(values.tolist())
    ]
    return pd.DataFrame(rows, columns=["kind", "name", "dose", "kpi", "replication", "value"])


def test_every_lever_has_one_dose() -> None:
    assert sorted(dose.lever for dose, _ in DOSES) == sorted(LEVERS)


def test_the_page_tells_what_moves_what_does_not_and_why() -> None:
    table = effects(made())
    assert table.set_index("name")["seen"].to_dict() == {RAISES: True, NOTHING: False, NOISE: False, "habit": True}
    text = "\n".join(lines(table, 6, "CNY"))
    rows = {line.split("`")[1]: line for line in text.splitlines() if line.startswith("| `")}
    assert rows[RAISES].endswith("|  |")
    assert "+5,0" in rows[RAISES]
    assert "nothing moves: nothing is launched" in rows[NOTHING]
    assert "no difference seen" in rows[NOISE]
    assert "−900" in rows["habit"]
    assert drawn(table, 6, "CNY").axes


def test_a_dose_is_pulled_at_our_places_alone() -> None:
    session = Session(market())
    before, ours = session.world.lever_terms_days.copy(), session.world.distributor_company == 0
    _pull(session, Dose("terms_days", "plus", 30))
    _pull(session, Dose("advisors", "plus", 1, 1))
    assert (session.world.lever_terms_days[ours] == before[ours] + 30).all()
    assert (session.world.lever_terms_days[~ours] == before[~ours]).all()
    assert session.world.lever_advisors.sum() == 2


def test_a_switch_is_turned_over_alone() -> None:
    scenario = market()
    turned = switched(scenario, "ground")
    assert turned.mechanisms.ground
    assert turned.mechanisms.model_dump(exclude={"ground"}) == scenario.mechanisms.model_dump(exclude={"ground"})
    assert sim.Scenario is type(turned)


def test_the_same_dose_of_another_lever_is_kept_apart() -> None:
    cell = Cells(market()).cell(BASELINE, 0)
    one, other = (Pulled(((Dose(lever, "plus", 1.0),),)).key(cell) for lever in ("advisors", "promoters"))
    assert one != other
