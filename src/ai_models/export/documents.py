"""The file formats: a patch is written by the format's own writer, alone or into what a file holds already."""

import json
import re
from collections.abc import Callable
from typing import Any

from ai_models.errors import AIModelsError, MissingDependencyError, StoreCorruptError
from ai_models.export import jsonc
from ai_models.export.merging import Rows, merge, merge_rows, plain

__all__ = ["FORMATS", "written"]

_PLAIN_WORD = re.compile(r"[A-Za-z][\w./-]*(:[\w./-]*[A-Za-z][\w./-]*)*", re.ASCII)
_OTHER_MEANING = frozenset(["y", "yes", "n", "no", "on", "off", "true", "false", "null", "nan", "inf"])
_WIDE = 1_000_000


def written(form: str, patch: Any, present: str | None = None, name: str = "the file") -> str:
    """Return a file's new text: the patch alone, or joined into the present text, which is called `name` in errors.

    >>> print(written("json", {"model": "a"}, '{"mine": 1}'))
    {
      "mine": 1,
      "model": "a"
    }
    <BLANKLINE>
    """
    if present is None or not present.strip():
        return FORMATS[form](patch, None, name)
    if "\r\n" in present:
        return FORMATS[form](patch, present.replace("\r\n", "\n"), name).replace("\n", "\r\n")
    return FORMATS[form](patch, present, name)


def _json(patch: Any, present: str | None, name: str) -> str:
    if present is None:
        return json.dumps(plain(patch), indent=2, ensure_ascii=False) + "\n"
    try:
        held = jsonc.parse(present)
    except json.JSONDecodeError as error:
        raise _broken(name, error.lineno, error.colno, error.msg) from None
    joined = json.loads(json.dumps(held))
    _join(joined, patch, name)
    try:
        strict = json.loads(present) == held
    except ValueError:
        strict = False
    if strict and "\n" not in present.strip():
        return json.dumps(joined, indent=2, ensure_ascii=False) + "\n" if joined != held else present
    unit = re.search(r"^([ \t]+)\S", present, re.MULTILINE)
    indent = unit[1] if unit else "  "
    if strict and json.dumps(held, indent=indent, ensure_ascii=False) == present.strip():
        return json.dumps(joined, indent=indent, ensure_ascii=False) + present[len(present.rstrip()) :]
    return jsonc.changed(present, joined)


def _yaml(patch: Any, present: str | None, name: str) -> str:
    try:
        from ruamel.yaml import YAML
        from ruamel.yaml.error import MarkedYAMLError, YAMLError
    except ImportError as error:
        raise MissingDependencyError("ruamel.yaml", "export") from error
    from io import StringIO

    yaml = YAML()
    yaml.representer.yaml_representers = {**yaml.representer.yaml_representers, float: _float}
    yaml.preserve_quotes = True
    yaml.width = _WIDE
    dash = _dash_indent(present, isinstance(patch, Rows))
    yaml.indent(mapping=2, sequence=dash + 2, offset=dash)
    out = StringIO()
    if present is None:
        yaml.dump(_quoted(plain(patch)), out)
        return out.getvalue()
    try:
        held = yaml.load(present)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise _broken(name, mark.line + 1, mark.column + 1, str(error.problem)) from None
    except (YAMLError, ValueError) as error:
        raise _broken(name, None, None, str(error).partition("\n")[0]) from None
    if held is None:
        yaml.dump(_quoted(plain(patch)), out)
        return f"{present.rstrip()}\n{out.getvalue()}"
    before = _dumped(yaml, held)
    _join(held, patch, name, lambda value: _quoted(plain(value)))
    after = _dumped(yaml, held)
    return present if after == before else after


def _dumped(yaml: Any, held: Any) -> str:
    from io import StringIO

    out = StringIO()
    yaml.dump(held, out)
    return out.getvalue()


def _dash_indent(present: str | None, listed: bool) -> int:
    """Return how far the lists of a file stand in from their names, or a file that is a list from the margin."""
    if listed:
        found = re.search(r"^( *)- ", present or "", re.MULTILINE)
        return len(found[1]) if found else 0
    found = re.search(r"^( *)[^\s#-][^\n]*:[^\S\n]*\n(?:[^\S\n]*(?:#[^\n]*)?\n)*( *)- ", present or "", re.MULTILINE)
    return max(0, len(found[2]) - len(found[1])) if found else 2


def _float(representer: Any, value: float) -> Any:
    """Write 1.0e-05, as an older reader takes 1e-05 for text."""
    text = repr(value)
    return representer.represent_scalar("tag:yaml.org,2002:float", text if "." in text else text.replace("e", ".0e"))


def _quoted(value: Any) -> Any:
    """Return data with quotes around each text that an older reader of YAML would take for something else."""
    from ruamel.yaml.scalarstring import DoubleQuotedScalarString

    if isinstance(value, dict):
        return {_quoted(name): _quoted(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_quoted(each) for each in value]
    if isinstance(value, str) and (not _PLAIN_WORD.fullmatch(value) or value.lower() in _OTHER_MEANING):
        return DoubleQuotedScalarString(value)
    return value


def _toml(patch: Any, present: str | None, name: str) -> str:
    try:
        import tomlkit
        from tomlkit.exceptions import ParseError, TOMLKitError
    except ImportError as error:
        raise MissingDependencyError("tomlkit", "export") from error
    try:
        held: Any = tomlkit.parse(present or "")
    except ParseError as error:
        raise _broken(name, error.line, error.col + 1, str(error).rpartition(" at line")[0]) from None
    except TOMLKitError as error:
        raise _broken(name, None, None, str(error)) from None
    _join(held, patch, name)
    return tomlkit.dumps(held)


_ASSIGNED = re.compile(r"^\s*(?:export\s+)?([A-Za-z0-9_]+)\s*=", re.MULTILINE)


def _env(patch: dict[str, str], present: str | None, name: str) -> str:
    """Write variables; one with a value of ours is brought up to date, an empty one never replaces what is there."""
    lines = (present or "").splitlines()
    where = {found[1]: at for at, line in enumerate(lines) if (found := _ASSIGNED.match(line))}
    for variable, value in patch.items():
        line = f"{variable}={_dotenv_value(value)}"
        if variable not in where:
            lines.append(line)
        elif value:
            lines[where[variable]] = line
    return "\n".join(lines) + "\n"


def _dotenv_value(value: str) -> str:
    if re.fullmatch(r"[\w./:@%+-]*", value, re.ASCII):
        return value
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _shell(patch: dict[str, str], present: str | None, name: str) -> str:
    """Write `export` lines; a value that begins with `$` names a variable."""
    from shlex import quote

    if present is not None:
        raise AIModelsError(f"{name} exists; a shell script is not merged: give a new file, and read it with `source`")
    values = {each: f'"{value}"' if value.startswith("$") else quote(value) for each, value in patch.items()}
    return "".join(f"export {variable}={value}\n" for variable, value in values.items())


FORMATS: dict[str, Callable[[Any, str | None, str], str]] = {
    "json": _json,
    "yaml": _yaml,
    "toml": _toml,
    "env": _env,
    "shell": _shell,
}
"""The writers by format."""


def _join(held: Any, patch: Any, name: str, make: Callable[[Any], Any] = plain) -> None:
    listed = isinstance(patch, Rows)
    kind_of_file: Any = list if listed else dict
    if not isinstance(held, kind_of_file):
        kind = "a list" if listed else "a mapping"
        raise StoreCorruptError(f"{name} does not hold {kind}, as it should; it is left as it is", name)
    if listed:
        merge_rows(held, patch, make)
    else:
        merge(held, patch, make)


def _broken(name: str, line: int | None, column: int | None, problem: str) -> StoreCorruptError:
    where = "" if line is None else f", line {line}, column {column}"
    return StoreCorruptError(
        f"{name}{where}: {problem}; it is left as it is: correct it, or export to another file",
        name,
        line=line,
        column=column,
        backup=None,
    )
