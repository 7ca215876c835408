"""Write the table of docs/one-day.md anew: `python -m studies.one_day`.

It is what `arsim run scenarios/baseline.yaml --trace 60` writes to `trace.csv`, in Markdown.
"""

from __future__ import annotations

from pathlib import Path

import sim

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "one-day.md"
DAY = 60
COLUMNS = ("clock", "phase", "actor", "place", "what", "moved", "events")
MARK = "<!-- the table below is written by studies/one_day.py -->\n"


def table() -> str:
    """Return the acts of the day as a Markdown table."""
    acts = sim.trace(sim.load(str(ROOT / "scenarios" / "baseline.yaml")), DAY, DAY)
    rows = [COLUMNS, ("---",) * len(COLUMNS), *acts[list(COLUMNS)].itertuples(index=False)]
    return "".join("| " + " | ".join(row) + " |\n" for row in rows)


def main() -> None:
    """Write the page."""
    words, mark, _ = PAGE.read_text(encoding="utf-8").partition(MARK)
    PAGE.write_text(f"{words}{mark}\n{table()}", encoding="utf-8")


if __name__ == "__main__":
    main()
