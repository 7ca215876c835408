"""KN keeps its promise and OCBA its shares on normal values with known means."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from sim.errors import InputError
from sim.statistics.selection import Sample, chance_correct, kn, ocba, ocba_shares
from tests.unit.statistics.tables import normals

NAMES = ["a", "b", "c", "d", "e"]
HARDEST = [0.0, 0.0, 0.0, 0.0, 1.0]


def normal(study: str, means: Sequence[float], deviation: float = 3.0, shared: float = 0.0, n: int = 1500) -> Sample:
    """Normal values, a share of whose variance is common luck."""
    own, common = normals(f"own {study}", n, len(means)), normals(f"common {study}", n, 1)
    values = np.array(means) + deviation * (np.sqrt(shared) * common + np.sqrt(1 - shared) * own)
    return lambda names, replications: values[np.ix_(list(replications), [NAMES.index(name) for name in names])]


@pytest.mark.parametrize(("shared", "most"), [(0.0, 450), (0.8, 110)])
def test_kn_keeps_its_promise_in_the_hardest_case(shared: float, most: float) -> None:
    found = [kn(normal(f"kn {i}", HARDEST, shared=shared), NAMES, 1.0, better="higher") for i in range(80)]
    # 95 % promised: 71 of 80 or fewer would be seen by chance in 1 study of 60
    assert sum(f.best == "e" for f in found) >= 72
    assert all(f.promised for f in found)
    assert np.mean([f.runs for f in found]) < most


def test_common_luck_saves_runs() -> None:
    common, independent = (kn(normal("saves", HARDEST, shared=s), NAMES, 1.0, better="higher") for s in (0.8, 0.0))
    assert common.runs < independent.runs / 2


def test_kn_by_hand() -> None:
    # two strategies, three replications: differences 1, 3, 2, variance 1
    values = {"a": [0.0, 0.0, 0.0, 0.0], "b": [1.0, 3.0, 2.0, 2.0]}
    asked = []

    def sample(names: Sequence[str], replications: Sequence[int]) -> list[list[float]]:
        asked.extend((name, r) for name in names for r in replications)
        return [[values[name][r] for name in names] for r in replications]

    # eta = ½ (0.1^(−2/2) − 1) = 4.5, h² = 18; room at 3 with indifference 4: 4/6 · (18/16 − 3) < 0
    found = kn(sample, ["a", "b"], 4.0, better="higher", first=3)
    assert (found.best, found.runs) == ("b", 6)
    assert found.table["mean"].tolist() == [0, 2]
    assert found.table["kept"].tolist() == [False, True]
    assert len(asked) == len(set(asked)) == 6
    # room at 3 with indifference 1: 1/6 · (18 − 3) = 2.5 above the gap of 2; at 4: 1/8 · 14 = 1.75 below it
    asked.clear()
    assert kn(sample, ["a", "b"], 1.0, better="higher", first=3).runs == 8
    # the cheaper one wins when lower is better
    assert kn(sample, ["a", "b"], 4.0, better="lower", first=3).best == "a"


def test_what_was_dropped_is_run_no_more() -> None:
    found = kn(normal("drop", [0, 0, 0, 9, 10], 2.0), NAMES, 0.5, better="higher").table.set_index("strategy")
    assert found.loc["a", "n"] < found.loc["e", "n"]
    assert found.loc["d", "n"] == found.loc["e", "n"]


def test_kn_without_its_end_promises_nothing() -> None:
    found = kn(normal("cut", [0] * 5), NAMES, 0.01, better="higher", max_replications=20)
    assert not found.promised
    assert "no promise" in found.note
    assert found.runs <= 100


def test_a_batch_only_asks_in_other_portions() -> None:
    asked = []
    values = normal("batch", HARDEST)

    def sample(names: Sequence[str], replications: Sequence[int]) -> object:
        asked.append(len(replications))
        return values(names, replications)

    assert kn(sample, NAMES, 1.0, better="higher", batch=10).best == "e"
    assert set(asked) == {10}


def test_ocba_shares_by_hand() -> None:
    # gaps 1 and 2 of equal variances: N2/N1 = 1/4; best √(1 + 1/16)
    shares = ocba_shares(np.array([0.0, 1.0, 2.0]), np.ones(3))
    assert (shares / shares[1]).tolist() == pytest.approx([0.25, 1, np.sqrt(1 + 1 / 16)])
    assert ocba_shares(np.zeros(3), np.zeros(3)).sum() == pytest.approx(1)


def test_ocba_spends_its_budget_on_the_close_rival() -> None:
    found = ocba(normal("ocba", [0, 0, 0, 9, 10]), NAMES, 300, better="higher")
    n = found.table.set_index("strategy")["n"]
    assert found.runs == n.sum() == 300
    assert (n[["d", "e"]] > 2 * n[["a", "b", "c"]].max()).all()
    assert found.best == "e"
    assert not found.promised


def test_ocba_says_when_it_gains_nothing() -> None:
    notes = [ocba(normal(f"slip {i}", HARDEST), NAMES, 400, better="higher", step=25).note for i in range(10)]
    assert sum("not clearly better" in note for note in notes) >= 7
    notes = [ocba(normal(f"far {i}", [0, 0, 0, 7, 8], 6), NAMES, 400, better="higher", step=25).note for i in range(10)]
    assert sum("on equal allocation" in note for note in notes) >= 5


def test_chance_by_hand() -> None:
    # z = 1 ÷ √(½ + ½)
    assert chance_correct(np.array([0.0, 1.0]), np.ones(2), np.array([2.0, 2.0])) == pytest.approx(0.8413, abs=1e-4)
    assert chance_correct(np.zeros(2), np.zeros(2), np.ones(2)) == 1


def test_what_cannot_be_asked() -> None:
    sample = normal("wrong", HARDEST)
    for bad in ({"indifference": 0.0}, {"level": 0.1}, {"first": 2}, {"batch": 0}, {"strategies": ["a", "a"]}):
        arguments = {"strategies": NAMES, "indifference": 1.0} | bad
        with pytest.raises(InputError):
            kn(sample, better="higher", **arguments)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="at least 50"):
        ocba(sample, NAMES, 49, better="higher")
    with pytest.raises(InputError, match="finite"):
        kn(lambda names, r: np.full((len(r), len(names)), np.nan), NAMES, 1.0, better="higher")
