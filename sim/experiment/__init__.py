"""Many runs and what they say: comparisons, chances, regrets, when to stop, what the money does.

The statistics are pure functions of tidy tables of outcomes; only the runner simulates, through `sim.engine`.
Nothing here draws figures, knows the shell, or decides anything inside a market.
"""
