"""Measures what the default market does by itself and writes docs/validation.md."""
