"""Reading and replacing one file so that nothing is ever half there."""

import errno
import os
import stat
from typing import TYPE_CHECKING

from ai_models.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

Signature = tuple[int, int, int] | None
"""What tells one state of a file from another: modification time, inode, size; `None` if there is no file."""


def real_path(path: str) -> str:
    """Return the absolute path of a file, `~` expanded and symbolic links followed."""
    return os.path.realpath(os.path.expanduser(path))  # noqa: PTH111 - Path drops a trailing slash, which is a mistake to be seen


def signature(path: str) -> Signature:
    """Return what tells the state of a file; `None` if there is no file."""
    try:
        return _signature(os.stat(path))  # noqa: PTH116 - twice as fast as Path, and asked at every look
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unusable(path, "read", error) from None


def _signature(status: os.stat_result) -> tuple[int, int, int]:
    return status.st_mtime_ns, status.st_ino, status.st_size


def read(path: str) -> tuple[bytes, Signature]:
    """Return the content of a file and its state; nothing and `None` if there is no file."""
    try:
        with open(path, "rb") as file:  # noqa: PTH123 - pathlib takes longer to import than a small registry to read
            return file.read(), _signature(os.fstat(file.fileno()))
    except FileNotFoundError:
        return b"", None
    except OSError as error:
        raise unusable(path, "read", error) from None


def make_parent(path: str) -> None:
    """Make the folder of a file if there is none."""
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)  # noqa: PTH103, PTH120 - see `read`
    except OSError as error:
        raise unusable(path, "write", error) from None


def replace(path: str, content: bytes) -> Signature:
    """Put new content in a file's place, all or nothing, its mode kept; the old one becomes the `.bak` beside it."""
    from pathlib import Path

    target = Path(path)
    spare = target.with_name(f".{target.name}.tmp")
    try:
        old = _status(target)
        if old is not None and not old.st_mode & 0o222:
            raise PermissionError(errno.EACCES, "it is read-only")
        new = _write(spare, content, old)
        if old is not None and old.st_size:
            _keep(target)
        spare.replace(target)
        _sync_folder(target.parent)
    except OSError as error:
        raise unusable(path, "write", error) from None
    return new


def append_lines(path: str, lines: bytes) -> None:
    """Write lines at the end of a file in one call, so that two processes don't mix theirs, on a line of their own."""
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)  # noqa: PTH103, PTH120 - see `read`
    with open(path, "ab+", buffering=0) as file:  # noqa: PTH123
        if file.tell():
            file.seek(-1, os.SEEK_END)
            lines = lines if file.read(1) == b"\n" else b"\n" + lines
        file.write(lines)


def _status(target: "Path") -> os.stat_result | None:
    try:
        return target.stat()
    except FileNotFoundError:
        return None


def _write(spare: "Path", content: bytes, old: os.stat_result | None) -> Signature:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(spare, flags, 0o666), "wb") as file:
        if old is not None and hasattr(os, "fchmod"):
            os.fchmod(file.fileno(), stat.S_IMODE(old.st_mode))
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        return _signature(os.fstat(file.fileno()))


def _keep(target: "Path") -> None:
    """Keep the present file as the last good copy: a second name for it where that is possible."""
    backup = target.with_name(f"{target.name}.bak")
    link = target.with_name(f".{target.name}.bak.tmp")
    try:
        link.unlink(missing_ok=True)
        link.hardlink_to(target)
        link.replace(backup)
    except OSError:
        import shutil

        shutil.copy2(target, backup)


def backup_of(path: str) -> str | None:
    """Return the path of the last good copy of a file, `None` if there is none."""
    backup = f"{path}.bak"
    return backup if os.path.isfile(backup) else None  # noqa: PTH113 - see `read`


def _sync_folder(folder: "Path") -> None:
    if os.name != "posix":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def unusable(path: str, what: str, error: OSError) -> StoreError:
    """Return the error for a file that the system refuses to read or write."""
    if isinstance(error, IsADirectoryError) or os.path.isdir(path):  # noqa: PTH112 - Path's raises where it can't look
        return StoreError(f"{path} is a directory; give a file, such as {path.rstrip('/')}/models.json", path)
    if isinstance(error, NotADirectoryError | FileExistsError):
        return StoreError(f"can't {what} {path}: a part of the path is a file, not a directory", path)
    refused = isinstance(error, PermissionError) or error.errno == errno.EROFS
    advice = "; give another path, or make it writable for you" if refused else ""
    return StoreError(f"can't {what} {path}: {error.strerror or error}{advice}", path)
