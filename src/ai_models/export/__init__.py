"""Configuration for other tools, written from a registry: a LiteLLM proxy, Aider, Continue, opencode, Codex and more.

A file names each key's variable and never holds a key.

>>> from ai_models import Model
>>> made = export("json", [Model("gpt-4", "openai", 8192)])
>>> '"key_variable": "OPENAI_API_KEY"' in made.text, made.left_out
(True, {})
"""

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ai_models._core.model import Model
from ai_models._core.nearest import nearest
from ai_models.errors import AIModelsError, NotFoundError, StoreCorruptError, printable
from ai_models.export.documents import written
from ai_models.export.entries import Entry, Reach
from ai_models.export.targets import TARGETS, Target

__all__ = ["TARGETS", "Export", "Target", "TargetNotFoundError", "export", "export_to_file"]


class TargetNotFoundError(NotFoundError):
    """No tool of this name is written for."""

    what = "target"


@dataclass(frozen=True, slots=True)
class Export:
    """A file's new text; why models were left out, by id; what to do first (`notes`); which keys are missing."""

    target: str
    text: str
    left_out: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    before: str | None = None

    @property
    def warnings(self) -> list[str]:
        """The models that were left out with the reasons, then the notes.

        >>> Export("codex", "", {"a": "too far"}, ["set KEY"]).warnings
        ["'a' is left out: too far", 'set KEY']
        """
        return [*(f"{printable(id)} is left out: {reason}" for id, reason in self.left_out.items()), *self.notes]

    @property
    def diff(self) -> str:
        r"""What changes in the file, as a unified diff; a `.env` shows nothing but the lines that change.

        >>> print(Export("json", "{}\n", before="[]\n").diff)
        --- before
        +++ after
        @@ -1 +1 @@
        -[]
        +{}
        <BLANKLINE>
        """
        from difflib import unified_diff

        old, new = (self.before or "").splitlines(keepends=True), self.text.splitlines(keepends=True)
        context = 0 if TARGETS[self.target].format == "env" else 3
        lines = unified_diff(old, new, "before", "after", n=context)
        return "".join(line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n" for line in lines)


def export(
    target: str,
    models: Iterable[Model],
    *,
    via: str | None = None,
    present: str | None = None,
    name: str = "the file",
    env: Mapping[str, str] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Export:
    """Return a tool's file for these models, joined into the `present` text of the file `name` if there is one.

    For each model the offer is used that the tool can reach and for which there is a key, or that of the
    provider `via`. `labels` are the names, by model id, under which a tool that has its own (LiteLLM, Continue, llm)
    shall offer a model, such as those of roles. Raise `AIModelsError` if no model is left.

    >>> export("codex", [Model("command", "cohere")])
    Traceback (most recent call last):
        ...
    ai_models.errors.AIModelsError: nothing to export to codex: 'command': cohere: out of reach for codex
    """
    found = _target(target)
    entries, left_out = Reach(found.library(), found.key_form, env=env).entries(models, via, labels)
    kept = list(_checked(found, entries, left_out))
    if not kept:
        reasons = "; ".join(f"{printable(id)}: {reason}" for id, reason in list(left_out.items())[:3])
        more = f"; and {len(left_out) - 3} more" if len(left_out) > 3 else ""
        raise AIModelsError(f"nothing to export to {target}: {reasons or 'no model was chosen'}{more}")
    if found.only_first:
        left_out |= {entry.model.id: f"{target} holds one model, the first" for entry in kept[1:]}
        kept = kept[:1]
    notes = [] if found.hint is None else found.hint(kept)
    text = written(found.format, found.shape(kept), present, name)
    return Export(target, text, left_out, notes, list(_missing(found, kept, env)), present)


def export_to_file(
    target: str,
    models: Iterable[Model],
    path: str,
    *,
    via: str | None = None,
    dry_run: bool = False,
    env: Mapping[str, str] | None = None,
    labels: Mapping[str, Sequence[str]] | None = None,
) -> Export:
    """Write a tool's file, joined into what it holds; the old one is kept as `.bak`, a broken one is left as it is.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/models.json"
    >>> export_to_file("json", [Model("gpt-4", "openai", 8192)], path).before is None
    True
    >>> again = export_to_file("json", [Model("gpt-4", "openai", 8192)], path)
    >>> again.before == again.text
    True
    """
    from ai_models.stores import file_io

    place = file_io.real_path(path)
    content, state = file_io.read(place)
    try:
        present = None if state is None else content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        problem = f"{path}, line {line}: this is no text in UTF-8; it is left as it is"
        raise StoreCorruptError(problem, path, line=line, column=None, backup=file_io.backup_of(place)) from None
    made = export(target, models, via=via, present=present, name=path, env=env, labels=labels)
    if not dry_run and made.text != present:
        file_io.make_parent(place)
        file_io.replace(place, made.text.encode())
    return made


def _target(name: str) -> Target:
    if name not in TARGETS:
        near = nearest(name, TARGETS, 3)
        raise TargetNotFoundError(name, near, "" if near else f"(there are {', '.join(TARGETS)})")
    return TARGETS[name]


def _checked(target: Target, entries: Iterable[Entry], left_out: dict[str, str]) -> Iterator[Entry]:
    for entry in entries:
        text = json.dumps(
            [entry.model.id, *entry.labels, entry.name, entry.id, entry.way.endpoint.url("openai"), entry.server]
        )
        found = next((each for each in target.pattern if each in text), None)
        reason = f"its name holds {found}, which {target.name} would replace" if found else ""
        if not reason and target.needs is not None:
            reason = target.needs(entry)
        if reason:
            left_out[entry.model.id] = reason
        else:
            yield entry


def _missing(target: Target, entries: Iterable[Entry], env: Mapping[str, str] | None) -> Iterator[str]:
    yield from dict.fromkeys(f"{entry.offer.provider}: {entry.missing}" for entry in entries if entry.missing)
    if target.own_key and not (os.environ if env is None else env).get(target.own_key):
        yield f"{target.name}: set {target.own_key}, the key that it wants of its own clients"
