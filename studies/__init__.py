"""Programs that make pages of docs/ by running markets; no part of the installed package."""
