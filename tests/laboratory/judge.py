"""Tell whether a change of the program moved any result: hash every table of many small markets, before and after.

    python -m tests.laboratory.judge write before.json            # on the tree as it was
    python -m tests.laboratory.judge check before.json            # after the change; --quick takes every fifth market

The markets switch every mechanism off and on, pull every lever and follow every kind of strategy. Columns and tables
that are new do not count, so that a mechanism which is off by default shows that it is exactly inert.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np

from sim.scenario.load import load_scenario
from sim.scenario.schema.field import MechanismsSpec
from sim.world.levers import LEVERS
from tests.markets import ALL_OFF, ALONE, STRESSED, SWITCHES, Tables, column_bytes, market, ran

FOLDER = Path(__file__).resolve().parents[2] / "scenarios"
LONG = {"calendar": {"burn_in_days": 14, "duration_days": 50}}
PLAN = {"direction": {"review_days": 7, "budget": {"on_excess": "allow"}}}
SHORTENED = ["calendar.burn_in_days=10", "calendar.duration_days=25"]
KINDS = [
    *("concentrate", "spread_evenly", "carpet", "roll_out", "all_at_once", "attack", "stronghold", "key_accounts"),
    *("zero_unvisited", "inventory", "people", "product_rhythm", "discipline", "trade_terms"),
]

SAID = frozenset({"decisions"})
"""Tables in which the program only says what it does."""

Case = Callable[[], Tables]


def cases() -> Iterator[tuple[str, Case]]:
    """Yield every market by name."""
    # Those that are off by default came later; at the time of the first hashes there was nothing of them.
    on = {switch: True for switch, field in MechanismsSpec.model_fields.items() if field.default}
    for name, changes in {"on": on, "off": ALL_OFF}.items():
        yield f"all {name}", lambda changes=changes: ran(market(LONG, STRESSED, {"mechanisms": changes}))
    later = [switch for switch, field in MechanismsSpec.model_fields.items() if not field.default]
    for name, switches in {**{switch: [switch] for switch in later}, "all later": later}.items():
        on = dict.fromkeys(switches, True)
        yield f"with {name}", lambda on=on: ran(market(LONG, STRESSED, {"mechanisms": on}))
    yield "alone", lambda: ran(market(LONG, ALONE))
    yield "plain", lambda: ran(market(LONG))
    for switch in SWITCHES:
        yield f"without {switch}", lambda switch=switch: ran(market(LONG, STRESSED, {"mechanisms": {switch: False}}))
    for policy in ("s_S", "r_Q", "order_up_to"):
        yield f"shops {policy}", lambda policy=policy: ran(market(LONG, {"retail": {"ordering": {"policy": policy}}}))
    for law in ("nerlove_arrow", "vidale_wolfe", "lanchester"):
        yield f"law {law}", lambda law=law: ran(market(LONG, {"consumers": {"goodwill": {"law": law}}}))
    for lever in LEVERS.values():
        value = min(lever.high, max(lever.low, 1.0 if lever.high < 2 else 2.0 if lever.high < 100 else 9.0))
        value = 2.0 if lever.name == "advisors" else value
        value = min(lever.high, 50_000.0) if "cents" in lever.unit and lever.high > 1e5 else value
        yield f"lever {lever.name}", lambda lever=lever, v=value: ran(market(LONG, STRESSED), pulls={lever.name: v})
    for kind in KINDS:
        plan = {"strategies": {"it": ({kind: {}},)}, "strategy": "it"}
        yield f"strategy {kind}", lambda plan=plan: ran(market(LONG, PLAN, {"team": {"generate": {"n": 2}}}, plan))
    for path in sorted(FOLDER.glob("*.yaml")):
        yield f"scenario {path.stem}", lambda path=path: ran(load_scenario(path, SHORTENED))
    yield "scenario district", lambda: ran(load_scenario(FOLDER / "questions/district.yaml", SHORTENED))


def digest(tables: Tables) -> dict[str, str]:
    """Hash each column of each table."""
    return {
        f"{name}.{column}": hashlib.sha256(column_bytes(table[column])).hexdigest()[:16]
        for name, table in tables.items()
        if name not in SAID
        for column in table.columns
    }


def main() -> None:
    """Write the hashes, or compare with those written before."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("work", choices=("write", "check"))
    parser.add_argument("file", type=Path)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--part", default="", help="only markets whose name has this part")
    given = parser.parse_args()
    before = json.loads(given.file.read_text()) if given.work == "check" else {}
    found: dict[str, dict[str, str]] = {}
    n_different = n_known = 0
    for number, (name, case) in enumerate(cases()):
        known = before.get(name)
        skipped = given.part not in name or (given.quick and number % 5) or (given.work == "check" and known is None)
        if skipped:
            continue
        try:
            found[name] = digest(case())
        except Exception as error:  # noqa: BLE001 (a market that is refused or fails is an answer, too)
            found[name] = {"failed": f"{type(error).__name__}: {error}"[:300]}
        if known is not None:
            n_known += 1
            different = [column for column, value in known.items() if found[name].get(column) != value]
            n_different += bool(different)
            if different:
                print(f"{name}: {', '.join(different[:8])}{' …' if len(different) > 8 else ''}", flush=True)
    if given.work == "write":
        given.file.write_text(json.dumps(found, indent=0))
        failed = [name for name, columns in found.items() if "failed" in columns]
        print(f"{len(found)} markets written; failed: {failed or 'none'}")
        return
    print(f"judge: {n_known} markets, {n_different} differ")
    sys.exit(bool(n_different))


if __name__ == "__main__":
    np.seterr(all="raise", under="ignore")
    main()
