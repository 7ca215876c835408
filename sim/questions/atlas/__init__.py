"""The atlas: where on two unknowns each principle pays, kept with the package, and where a scenario lies on it.

A map is the answer of a boundary study, small enough to be shipped: `NAME.json`, made by
`python -m studies.atlas.make`; a user's own experiment with a boundary study becomes one by `map_of`.
"""
