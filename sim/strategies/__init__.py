"""Named levers: every quantity that a strategy may move, with unit, axes, bounds and the way two pulls combine.

Strategies themselves will live here, one file each, as pure decisions; they pull levers and never touch state.
"""
