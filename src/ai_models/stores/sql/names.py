"""Finding a model by any name in a database of any size: each step is a look into an index."""
# ruff: noqa: S608  # the names of tables are constants

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from ai_models._core.lookup import Facts, Found, Names, offers_of, plain_words
from ai_models.stores.sql.tables import MODELS, NAMES, key_of
from ai_models.stores.sql.writing import ASKED, chunks

if TYPE_CHECKING:
    from sqlalchemy import TextClause

    from ai_models.stores.sql.reader import Reader

_SHORTLIST = 100
_BY_NAMES = (
    f"SELECT {NAMES}.n, {NAMES}.folded, {NAMES}.kind, {NAMES}.exact, {MODELS}.record"
    f" FROM {NAMES} JOIN {MODELS} ON {MODELS}.n = {NAMES}.n WHERE {NAMES}.folded IN (?, ?, ?)"
    f" UNION ALL SELECT n, NULL, NULL, NULL, record FROM {MODELS} WHERE id IN (?, ?, ?) ORDER BY 1"
)

_MOST_WORDS, _LONGEST_WORD = 8, 64


def mentions(words: Sequence[str], dialect: str) -> "TextClause":
    """Return the statement for the records whose names, or providers' ids, have the letters of each word in this order.

    >>> print(mentions(["gpt4o"], "sqlite").compile().params)
    {'word0': '%g%p%t%4%o%'}
    """
    from sqlalchemy import text

    like = "LIKE" if dialect == "sqlite" else "ILIKE"
    patterns = {f"word{n}": _in_order(word) for n, word in enumerate(words[:_MOST_WORDS])}
    clauses = [
        f"(words {like} :{name} OR n IN (SELECT n FROM {NAMES} WHERE kind = 'wire' AND folded {like} :{name}))"
        for name in patterns
    ]
    return text(f"SELECT record FROM {MODELS} WHERE {' AND '.join(clauses)} ORDER BY n").bindparams(**patterns)


def holders(reader: "Reader", offers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Return whose each of some offers is, by provider and id on the wire: a model's id, of two the last."""
    asked = set(offers)
    found: dict[tuple[str, str], str] = {}
    for wires in chunks(sorted({wire for _, wire in asked}), ASKED):
        marks = ", ".join("?" * len(wires))
        sql = (
            f"SELECT {NAMES}.n, {MODELS}.record FROM {NAMES} JOIN {MODELS} ON {MODELS}.n = {NAMES}.n"
            f" WHERE {NAMES}.folded IN ({marks}) AND {NAMES}.kind = 'wire'"
            f" UNION ALL SELECT n, record FROM {MODELS} WHERE id IN ({marks}) ORDER BY 1"
        )
        for _, text in reader.query(sql, *(wire.lower() for wire in wires), *wires):
            record = reader.parsed(text)
            found |= {offer: record["id"] for offer in offers_of(record) if offer in asked}
    return found


def _in_order(word: str) -> str:
    """Return the pattern of a word, whatever stands between its letters; those that aren't ASCII are left out."""
    return f"%{'%'.join(filter(str.isascii, word[:_LONGEST_WORD]))}%"


def _beginning_words(words: list[str], dialect: str) -> tuple[str, str]:
    """Return the statement, and its one value, for some records whose names have words that begin like these."""
    if dialect == "sqlite":
        found = f"SELECT rowid FROM {MODELS}_found WHERE {MODELS}_found MATCH ? LIMIT {_SHORTLIST}"
        return f"SELECT record FROM {MODELS} WHERE n IN ({found})", " ".join(f'"{word}"*' for word in words)
    sql = f"SELECT record FROM {MODELS} WHERE found @@ to_tsquery('simple', ?) LIMIT {_SHORTLIST}"
    return sql, " & ".join(f"'{word}':*" for word in words)


class SqlNames(Names):
    """The names that a database holds."""

    def __init__(self, reader: "Reader") -> None:
        super().__init__()
        self._reader = reader
        self._revision = -1
        self._records: dict[str, Facts | None] = {}
        self._rows: dict[str, list[tuple[str, str, str]]] = {}

    def in_step(self) -> "SqlNames":
        """Return the names, after forgetting what an earlier state of the store said."""
        if self._revision != self._reader.revision or len(self._records) > _SHORTLIST * 100:
            self._revision = self._reader.revision
            self._known.clear()
            self._records.clear()
            self._rows.clear()
        return self

    def find(self, text: str) -> Found | None:
        """Return the model that a text means; what its steps look for is asked of the database at once."""
        if text not in self._known:
            self._ask(text, text.partition("/")[2] or text, text.partition(":")[2] or text)
        return super().find(text)

    def _record(self, id: str) -> Facts | None:
        if id not in self._records:
            self._records[id] = self._reader.record(id)
        return self._records[id]

    def _at(self, table: str, name: str) -> list[str]:
        exact = key_of(name)
        rows = self._of(name.lower())
        return [id for kind, written, id in rows if kind == table and (written or key_of(name.lower())) == exact]

    def _folded(self, text: str) -> list[str]:
        folded = text.lower()
        found = [id for kind, _, id in self._of(folded) if kind != "base"]
        return list(dict.fromkeys([folded, *found] if self._record(folded) is not None else found))

    def _of(self, folded: str) -> list[tuple[str, str, str]]:
        """Return every name that is this text in small letters: its kind, how it is written, and whose it is."""
        if folded not in self._rows:
            self._ask(folded, folded, folded)
        return self._rows[folded]

    def _ask(self, *texts: str) -> None:
        """Look up all names that are these three texts in small letters, and the models whose ids these are."""
        folded = [text.lower() for text in texts]
        found: dict[str, list[tuple[str, str, str]]] = {key_of(name): [] for name in folded}
        for _, name, kind, exact, text in self._reader.query(_BY_NAMES, *folded, *texts):
            id = self._read(text)["id"]
            if kind is not None and name in found:
                found[name].append((kind, exact, id))
        for name, text in zip(folded, texts, strict=True):
            self._rows[name] = found[key_of(name)]
            self._records.setdefault(text, None)

    def _read(self, text: str) -> Facts:
        """Return the record that a row holds, and remember it."""
        record = self._reader.parsed(text)
        self._records[record["id"]] = record
        self._reader.lock.note(record["id"], text)
        return record

    def _near(self, wanted: str, text: str) -> Iterable[str]:
        """Return models that share all words with a text, or all but one, or one: a few hundred at most."""
        words = list(dict.fromkeys(plain_words(text[:200])))[:8]
        words = [word for word in words if len(word) > 1] or words
        if not words:
            return []
        fewer = ([each for each in words if each != left] for left in words)
        found: dict[str, None] = {}
        for some in (words, *fewer, *([word] for word in words)):
            if some:
                found.update(dict.fromkeys(self._with_words(some)))
        for size in range(min(len(wanted), 12), 1, -2):
            found.update(dict.fromkeys(self._beginning(text.lower()[:size])))
        return found

    def _with_words(self, words: list[str]) -> Iterator[str]:
        return self._ids(self._reader.query(*_beginning_words(words, self._reader.dialect)))

    def _beginning(self, start: str) -> Iterator[str]:
        sql = (
            f"SELECT {MODELS}.record FROM {NAMES} JOIN {MODELS} ON {MODELS}.n = {NAMES}.n"
            f" WHERE {NAMES}.folded >= ? AND {NAMES}.folded < ? LIMIT {_SHORTLIST}"
        )
        return self._ids(self._reader.query(sql, key_of(start), key_of(start) + "\U0010ffff"))

    def _ids(self, rows: Iterable[Any]) -> Iterator[str]:
        for (text,) in rows:
            yield self._read(text)["id"]
