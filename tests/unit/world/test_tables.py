"""Tables of the world: rows that come and go, against a plain list of rows."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sim.world.world import TABLES, Table

FIELDS = {"day": "int32", "cents": "int64"}
row = st.tuples(st.integers(-9, 9), st.integers(-(2**40), 2**40))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.lists(row, max_size=90)),
        st.tuples(st.just("truncate"), st.integers(0, 90)),
        st.tuples(st.just("clear"), st.none()),
        st.tuples(st.just("restore"), st.none()),
    ),
    max_size=12,
)


@given(steps)
def test_a_table_behaves_like_a_list_of_rows(script: list[tuple[str, object]]) -> None:
    table, rows = Table("bills", FIELDS), []
    for what, value in script:
        if what == "append":
            table.append(day=[r[0] for r in value], cents=[r[1] for r in value])  # type: ignore[attr-defined]
            rows += value  # type: ignore[operator]
        elif what == "truncate":
            rows = rows[:value]  # type: ignore[misc]
            table.truncate(len(rows))
        elif what == "clear":
            table.clear()
            rows = []
        else:
            other = Table("bills", FIELDS)
            other.restore(table.columns())
            table = other
        assert table.n == len(rows)
        assert list(zip(table["day"].tolist(), table["cents"].tolist(), strict=True)) == [tuple(r) for r in rows]


def test_scalars_stand_for_all_rows() -> None:
    table = Table("bills", FIELDS)
    table.append(day=3, cents=[1, 2, 3])
    assert table["day"].tolist() == [3, 3, 3]
    assert table["day"].dtype == np.int32


def test_every_field_must_be_given() -> None:
    table = Table("bills", FIELDS)
    with pytest.raises(KeyError, match="bills"):
        table.append(day=[1])
    with pytest.raises(KeyError, match="cent"):
        table.append(day=[1], cent=[2])


def test_copies_are_saved_and_views_are_shown() -> None:
    table = Table("bills", FIELDS)
    table.append(day=[1], cents=[2])
    saved = table.columns()
    table["cents"][0] = 9
    assert saved["cents"].tolist() == [2]
    assert table["cents"].tolist() == [9]


def test_every_declared_table_can_be_made() -> None:
    for name, fields in TABLES.items():
        assert Table(name, fields).n == 0
