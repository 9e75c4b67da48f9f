"""Which model an id means: `identify(provider, id)` names lab, model, snapshot and variant, and says why.

An id goes through four small steps, each in a module of its own:

1. `grammar` takes off what belongs to the provider: paths, regions, routing suffixes.
2. `tokens` cuts the rest into tokens that have a meaning: a version, a size, a date, a word.
3. `rules` moves serving and build words aside, finds the lab, and puts the name into one normal form.
4. `names` joins the names that a lab itself uses for one release.

The facts they use are data: ``ai_models/data/identity/*.toml``.
"""

from ai_models._core.identity.identify import identify
from ai_models._core.identity.result import Identity

__all__ = ["Identity", "identify"]
