"""The live feed: what somebody is told reaches him while he listens, and once he is back."""

from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from conectar.adapters.inbound.http.feed import STREAMS_MAX
from conectar.bootstrap.http import DRAIN_S
from tests.http.api import Api
from tests.http.feed import listening
from tests.http.person import Person, eventually, refused
from tests.server import running_server


def history(who: Person) -> list[dict[str, Any]]:
    """All he was told, oldest first."""
    return list(reversed(who.seen("/notifications/history", limit="100")))


def told_of(who: Person, offer: dict[str, Any]) -> dict[str, Any]:
    """The notice about that offer, once he has it."""

    def notices() -> list[dict[str, Any]]:
        return [row for row in history(who) if offer["id"] in row["data"].values()]

    return eventually(notices)[0]


@pytest.fixture(scope="module")
def beto(api: Api) -> Person:
    """A professional who was told all that he will be told before a test begins."""
    who = api.professional(nombre="Beto")
    eventually(lambda: any(row["tipo"].startswith("kyc.") for row in history(who)))
    return who


def test_whoever_listens_hears_it_as_his_history_has_it(api: Api, beto: Person) -> None:
    ana, stranger = api.client(), api.client()
    with listening(beto) as heard, listening(stranger) as silence:
        made = api.offer(ana, beto)
        assert heard.get(timeout=5) == ((notice := told_of(beto, made))["id"], notice)
        assert silence.empty()


def test_several_streams_hear_the_same_and_each_notice_once(api: Api, beto: Person) -> None:
    ana = api.client()
    with listening(beto) as one, listening(beto) as other:
        new = [told_of(beto, made)["id"] for made in [api.offer(ana, beto) for _ in range(3)]]
        for heard in (one, other):
            assert sorted(heard.get(timeout=5)[0] for _ in new) == sorted(new)  # type: ignore[index]
            assert heard.empty()


def test_whoever_comes_back_hears_what_he_missed(api: Api, beto: Person) -> None:
    ana = api.client()
    last = told_of(beto, api.offer(ana, beto))["id"]
    missed = {told_of(beto, api.offer(ana, beto))["id"] for _ in range(2)}
    with listening(beto, last) as heard:
        ids: list[str] = []
        while not missed <= set(ids):
            ids.append(heard.get(timeout=5)[0])  # type: ignore[index]
        assert last not in ids and len(ids) == len(set(ids))


@pytest.mark.parametrize("after", ["nada", "7", "01890000-0000-7000-8000-000000000000"])
def test_an_event_nobody_knows_is_as_good_as_none(api: Api, beto: Person, after: str) -> None:
    with listening(beto, after) as heard:
        new = told_of(beto, api.offer(api.client(), beto))
        while heard.get(timeout=5) != (new["id"], new):
            pass


def test_somebody_elses_event_shows_nothing_of_his(api: Api, beto: Person) -> None:
    ana = api.client()
    last = told_of(beto, api.offer(ana, beto))["id"]
    his = {row["id"] for row in history(beto)}
    with listening(ana, last) as heard:
        api.job(ana, beto)
        told = heard.get(timeout=5)
        assert told is not None and told[0] not in his
        assert told[0] in {row["id"] for row in history(ana)}


@pytest.mark.one_program
def test_the_oldest_stream_ends_when_there_are_too_many(open_server: Callable[..., Api]) -> None:
    """In one process: each counts its own."""
    who = open_server().client()
    eventually(lambda: history(who))
    with listening(who) as first, ExitStack() as others:
        for _ in range(STREAMS_MAX):
            assert first.empty()
            others.enter_context(listening(who))
        assert first.get(timeout=5) is None


def test_nobody_listens_without_signing_in(api: Api) -> None:
    refused(api.nobody.get("/notifications/stream"), 401, "NO_AUTENTICADO")


def test_a_program_that_stops_does_not_wait_for_who_listens(tmp_path: Path) -> None:
    with ExitStack() as stack:
        with running_server(tmp_path) as running:
            heard = stack.enter_context(listening(Api(running).client()))
            stops_at = monotonic()
        assert monotonic() - stops_at < DRAIN_S / 2
        assert heard.get(timeout=5) is None
