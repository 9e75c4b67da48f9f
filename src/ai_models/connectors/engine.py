"""The template engine: a template and its variables → arguments, a live object, or source text.

A template is plain data whose texts may hold `$variables`; an argument without a value is left out. A mapping with
the key `new` is an object to be made: `{"new": "package.module:Class", **arguments}`; one of whose arguments none has a
value is left out too. One with the key `bind` is a function to be called later with these arguments and further ones.

>>> template = {"model": "$id", "options": {"num_ctx": "$num_ctx", "seed": "$seed"}}
>>> fill(template, {"id": "llama3:8b", "seed": 7})
{'model': 'llama3:8b', 'options': {'seed': 7}}
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from keyword import iskeyword
from typing import Any

__all__ = ["EnvironmentKey", "build", "fill", "render_arguments", "source", "variables_of"]

_VARIABLE = re.compile(r"\$(\w+[?!]?)")


@dataclass(frozen=True, slots=True)
class EnvironmentKey:
    """A key by reference: in source text it is read from the environment.

    >>> source({"headers": {"authorization": EnvironmentKey("MY_KEY", "Bearer ")}})
    (['import os'], "{'headers': {'authorization': 'Bearer ' + os.environ['MY_KEY']}}")
    """

    variable: str
    prefix: str = ""


def fill(template: Any, variables: Mapping[str, Any]) -> Any:
    """Return the template with its variables in place, what has no value left out.

    A value is put in as it is: a `$` in it means nothing.

    >>> fill("ollama_chat/$id", {"id": "$seed/x"}), fill("$id", {})
    ('ollama_chat/$seed/x', None)
    """
    if isinstance(template, str):
        return _fill_text(template, variables)
    if isinstance(template, list):
        return [value for each in template if (value := fill(each, variables)) is not None]
    if isinstance(template, dict):
        pairs = ((_fill_text(name, variables), fill(each, variables), each) for name, each in template.items())
        filled = {name: value for name, value, each in pairs if value is not None and (value != {} or each == {})}
        return None if "new" in filled and len(filled) == 1 < len(template) else filled
    return template


def _fill_text(text: str, variables: Mapping[str, Any]) -> Any:
    whole = _VARIABLE.fullmatch(text)
    if whole:
        return variables.get(whole[1])
    values = {name: variables.get(name) for name in _VARIABLE.findall(text)}
    if None in values.values():
        return None
    keys = [value for value in values.values() if isinstance(value, EnvironmentKey)]
    if keys:
        return EnvironmentKey(keys[0].variable, text.partition("$")[0])
    return _VARIABLE.sub(lambda found: str(values[found[1]]), text)


def variables_of(template: Any) -> Iterator[str]:
    """Yield the names of the variables in a template.

    >>> sorted(variables_of({"$output_cap": "$max_tokens", "model": "a/$id"}))
    ['id', 'max_tokens', 'output_cap']
    """
    if isinstance(template, str):
        yield from _VARIABLE.findall(template)
    elif isinstance(template, dict):
        for name, each in template.items():
            yield from variables_of(name)
            yield from variables_of(each)
    elif isinstance(template, list):
        for each in template:
            yield from variables_of(each)


def build(filled: Any) -> Any:
    """Make the objects of a filled template, inner ones first; their modules are imported now.

    >>> build({"new": "datetime:timedelta", "days": 2})
    datetime.timedelta(days=2)
    >>> build({"bind": "datetime:timedelta", "days": 2})(hours=12)
    datetime.timedelta(days=2, seconds=43200)
    """
    if isinstance(filled, list):
        return [build(each) for each in filled]
    if isinstance(filled, dict):
        arguments = {name: build(each) for name, each in filled.items() if name not in ("new", "bind")}
        if "bind" in filled:
            from functools import partial

            return partial(_load(filled["bind"]), **arguments)
        return _load(filled["new"])(**arguments) if "new" in filled else arguments
    return filled


def _load(target: str) -> Any:
    from importlib import import_module

    module, _, path = target.partition(":")
    found = import_module(module)
    for name in path.split("."):
        found = getattr(found, name)
    return found


def source(filled: Any) -> tuple[list[str], str]:
    r"""Return the import lines and the expression that make the objects of a filled template.

    Every value is written as a Python literal, so no text can become code.

    >>> source({"new": "ollama:Client", "host": "http://127.0.0.1:11434"})
    (['from ollama import Client'], "Client(host='http://127.0.0.1:11434')")
    >>> source({"new": "m:C", "id": "x')\nimport os"})[1]
    'C(id="x\')\\nimport os")'
    """
    imports: set[str] = set()
    text = _expression(filled, imports)
    return sorted(imports, key=lambda line: (line.startswith("from"), line)), text


def render_arguments(arguments: Mapping[str, Any], imports: set[str] | None = None) -> str:
    """Return the source text of keyword arguments.

    >>> render_arguments({"model": "gpt-4", "not a name": 1})
    "model='gpt-4', **{'not a name': 1}"
    """
    needed: set[str] = set() if imports is None else imports
    named = {name: value for name, value in arguments.items() if name.isidentifier() and not iskeyword(name)}
    others = {name: value for name, value in arguments.items() if name not in named}
    parts = [f"{name}={_expression(value, needed)}" for name, value in named.items()]
    return ", ".join(parts + ([f"**{_expression(others, needed)}"] if others else []))


def _expression(filled: Any, imports: set[str]) -> str:
    if isinstance(filled, list):
        return f"[{', '.join(_expression(each, imports) for each in filled)}]"
    if isinstance(filled, EnvironmentKey):
        imports.add("import os")
        read = f"os.environ[{filled.variable!r}]"
        return f"{filled.prefix!r} + {read}" if filled.prefix else read
    if not isinstance(filled, dict):
        return repr(filled)
    if "bind" in filled:
        imports.add("from functools import partial")
        module, _, path = filled["bind"].partition(":")
        imports.add(f"from {module} import {path.partition('.')[0]}")
        bound = render_arguments({name: each for name, each in filled.items() if name != "bind"}, imports)
        return f"partial({path}, {bound})"
    if "new" not in filled:
        return "{" + ", ".join(f"{name!r}: {_expression(each, imports)}" for name, each in filled.items()) + "}"
    module, _, path = filled["new"].partition(":")
    imports.add(f"from {module} import {path.partition('.')[0]}")
    arguments = {name: each for name, each in filled.items() if name != "new"}
    return f"{path}({render_arguments(arguments, imports)})"
