"""Sphinx: builds offline, warnings are errors (`sphinx-build -n -W docs docs/_build`)."""

import ai_models

project = "ai_models"
author = "The ai_models authors"
copyright = "2026, The ai_models authors"
release = version = ai_models.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 3
default_role = "literal"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_class_signature = "mixed"
nitpick_ignore_regex = [("py:.*", ".*")]  # types of the standard library, which an offline build can't link to
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "ai_models"
html_show_sphinx = False
