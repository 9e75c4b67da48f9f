"""Named things that are made on first use: the built-in ones, those of installed packages, and your own."""

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Generic, TypeVar

from ai_models._core.nearest import nearest
from ai_models.errors import AIModelsError, NotFoundError

T = TypeVar("T")


class Plugins(MutableMapping[str, T], Generic[T]):
    """A mapping from names to objects, each made by its factory when it is first asked for.

    Packages add to it with an entry point in `group`; a name that is there already is theirs
    to change, never silently replaced.

    >>> shapes = Plugins({"square": lambda: "□"}, group="ai_models.shapes", missing=NotFoundError)
    >>> shapes["circle"] = "○"
    >>> shapes["square"], list(shapes)
    ('□', ['square', 'circle'])
    """

    def __init__(self, factories: Mapping[str, Callable[[], T]], *, group: str, missing: type[NotFoundError]) -> None:
        self._factories = dict(factories)
        self._made: dict[str, T] = {}
        self._group = group
        self._missing = missing
        self._complete = False

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            if name not in self._factories:
                self._read_entry_points()
            if name not in self._factories:
                raise self._missing(name, nearest(name, self))
            self._made[name] = self._factories[name]()
        return self._made[name]

    def __setitem__(self, name: str, value: T) -> None:
        self._factories[name] = lambda: value
        self._made[name] = value

    def __delitem__(self, name: str) -> None:
        if name not in self:
            raise self._missing(name)
        self._factories.pop(name)
        self._made.pop(name, None)

    def __iter__(self) -> Iterator[str]:
        self._read_entry_points()
        return iter(list(self._factories))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in self._factories or name in list(self)

    def _read_entry_points(self) -> None:
        if self._complete:
            return
        self._complete = True
        from importlib.metadata import entry_points  # here, because it takes longer than the rest of the package

        for entry in entry_points(group=self._group):
            if entry.name in self._factories:
                raise AIModelsError(f"two packages bring {entry.name!r} for {self._group}; uninstall {entry.value}")
            self._factories[entry.name] = _maker(entry.load)


def _maker(load: Callable[[], Callable[[], T]]) -> Callable[[], T]:
    return lambda: load()()
