"""A sweep as files: the tidy table, one picture of every outcome against every dimension, and a page."""
