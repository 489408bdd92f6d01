"""Passwords: argon2id with the parameters of OWASP's Password Storage Cheat Sheet.

A hash takes 19 MiB and about 30 ms of one core, so hashing is a way to be flooded. It runs in two
threads; twenty more may wait; whoever comes then is told to try again.
"""

import asyncio
import secrets
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import cache
from pathlib import Path
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from conectar.application.ports.outside import Unavailable

T = TypeVar("T")

MEMORY_KIB = 19_456
PASSES = 2
LANES = 1
THREADS = 2
WAITING_MAX = 20
_COMMON_FILE = Path(__file__).with_name("common_passwords.txt")


class Argon2Passwords:
    """Implements Passwords. May be shared by all tasks, and by several event loops."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES)
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="passwords")
        self._places = BoundedSemaphore(THREADS + WAITING_MAX)
        self._nobodys_hash = self._hasher.hash(secrets.token_urlsafe())

    async def hash(self, password: str) -> str:
        """A salted hash in PHC form. Raises Unavailable while too many wait."""
        return await self._slowly(lambda: self._hasher.hash(_bytes(password)))

    async def verify(self, password: str, hashed: str | None) -> bool:
        """Whether it is the password. Without a hash, or with an unreadable one, it hashes for
        nobody and says no. Raises Unavailable while too many wait."""
        return await self._slowly(lambda: self._verify(password, hashed))

    def outdated(self, hashed: str) -> bool:
        """Whether the hash has other parameters than today's, or can't be read."""
        try:
            return self._hasher.check_needs_rehash(hashed)
        except InvalidHashError:
            return True

    def common(self, password: str) -> bool:
        """Whether it is among those everybody uses, whatever its case."""
        return _normal(password).casefold() in _common()

    def close(self) -> None:
        """Lets the threads end."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, password: str, hashed: str | None) -> bool:
        with suppress(VerificationError, InvalidHashError):
            if hashed is not None:
                return self._matches(password, hashed)
        self._matches(password, self._nobodys_hash)
        return False

    def _matches(self, password: str, hashed: str) -> bool:
        """Raises the other errors of argon2 for a hash that can't be read: those take no time."""
        try:
            return self._hasher.verify(hashed, _bytes(password))
        except VerifyMismatchError:
            return False

    async def _slowly(self, work: Callable[[], T]) -> T:
        if not self._places.acquire(blocking=False):
            raise Unavailable(what="passwords")
        future = self._pool.submit(work)
        # Not in a `finally`: a task that gives up leaves its thread at work.
        future.add_done_callback(self._give_back)
        return await asyncio.wrap_future(future)

    def _give_back(self, _: Future[T]) -> None:
        self._places.release()


def _normal(password: str) -> str:
    """NFC, as RFC 8265 has it, so that an `ñ` typed on another keyboard is the same."""
    return unicodedata.normalize("NFC", password)


def _bytes(password: str) -> bytes:
    return _normal(password).encode("utf-8", "surrogatepass")


@cache
def _common() -> frozenset[str]:
    lines = _COMMON_FILE.read_text("utf-8").splitlines()
    return frozenset(line.strip().casefold() for line in lines if line.strip())
