"""The layout of `catalogue.json`: the JSON store's, one model a line, so that a difference reads well."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ai_models._core.model import Model

SCHEMA = 1


def catalogue_text(models: Mapping[str, Model], packages: Iterable[Mapping[str, Any]]) -> str:
    """Return the whole file; the catalogue's date is that of its newest package."""
    listed = list(packages)
    sources = {
        each["name"]: {name: each[name] for name in ("label", "version", "date", "license", "url")} for each in listed
    }
    header = {"schema": SCHEMA, "date": max(each["date"] for each in listed), "sources": sources}
    lines = ",\n".join(f"{_json(id)}:{_json(model.to_dict())}" for id, model in models.items())
    return f'{{\n"ai_models":{_json(header)},\n"models":{{\n{lines}\n}}\n}}\n'


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
