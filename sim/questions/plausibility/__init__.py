"""The plausibility card: what is known of real regions, and how a scenario stands against it, before a run and after.

`band` says what a band and a line of the card are, `known` has what needs no run, `ran` what a short run shows.
"""
