"""One contract for every storage, and what only a directory has."""

import asyncio
import os
import stat
from pathlib import Path

import pytest

from conectar.adapters.outbound.memory.outside import FakeStorage
from conectar.adapters.outbound.storage.files import ObstoreStorage
from conectar.application.ports.outside import Storage, Unavailable

from .support import unit_open

pytestmark = pytest.mark.anyio
KEY = "kyc/0190a0b0-0000-7000-8000-000000000001/-_aZ09"


@pytest.fixture(params=["fake", "memory:", "directory"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "fake":
        return FakeStorage()
    return ObstoreStorage(tmp_path / "files" if request.param == "directory" else request.param)


async def test_what_was_put_is_got_until_deleted(storage: Storage) -> None:
    assert await storage.get(KEY) is None
    await storage.put(KEY, b"one\x00")
    await storage.put(f"{KEY}.b", b"")
    assert await storage.get(KEY) == b"one\x00" and await storage.get(f"{KEY}.b") == b""
    await storage.put(KEY, b"two")
    assert await storage.get(KEY) == b"two"
    await storage.delete(KEY)
    await storage.delete(KEY)
    assert await storage.get(KEY) is None and await storage.get(f"{KEY}.b") == b""


@pytest.mark.parametrize(
    "key",
    [
        *("", "/", "/etc/passwd", "..", "../x", "a/../../x", "a//b", "a/", "./a", "a/./b"),
        *("a\\b", "a\x00b", "a b", "á", "%2e%2e/x", "a\n", "x" * 600),
    ],
)
async def test_keys_that_could_lead_elsewhere(storage: Storage, key: str) -> None:
    for call in (storage.put(key, b"x"), storage.get(key), storage.delete(key)):
        with pytest.raises(ValueError, match="key"):
            await call


async def test_not_inside_a_unit_of_work(storage: Storage) -> None:
    with unit_open():
        for call in (storage.put(KEY, b"x"), storage.get(KEY), storage.delete(KEY)):
            with pytest.raises(RuntimeError, match="inside a unit of work"):
                await call
    assert await storage.get(KEY) is None


async def test_the_directory_is_its_owner_s(tmp_path: Path) -> None:
    place = tmp_path / "a" / "files"
    storage = ObstoreStorage(f"file://{place}")
    await storage.put(KEY, b"x")
    assert stat.S_IMODE(place.stat().st_mode) == 0o700
    assert (place / KEY).read_bytes() == b"x"
    assert await ObstoreStorage(str(place)).get(KEY) == b"x"


async def test_a_reader_never_sees_half_a_file(tmp_path: Path) -> None:
    storage, size = ObstoreStorage(tmp_path), 2_000_000
    await storage.put(KEY, b"a" * size)

    async def write() -> None:
        for letter in (b"b", b"c", b"d", b"e"):
            await storage.put(KEY, letter * size)

    writing = asyncio.create_task(write())
    seen = set()
    while not writing.done():
        content = await storage.get(KEY)
        assert content is not None and len(content) == size and len(set(content)) == 1
        seen.add(content[:1])
        await asyncio.sleep(0)
    await writing
    assert seen and await storage.get(KEY) == b"e" * size
    left = [name for _, _, names in os.walk(tmp_path) for name in names]
    assert left == ["-_aZ09"]


async def test_a_disk_that_fails_is_unavailable(tmp_path: Path) -> None:
    storage = ObstoreStorage(tmp_path)
    (tmp_path / "kyc").write_text("a file where a directory is needed")
    with pytest.raises(Unavailable):
        await storage.put(KEY, b"x")


@pytest.mark.parametrize("url", ["s3://bucket/x", "https://example.com/x", "file://other/x"])
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="address"):
        ObstoreStorage(url)
