"""Ratios of this package to its peers and to plain Python, measured side by side in one run: `python -m bench`."""
