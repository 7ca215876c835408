"""An unchanged scenario gives unchanged numbers, exactly; see `tests.golden.refresh` for a change that is meant."""

from __future__ import annotations

import pytest

from tests.golden.refresh import MARKETS, current, difference, file_of, stored


@pytest.mark.parametrize("name", MARKETS)
def test_every_indicator_is_what_it_was(name: str) -> None:
    assert file_of(name).exists(), f"{file_of(name).name} is missing: python -m tests.golden.refresh"
    changes = difference(stored(name), current(name))
    assert not changes, "results changed; if that is meant: python -m tests.golden.refresh\n" + "\n".join(changes[:20])
