import asyncio
import threading
import time
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher

from conectar.adapters.outbound.security.passwords import Argon2Passwords
from conectar.application.ports.outside import Unavailable

pytestmark = pytest.mark.anyio
PASSWORD = "Correcto-caballo-9"


@pytest.fixture
def passwords() -> Iterator[Argon2Passwords]:
    made = Argon2Passwords()
    yield made
    made.close()


async def test_the_parameters_of_the_hash(passwords: Argon2Passwords) -> None:
    first, second = await passwords.hash(PASSWORD), await passwords.hash(PASSWORD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$") and first != second
    assert await passwords.verify(PASSWORD, first) and await passwords.verify(PASSWORD, second)
    assert not await passwords.verify(PASSWORD + "x", first)


async def test_the_same_letters_typed_otherwise(passwords: Argon2Passwords) -> None:
    composed, apart = "contrase\u00f1a-9", "contrasen\u0303a-9"
    assert composed != apart
    assert await passwords.verify(apart, await passwords.hash(composed))
    assert not await passwords.verify("contrasena-9", await passwords.hash(composed))


async def test_odd_characters_are_characters(passwords: Argon2Passwords) -> None:
    odd = "\ud800 \x00 9a"
    assert await passwords.verify(odd, await passwords.hash(odd))
    assert not await passwords.verify("", await passwords.hash(odd))


@pytest.mark.parametrize("hashed", [None, "", "$argon2id$broken", "plain"])
async def test_without_a_hash_it_works_as_long_and_says_no(
    passwords: Argon2Passwords, hashed: str | None
) -> None:
    real = await passwords.hash(PASSWORD)

    async def fastest(stored: str | None) -> float:
        """Of the processor's seconds, which nobody else's work makes longer."""
        times = []
        for _ in range(5):
            started = time.process_time()
            await passwords.verify("otra-clave-9", stored)
            times.append(time.process_time() - started)
        return min(times)

    assert not await passwords.verify(PASSWORD, hashed)
    assert await fastest(hashed) > 0.5 * await fastest(real)


async def test_weaker_hashes_are_outdated(passwords: Argon2Passwords) -> None:
    assert not passwords.outdated(await passwords.hash(PASSWORD))
    assert passwords.outdated(PasswordHasher(1, 8_192, 1).hash(PASSWORD))
    assert passwords.outdated("plain")


async def test_the_queue_is_bounded_and_recovers(passwords: Argon2Passwords) -> None:
    hashed = await passwords.hash(PASSWORD)
    results = await asyncio.gather(
        *(passwords.verify(PASSWORD, hashed) for _ in range(30)), return_exceptions=True
    )
    assert results.count(True) == 22
    assert sum(isinstance(result, Unavailable) for result in results) == 8
    assert await passwords.verify(PASSWORD, hashed)


async def test_only_two_threads_work_though_callers_give_up(passwords: Argon2Passwords) -> None:
    hashed = await passwords.hash(PASSWORD)
    for _ in range(10):
        tasks = [asyncio.create_task(passwords.verify(PASSWORD, hashed)) for _ in range(22)]
        await asyncio.sleep(0.001)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    workers = [t for t in threading.enumerate() if t.name.startswith("passwords")]
    assert len(workers) <= 2 * 10  # two for each instance that other tests left to end
    await asyncio.sleep(0.2)
    results = await asyncio.gather(*(passwords.verify(PASSWORD, hashed) for _ in range(22)))
    assert results == [True] * 22, "every place was given back"


async def test_hashing_leaves_the_loop_free(passwords: Argon2Passwords) -> None:
    work = asyncio.gather(*(passwords.hash(PASSWORD) for _ in range(8)))
    longest, last = 0.0, time.perf_counter()
    while not work.done():
        await asyncio.sleep(0)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    await work
    assert longest < 0.25


@pytest.mark.parametrize(
    "password", ["12345678", "Password1", "ARGENTINA1", "qwerty123", "CONTRASEÑA1", "boca12345"]
)
async def test_common_ones(passwords: Argon2Passwords, password: str) -> None:
    assert passwords.common(password)


@pytest.mark.parametrize("password", [PASSWORD, "", "p9-Yz.kk41"])
async def test_uncommon_ones(passwords: Argon2Passwords, password: str) -> None:
    assert not passwords.common(password)
