"""Private files on obstore: a directory of this machine, or the memory."""

import re
from pathlib import Path
from urllib.parse import unquote, urlsplit

import obstore
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import LocalStore, MemoryStore

from conectar.application.ports.outside import Unavailable
from conectar.application.ports.unit_of_work import outside_only

DIRECTORY_MODE = 0o700
KEY_LENGTH_MAX = 500
_KEY = re.compile(r"[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*")
_WORD_ONLY_URL = re.compile(r"[a-z][a-z0-9+.-]+:")


class ObstoreStorage:
    """Implements Storage on `file:///directory`, a plain path, or `memory:`.

    A directory that is missing is made, for its owner alone. Raises ValueError for another kind
    of address. Keys are segments of ASCII letters, digits, `.`, `_` and `-`, without `..`.
    """

    def __init__(self, url_or_path: str | Path) -> None:
        self._store = _opened(url_or_path)

    async def put(self, key: str, content: bytes) -> None:
        """Writes it whole, or not at all. Raises ValueError for a bad key, Unavailable."""
        outside_only("storage")
        _check(key)
        try:
            await obstore.put_async(self._store, key, content)
        except (BaseError, OSError) as error:
            raise Unavailable(what="storage") from error

    async def get(self, key: str) -> bytes | None:
        """The content; None if there is none. Raises ValueError for a bad key, Unavailable."""
        outside_only("storage")
        _check(key)
        try:
            found = await obstore.get_async(self._store, key)
            return bytes(await found.bytes_async())
        except (NotFoundError, FileNotFoundError):
            return None
        except (BaseError, OSError) as error:
            raise Unavailable(what="storage") from error

    async def delete(self, key: str) -> None:
        """Afterwards there is none, as before perhaps. Raises ValueError for a bad key,
        Unavailable."""
        outside_only("storage")
        _check(key)
        try:
            await obstore.delete_async(self._store, key)
        except (NotFoundError, FileNotFoundError):
            return
        except (BaseError, OSError) as error:
            raise Unavailable(what="storage") from error


def _opened(url_or_path: str | Path) -> LocalStore | MemoryStore:
    text = str(url_or_path)
    if isinstance(url_or_path, Path) or not _WORD_ONLY_URL.match(text):
        return _directory(Path(url_or_path))
    url = urlsplit(text)
    if url.scheme == "memory":
        return MemoryStore()
    if url.scheme == "file" and url.netloc in ("", "localhost"):
        return _directory(Path(unquote(url.path)))
    raise ValueError(f"files can't be kept at a {url.scheme}: address")


def _directory(path: Path) -> LocalStore:
    path.mkdir(mode=DIRECTORY_MODE, parents=True, exist_ok=True)
    return LocalStore(path.resolve())


def _check(key: str) -> None:
    if len(key) > KEY_LENGTH_MAX or ".." in key or not _KEY.fullmatch(key):
        raise ValueError("not a key of the storage")
    if "." in key.split("/"):
        raise ValueError("not a key of the storage")
