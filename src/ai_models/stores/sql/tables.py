# ruff: noqa: S608  # the names of tables and columns are constants
"""The tables of a registry, and a model's record as rows of them.

A record is kept as it is; beside it stand, in columns and in narrow tables, the facts that
queries ask about and the names that look-ups start from. They say nothing that the record doesn't.
"""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import Any

from ai_models._core.lookup import named
from ai_models._core.query.paths import KIND_OF
from ai_models._core.record import Record

MODELS, NAMES, TAGS = "ai_models", "ai_models_names", "ai_models_tags"
OFFERS, META, STATE, JOURNAL = "ai_models_offers", "ai_models_meta", "ai_models_state", "ai_models_journal"

FACTS = (
    *("provider", "lab", "family", "kind", "name", "base", "status", "released", "retired"),
    *("context_size", "max_input_tokens", "max_output_tokens", "is_local", "open_weights"),
)
"""The fields that are columns as they are: what is often asked for. Others are filtered out of records."""

_TEXTS = FACTS[:9]

PRICES = {"input": "input_price", "output": "output_price"}
"""The columns of prices, in USD per token, by the part of `cost_per_token` that they hold."""

COLUMNS = ("n", "id", *FACTS, *PRICES.values(), "has", "lacks", "words", "revision", "record")
"""The columns of a model; `n` counts them in the order in which they came."""

SERVED = ("context_size", "max_input_tokens", "max_output_tokens")
"""The fields that are columns of an offer, beside its prices."""

OFFER_COLUMNS = ("provider", "n", "key", *SERVED, *PRICES.values())

INDEXED = ("provider", "lab", "family", "kind", "context_size", "input_price", "output_price", "released", "base")
"""The columns that have an index of their own, of the rows in which they hold anything."""

BITS: tuple[str, ...] = (
    *("assistant_prefill", "audio_input", "audio_output", "batch", "citations", "code_execution", "completion"),
    *("computer_use", "file_input", "fill_in_middle", "fine_tuning", "image_output", "json_mode", "logprobs"),
    *("parallel_tools", "pdf_input", "prompt_caching", "reasoning", "reasoning_effort", "sampling", "streaming"),
    *("structured_output", "system_prompt", "tool_choice", "tools", "url_context", "video_input", "video_output"),
    *("vision", "web_search"),
)
"""What each bit of `has` and `lacks` stands for, from the lowest on; new ones come last, none ever moves."""

_BIT = {name: 1 << number for number, name in enumerate(BITS)}
_LONGEST = 256
_KEPT = 192

Row = tuple[Any, ...]


def key_of(text: str) -> str:
    r"""Return a text as columns hold it: in the same order, without NUL, and short enough for an index.

    >>> key_of("gpt-4"), key_of("a\x00b"), len(key_of("x" * 10_000))
    ('gpt-4', 'a\x01\x01b', 242)
    """
    if len(text) <= _LONGEST and "\x00" not in text and "\x01" not in text:
        return text
    escaped = text.replace("\x01", "\x01\x02").replace("\x00", "\x01\x01")
    if len(escaped) <= _LONGEST:
        return escaped
    return f"{escaped[:_KEPT]}\x01\x03{sha256(text.encode(errors='surrogatepass')).hexdigest()[:48]}"


def holdable(text: str) -> bool:
    r"""Return whether a database can hold a text: none can a lone surrogate.

    >>> holdable("gpt-4"), holdable("a\ud800")
    (True, False)
    """
    return text.isascii() or not any("\ud800" <= each <= "\udfff" for each in text)


def sought(text: str) -> str:
    r"""Return a text as `key_of` does, to look for it; one that no database can hold as one that no column has.

    >>> sought("gpt-4"), sought("a\ud800")
    ('gpt-4', '\x01\x04')
    """
    key = key_of(text)
    return key if holdable(key) else "\x01\x04"


def bit_of(capability: str) -> int | None:
    """Return the bit of a capability; `None` for one that has none.

    >>> bit_of("audio_input"), bit_of("telepathy")
    (2, None)
    """
    return _BIT.get(capability)


def model_row(n: int, record: Record, revision: int, text: str) -> Row:
    """Return the row of a model, its record written as `text`."""
    get = record.get
    texts = _keys_of([record["id"], *map(get, _TEXTS)])
    counts = (get("context_size"), get("max_input_tokens"), get("max_output_tokens"))
    local, opened = get("is_local"), get("open_weights")
    flags = (1 if local else 0, opened if opened is None else int(opened))
    paid, known = _paid(record), _known(get("capabilities"))
    return (n, *texts, *counts, *flags, *paid, *known, words_of(record), revision, text)


def _keys_of(texts: list[str | None]) -> list[str | None]:
    """Return texts as columns hold them: nearly always as they are, which one look at all of them tells."""
    all_of_them = "".join(filter(None, texts))
    if len(all_of_them) <= _LONGEST and "\x00" not in all_of_them and "\x01" not in all_of_them:
        return texts
    return [text and key_of(text) for text in texts]


def _paid(facts: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Return the prices of a model or of an offer, for the columns of prices."""
    prices = facts.get("cost_per_token")
    return (_number(prices.get("input")), _number(prices.get("output"))) if prices else (None, None)


def _known(capabilities: Mapping[str, bool | None] | None) -> tuple[int, int]:
    """Return the bits of the capabilities that a model has, and of those that it lacks."""
    has = lacks = 0
    for name, value in (capabilities or {}).items():
        if value:
            has |= _BIT.get(name, 0)
        elif value is not None:
            lacks |= _BIT.get(name, 0)
    return has, lacks


def words_of(record: Record) -> str:
    """Return what full-text search finds a model by: its id, its names, and its family.

    >>> words_of({"id": "openai/gpt-4", "provider": "openai", "name": "GPT-4", "aliases": ["four"]})
    'openai/gpt-4 GPT-4 four'
    """
    words: str = record["id"]
    if "name" in record or "family" in record or "aliases" in record:
        others = (record.get("name"), record.get("family"), *record.get("aliases", ()))
        words = " ".join(dict.fromkeys((words, *(each for each in others if each and isinstance(each, str)))))
    return words.replace("\x00", " ")


def name_rows(n: int, record: Record) -> set[Row]:
    """Return the rows of a model's names: each folded, of what kind it is, and as it is where that differs.

    An id is among them only if it has capitals: it stands in its model's row already.

    >>> sorted(name_rows(1, {"id": "openai/gpt-4", "provider": "openai", "aliases": ["Four"], "name": "GPT-4"}))
    [('four', 'alias', 'Four', 1), ('gpt-4', 'name', 'GPT-4', 1)]
    """
    names, id = named(record), record["id"]
    if id != id.lower():
        names.append(("id", id))
    found: set[Row] = set()
    for kind, name in names:
        found.add(_name_row(n, kind, name))
    return found


def _name_row(n: int, kind: str, name: str) -> Row:
    folded = name.lower()
    return key_of(folded), kind, "" if folded == name else key_of(name), n


def tag_rows(n: int, record: Record) -> set[Row]:
    """Return the rows of a model's tags."""
    tags = record.get("tags")
    return {(key_of(tag), n) for tag in tags} if tags else set()


def offer_rows(n: int, record: Record) -> set[Row]:
    """Return the rows of a model's offers, each with its limits and prices as that provider serves it.

    The default server's is not among them where it says what the model's own row does.

    >>> record = {"id": "m", "provider": "x", "context_size": 4096, "connector_metadata": {"azure:eu": {"id": "my-m"}}}
    >>> sorted(offer_rows(1, record))
    [('azure', 1, 'azure:eu', 4096, None, None, None, None)]
    """
    offers, own = record.get("connector_metadata"), record["provider"]
    if not offers:
        return set()
    default = own if own in offers else next((key for key in offers if key.startswith(f"{own}:")), None)
    if default == own and _OWN.isdisjoint(offers[own]):
        if len(offers) == 1:
            return set()
        offers = {key: facts for key, facts in offers.items() if key != own}
    return {_offer_row(n, key, record, facts, default=key == default) for key, facts in offers.items()}


def _offer_row(n: int, key: str, record: Record, facts: Mapping[str, Any], *, default: bool) -> Row:
    if default:
        facts = {**record, **facts}
    window = facts["context_size"] if "context_size" in facts else record.get("context_size")
    limits = (facts.get("max_input_tokens"), facts.get("max_output_tokens"))
    return (key_of(key.partition(":")[0]), n, key_of(key), window, *limits, *_paid(facts))


_OWN = frozenset({*SERVED, "cost_per_token"})


def _number(value: Any) -> float | None:
    return None if value is None else float(value)


def statements(dialect: str) -> Iterator[str]:
    """Yield what makes the tables of the newest schema in an empty database."""
    sqlite = dialect == "sqlite"
    text, n = ("TEXT", "INTEGER") if sqlite else ('TEXT COLLATE "C"', "BIGINT")
    rows = " WITHOUT ROWID" if sqlite else ""
    types = {"number": "BIGINT", "flag": "SMALLINT", "text": text, "date": text}
    facts = ", ".join(f"{name} {types[KIND_OF[name]]}" for name in FACTS)
    prices = ", ".join(f"{name} DOUBLE PRECISION" for name in PRICES.values())
    limits = ", ".join(f"{name} BIGINT" for name in SERVED)
    plain = "regexp_replace(words, '[^[:alnum:]]+', ' ', 'g')"  # or an id with a slash would be one word, a path
    found = "" if sqlite else f", found TSVECTOR GENERATED ALWAYS AS (to_tsvector('simple', {plain})) STORED"
    yield (
        f"CREATE TABLE {MODELS} (n {n} PRIMARY KEY, id {text} NOT NULL, {facts}, {prices}, has BIGINT NOT NULL,"
        f" lacks BIGINT NOT NULL, words TEXT NOT NULL, revision BIGINT NOT NULL, record TEXT NOT NULL{found})"
    )
    yield (
        f"CREATE TABLE {NAMES} (folded {text}, kind {text}, exact {text}, n BIGINT,"
        f" PRIMARY KEY (folded, kind, exact, n)){rows}"
    )
    yield f"CREATE TABLE {TAGS} (tag {text}, n BIGINT, PRIMARY KEY (tag, n)){rows}"
    yield (
        f"CREATE TABLE {OFFERS} (provider {text}, n BIGINT, key {text}, {limits}, {prices},"
        f" PRIMARY KEY (provider, n, key)){rows}"
    )
    yield f"CREATE TABLE {META} (name {text} PRIMARY KEY, value TEXT NOT NULL){rows}"
    yield f"CREATE TABLE {STATE} (name {text} PRIMARY KEY, value BIGINT NOT NULL){rows}"
    number = "INTEGER PRIMARY KEY" if sqlite else "BIGSERIAL PRIMARY KEY"
    yield f"CREATE TABLE {JOURNAL} (seq {number}, topic {text} NOT NULL, at {text} NOT NULL, line TEXT NOT NULL)"
    yield f"CREATE INDEX {JOURNAL}_at ON {JOURNAL} (topic, at, seq)"
    yield from indexes(dialect)


def indexes(dialect: str) -> Iterator[str]:
    """Yield what makes the indexes that a load of many models makes at its end."""
    yield f"CREATE UNIQUE INDEX {MODELS}_id ON {MODELS} (id)"
    for name in INDEXED:
        row = "" if name == "base" or dialect == "sqlite" else ", n"
        yield f"CREATE INDEX {MODELS}_{name} ON {MODELS} ({name}{row}) WHERE {name} IS NOT NULL"
    if dialect != "sqlite":
        yield f"CREATE INDEX {MODELS}_found ON {MODELS} USING GIN (found)"
        return
    yield (
        f"CREATE VIRTUAL TABLE {MODELS}_found"
        f" USING fts5(words, content='{MODELS}', content_rowid='n', detail=none, columnsize=0)"
    )
    yield f"INSERT INTO {MODELS}_found({MODELS}_found) VALUES ('rebuild')"
    yield (
        f"CREATE TRIGGER {MODELS}_added AFTER INSERT ON {MODELS} BEGIN"
        f" INSERT INTO {MODELS}_found(rowid, words) VALUES (new.n, new.words); END"
    )
    yield (
        f"CREATE TRIGGER {MODELS}_removed AFTER DELETE ON {MODELS} BEGIN"
        f" INSERT INTO {MODELS}_found({MODELS}_found, rowid, words) VALUES ('delete', old.n, old.words); END"
    )


def without_indexes(dialect: str) -> Iterator[str]:
    """Yield what takes the indexes away before many models are loaded."""
    for name in ("id", *INDEXED):
        yield f"DROP INDEX {MODELS}_{name}"
    if dialect != "sqlite":
        yield f"DROP INDEX {MODELS}_found"
        return
    yield f"DROP TRIGGER {MODELS}_added"
    yield f"DROP TRIGGER {MODELS}_removed"
    yield f"DROP TABLE {MODELS}_found"
