"""The store that keeps its models in a database."""
# ruff: noqa: S608  # the names of tables are constants

import os
from collections.abc import Callable, Iterable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

from ai_models._core.model import Model, deep_copy
from ai_models._core.query import Predicate, Wanted
from ai_models._core.query.nodes import And
from ai_models._core.query.order import in_order
from ai_models._core.query.serving import offers_at
from ai_models._core.query.wanted import newest_served
from ai_models._core.record import Record, merge_values, to_record
from ai_models._core.store import Explanation, Store, Totals, sum_of
from ai_models.database import reported
from ai_models.stores.sql.checking import problems_of
from ai_models.stores.sql.journal import SqlJournal
from ai_models.stores.sql.listening import Listener
from ai_models.stores.sql.look import Look
from ai_models.stores.sql.names import SqlNames, holders, mentions
from ai_models.stores.sql.reader import Reader
from ai_models.stores.sql.tables import META, MODELS
from ai_models.stores.sql.work import Work
from ai_models.stores.sql.writing import CHUNK, Change, placed, stored

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ai_models.stores.sql.plan import Plan


class SqlStore(Reader, Store):
    """Models in SQLite (`sqlite:///models.db`) or PostgreSQL (`postgresql+psycopg://user@host/db`), of any number.

    Nothing is kept in memory: what is asked for is looked up, and what others committed is seen
    at the next look. Two writers both win where they changed different facts.

    >>> import tempfile
    >>> url = f"sqlite:///{tempfile.mkdtemp()}/models.db"
    >>> SqlStore(url)["gpt-4"] = Model("gpt-4", "openai")
    >>> SqlStore(url)["gpt-4"].provider
    'openai'
    """

    location: str
    lock: Look

    def __init__(self, where: str | os.PathLike[str], *, read_only: bool = False) -> None:
        super().__init__(where, read_only=read_only)
        self.meta = SqlMeta(self)
        self._names = SqlNames(self)

    def __repr__(self) -> str:
        return f"<SqlStore {self.location}>"

    def __getitem__(self, id: str) -> Model:
        record = self.record(id)
        if record is None:
            raise KeyError(id)
        return Model.on_record(record)

    def __setitem__(self, id: str, model: Model) -> None:
        self._put(id, to_record(model))

    def __delitem__(self, id: str) -> None:
        with self.lock:
            if id not in self:
                raise KeyError(id)
            self._put(id, None)

    def __contains__(self, id: object) -> bool:
        return isinstance(id, str) and self.record(id) is not None

    def __iter__(self) -> Iterator[str]:
        return self.ids()

    def __len__(self) -> int:
        [[number]] = self.query(f"SELECT count(*) FROM {MODELS}")
        return int(number)

    @property
    def names(self) -> SqlNames:
        """The names of all models, as the store is now."""
        self.refresh()
        return self._names.in_step()

    def peek(self) -> Iterable[Model]:
        """Return every model, made for this look, one after the other."""
        return self.stream(f"SELECT record FROM {MODELS} ORDER BY n")

    def select(self, wanted: Wanted) -> Iterator[Model]:
        """Yield the models that are wanted, each when it is asked for: looked up, and filtered after where need be."""
        plan = self._plan(wanted)
        models = self.stream(*plan.statements)
        if wanted.via is not None:
            models = self._served(wanted.via, models, wanted.matches(wanted.via))
        elif plan.rest is not None or wanted.check is not None:
            models = replace(wanted, node=plan.rest or And(())).selection()(models)
        if plan.sorted_after:
            models = iter(in_order(models, wanted.sort, via=wanted.via))
        return models if wanted.limit is None else islice(models, wanted.limit)

    def mentioning(self, words: Sequence[str]) -> Iterator[Model]:
        """Yield the models in whose names, or providers' ids, the letters and digits of each word follow each other."""
        return self.stream(mentions(words, self.dialect))

    def several(self, ids: Iterable[str]) -> dict[str, Model]:
        """Return those of some models that are there, by id."""
        with self.lock, self.connected() as connection:
            return {id: self._model(row.text) for id, row in stored(connection, ids).items()}

    def holders(self, offers: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
        """Return whose each of some offers is, by provider and id on the wire: a model's id, of two the last."""
        return holders(self, offers)

    def served_by(self, providers: Iterable[str]) -> Iterator[Model]:
        """Yield the models that any of some providers serves: a look into two indexes."""
        from ai_models.stores.sql.query import of_providers

        return self.stream(of_providers(providers))

    def totals(self) -> Totals:
        """Return how much there is."""
        return sum_of(self.records(f"SELECT record FROM {MODELS}"))

    def explain(self, wanted: Wanted) -> Explanation:
        """Return how `select` answers."""
        plan = self._plan(wanted)
        text = ";\n".join(str(each.compile(self.engine)) for each in plan.statements)
        return Explanation(plan.said, plan.rest, plan.sorted_after, text)

    def _plan(self, wanted: Wanted) -> "Plan":
        from ai_models.stores.sql.plan import planned

        return planned(wanted, self._probe if self.dialect == "sqlite" else None)

    def _probe(self, statement: Any) -> int:
        with self.lock, self.connected() as connection:
            return int(connection.execute(statement).scalar_one())

    def _served(self, provider: str, models: Iterable[Model], matches: Predicate) -> Iterator[Model]:
        for model in models:
            asked: Model | None = model
            if not offers_at(model, provider):
                rows = self.query(f"SELECT record FROM {MODELS} WHERE base = ?", model.id)
                asked = newest_served(provider, [self._model(text) for (text,) in rows])
            if asked is not None and matches(asked):
                yield model

    def journal(self, topic: str) -> SqlJournal:
        """Return the lines about a topic that are kept beside the models."""
        return SqlJournal(self, topic)

    def listen(self, changed: Callable[[], object]) -> Listener:
        """Call a function, in a thread of its own, soon after any process changed something here; close it to stop."""
        return Listener(self, changed)

    def problems(self) -> Iterator[str]:
        """Yield what is wrong with the database, one line each; see `ai-models store check`."""
        return problems_of(self)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes until the end of the `with` block together; an error in it undoes them.

        >>> import tempfile
        >>> store = SqlStore(tempfile.mkdtemp() + "/models.db")
        >>> with store.transaction():
        ...     store["a"] = Model("a", "x")
        >>> list(store)
        ['a']
        """
        with self.lock:
            if self._work is not None:
                try:
                    with self._work.inner():
                        yield
                finally:
                    self.revision += 1
                return
            self.prepare()
            self.lock.let_go()
            with reported(self.engine.url):
                yield from self._outermost()

    def _outermost(self) -> Iterator[None]:
        self._work = work = Work(self.engine)
        self._note(work.counter)
        try:
            yield
            work.commit()
        finally:
            self._work = None
            self.revision += 1
            self.lock.let_go()
            work.close()

    def _put(self, id: str, record: Record | None) -> None:
        with self.lock:
            work = self._work
            if work is None:
                with self.transaction():
                    self._put(id, record)
                return
            last = work.pending.get(id)
            work.put(id, Change(record, last is not None and (last.record is None or last.anew)))
            self.revision += 1

    def load(self, records: Iterable[Record]) -> None:
        """Keep the models of many records, as `to_record` gives them, in one transaction."""
        with self.transaction():
            rest = iter(records)
            first = list(islice(rest, CHUNK))
            rest = chain(first, rest)
            if len(first) == CHUNK and self._work is not None:
                rest = self._work.fill(rest)
            for record in rest:
                self._put(record["id"], record)

    def close(self) -> None:
        """Let go of all connections; they are made again when they are needed."""
        self.engine.dispose()


class SqlMeta(MutableMapping[str, Any]):
    """JSON data about a whole registry, in a table beside its models.

    >>> import tempfile
    >>> store = SqlStore(tempfile.mkdtemp() + "/models.db")
    >>> store.meta["sources"] = {"openrouter": "2026-11-23"}
    >>> dict(store.meta)
    {'sources': {'openrouter': '2026-11-23'}}
    """

    def __init__(self, store: SqlStore) -> None:
        self._store = store

    def __getitem__(self, name: str) -> Any:
        rows = self._store.query(f"SELECT value FROM {META} WHERE name = ?", name)
        if not rows:
            raise KeyError(name)
        return _value(rows[0][0])

    def __setitem__(self, name: str, value: Any) -> None:
        self._put(name, deep_copy(value))

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise KeyError(name)
        self._put(name, None)

    def __iter__(self) -> Iterator[str]:
        return iter([name for (name,) in self._store.query(f"SELECT name FROM {META} ORDER BY name")])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def _put(self, name: str, value: Any) -> None:
        import orjson

        store = self._store
        with store.lock, store.transaction():
            work = store._work
            if work is None:
                return
            connection = work.writer.connection
            theirs = _meta(connection, name)
            base = theirs if name in work.noted else _meta(work.snapshot, name)
            merged = None if value is None else merge_values(base, value, theirs)
            work.noted.add(name)
            connection.exec_driver_sql(placed(f"DELETE FROM {META} WHERE name = ?", store.dialect), (name,))
            if merged is not None:
                row = (name, orjson.dumps(merged).decode())
                connection.exec_driver_sql(placed(f"INSERT INTO {META} VALUES (?, ?)", store.dialect), row)


def _meta(connection: "Connection", name: str) -> Any:
    sql = placed(f"SELECT value FROM {META} WHERE name = ?", connection.dialect.name)
    text = connection.exec_driver_sql(sql, (name,)).scalar()
    return None if text is None else _value(text)


def _value(text: str) -> Any:
    import orjson

    return orjson.loads(text)
