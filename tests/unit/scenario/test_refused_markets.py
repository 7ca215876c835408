"""Markets whose fields are allowed one by one, but make something that is not: one message each, no traceback."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine import Session
from sim.errors import InputError
from tests.markets import finished, market


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"rivals": {"generate": {"n": 2, "appeal_last": -10.0}}},
            "products.generate: appeal -10.35 of product 2 of R2",
        ),
        ({"ours": {"price_factor": 1e-6}}, "products.generate: list_price_cents 0 of product 1 of ours"),
        ({"outlets": {"shoppers_per_size_unit": 1e6}}, "must be at most 100,000 category shoppers a day"),
    ],
)
def test_what_the_fields_make_together_is_refused(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Session(market(changes))


def test_a_market_without_any_post_runs() -> None:
    assert finished(market({"team": {"generate": {"n": 0}, "spare_posts": 0}})).observe()["advisor"].empty
