"""ctxlen's data: models.dev's context windows, under LiteLLM's ids."""

from typing import Any

from ai_models._core.contracts import SkippedRow
from ai_models._core.model import Model
from ai_models.sources.catalogues.litellm_map import wire_id
from ai_models.sources.catalogues.package_data import DataSource, expect_mapping
from ai_models.sources.facts import known_count
from ai_models.sources.parsed import Parsed

SOURCE = "models.dev"


def parse_ctxlen(payload: Any) -> Parsed:
    """Return models with models.dev's limits; LiteLLM's limits, which the data has too, are left to LiteLLM's map.

    Of `rows` (LiteLLM's models) only the window is models.dev's, of `fills` (models that LiteLLM lacks) all limits are.

    >>> parsed = parse_ctxlen({"rows": {"gpt-5": ["openai", 272000, 128000, 400000]},
    ...     "fills": {"kilo/m": ["kilo", 100, 50, 200]}})
    >>> [(m.provider, m.id, m.context_size, m.max_output_tokens) for m in parsed.models]
    [('openai', 'gpt-5', 400000, None), ('kilo', 'm', 200, 50)]
    """
    data = expect_mapping(payload, "the data", SOURCE)
    rows, fills = (expect_mapping(data.get(name), f"the {name}", SOURCE) for name in ("rows", "fills"))
    models: dict[tuple[str, str], Model] = {}
    skipped: list[SkippedRow] = []
    for number, (key, row) in enumerate([*rows.items(), *fills.items()]):
        found = _parse_row(key, row, whole=number >= len(rows))
        if isinstance(found, str):
            skipped.append(SkippedRow(number, found, key))
        else:
            models.setdefault((found.provider, found.id), found)
    return Parsed(list(models.values()), skipped)


class CtxlenSource(DataSource):
    """models.dev's windows: of the installed `ctxlen`, of its data file, or at a URL.

    `date` is the day (ISO text) on which the data was published.
    """

    name = SOURCE
    package = "ctxlen"
    file = "_data.json"

    def parse(self, payload: Any) -> Parsed:
        """Return the models of the data, and the rows that are none."""
        return parse_ctxlen(payload)


def _parse_row(key: str, row: Any, *, whole: bool) -> Model | str:
    if not isinstance(row, list) or len(row) < 4 or not isinstance(row[0], str):
        return "not a provider and three limits"
    window = known_count(row[3])
    if window is None:
        return "models.dev has no window for it"
    where = wire_id(key, row[0])
    if isinstance(where, str):
        return where
    provider, id = where
    if not whole:
        return Model(id, provider, window)
    most_in, most_out = known_count(row[1]), known_count(row[2])
    return Model(
        id, provider, window, max_input_tokens=most_in if most_in != window else None, max_output_tokens=most_out
    )
