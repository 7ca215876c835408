"""How the pages of docs/ and the API reference are built: `make docs`. Nothing is fetched from outside."""

from sim._version import __version__

project = "arsim"
author = "the arsim authors"
release = version = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "sphinx.ext.viewcode"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
language = "en"

# Docstrings are NumPy style; types stand in hints only.
napoleon_google_docstring = False
napoleon_use_ivar = True
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True, "show-inheritance": True}
autodoc_class_signature = "separated"

myst_heading_anchors = 3
# Links to folders and to files that are no pages lead into the repository; they are checked by tests/unit/test_documents.py.
suppress_warnings = ["myst.xref_missing", "misc.highlighting_failure"]

html_theme = "furo"
html_title = f"arsim {__version__}"
html_copy_source = False
html_show_sourcelink = False
