"""What can be asked of many runs: compare, sweep, why, and one file for each study (its spec, method and answer).

Pictures and pages are drawn in `sim.report`; markets are run by `sim.runs` only.
"""
