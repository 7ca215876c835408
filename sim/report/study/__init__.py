"""A study as files: the answer, pictures first, then tables."""
