"""One registry for every AI model: which exist, what is known, what it costs, and how to call it."""

__version__ = "0.1.0.dev0"
