"""Catalogues: what others, or this package, publish about the models of many providers."""
