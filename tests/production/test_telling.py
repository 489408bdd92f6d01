"""What programs tell of themselves: figures of all processes, and traces that reach the worker."""

import os
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass

import httpx
import pytest

from tests.adapters.test_metrics import read
from tests.http.api import Api
from tests.http.feed import listening
from tests.http.person import eventually, good
from tests.http.test_traces import ROOTS
from tests.servers.collector import Collector, collector
from tests.town import Town, town

TRACE, CANCELLED, CALLER = f"{0xABC:032x}", f"{0xDEF:032x}", "00f067aa0ba902b7"
ACCEPTING = "POST /api/v1/ofertas/{offer_id}/accept"
CANCELLING = "POST /api/v1/trabajos/{job_id}/cancelar"


@dataclass
class Told:
    """What the collector was told of a story, and what the processes counted meanwhile."""

    at: Collector
    pages: list[dict[tuple[str, ...], float]]
    after_a_death: dict[tuple[str, ...], float]


def page(url: str) -> dict[tuple[str, ...], float]:
    """The figures, of whichever process answers."""
    answer = httpx.get(f"{url}/metrics", timeout=30)
    assert answer.status_code == 200
    return read(answer.content)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """An offer is accepted, its page is asked for many times, two others are paid for and one of
    them cancelled, a process is killed; everybody has ended, and sent what he had to send."""
    with ExitStack() as stack:
        at = stack.enter_context(collector())
        folder = tmp_path_factory.mktemp("telling")
        with town(folder, workers=1, CONECTAR_OTLP_ENDPOINT=at.url) as opened:
            api = Api(opened)
            ana, beto = api.client(), api.professional()
            with listening(beto) as heard:
                offer = api.offer(ana, beto)
                assert heard.get(timeout=30)
            traced = {"traceparent": f"00-{TRACE}-{CALLER}-01", "X-Correlation-ID": "id-accept"}
            good(beto.post(f"/ofertas/{offer['id']}/accept", headers=traced))
            for _ in range(40):
                ana.get(f"/ofertas/{offer['id']}", headers={"Connection": "close"})
            api.paid(ana, beto)
            regretted, _ = api.paid(ana, beto)
            traced = {"traceparent": f"00-{CANCELLED}-{CALLER}-01", "X-Correlation-ID": "id-cancel"}
            good(beto.post(f"/trabajos/{regretted['id']}/cancelar", headers=traced))
            api.until(ana, regretted, escrow_estado="REEMBOLSADO")
            eventually(lambda: not api.admin.seen("/admin/events/pending"), 30)
            pages = [page(opened.url) for _ in range(10)]
            eventually(lambda: at.named(ACCEPTING, TRACE))  # or it would die with its process
            eventually(lambda: at.named(CANCELLING, CANCELLED))
            after = page_after_a_death(opened)
        yield Told(at, pages, after)


def page_after_a_death(opened: Town) -> dict[tuple[str, ...], float]:
    """What is told once another process stands where one was killed."""
    before = opened.serving()
    victim = max(before)
    os.kill(victim, signal.SIGKILL)
    eventually(lambda: victim not in opened.serving() and opened.serving() - before, 30)
    eventually(lambda: httpx.get(f"{opened.url}/health/ready").status_code == 200, 30)
    return page(opened.url)


def test_any_process_tells_what_all_have_counted(told: Told) -> None:
    offers = ("http_requests_total", "/api/v1/ofertas/{offer_id}", "GET", "200")
    timed = ("http_request_duration_seconds_count", "/api/v1/ofertas/{offer_id}", "GET")
    assert [found[offers] for found in (*told.pages, told.after_a_death)] == [40] * 11
    assert [found[timed] for found in (*told.pages, told.after_a_death)] == [40] * 11


def test_any_process_tells_the_figures_of_the_house(told: Told) -> None:
    for found in (*told.pages, told.after_a_death):
        assert found["conectar_store_up",] == 1
        assert found["conectar_ledger_sum_centavos",] == 0
        assert found["active_users",] == 3
        assert found["trabajos_en_curso",] == 1
        assert found["conectar_suspense_centavos",] == 0
        assert found["conectar_oldest_delivery_seconds",] == 0


def test_what_a_worker_does_is_part_of_the_trace_of_its_cause(told: Told) -> None:
    """Programs apart: a request's process writes, a worker relays, and takes from the queue."""
    (accept,) = told.at.named("AcceptOffer", TRACE)
    assert told.at.above(accept) == [ACCEPTING]
    reactions = [s for s in told.at.spans if s.name.startswith("delivery ") and s.trace == TRACE]
    assert {span.name for span in reactions} >= {"delivery notify", "delivery mail_notice"}
    for reaction in reactions:
        assert reaction.kind == "CONSUMER"
        assert told.at.above(reaction)[-2:] == ["AcceptOffer", ACCEPTING]
        (does,) = [span for span in told.at.spans if span.parent == reaction.id]
        assert does.attributes["conectar.correlation_id"] == "id-accept"
        below = {span.name for span in told.at.spans if span.parent == does.id}
        assert {"SELECT entregas", "UPDATE entregas"} <= below


def test_a_refund_is_part_of_the_trace_of_who_decided_it(told: Told) -> None:
    """Whenever, and by whomever, it is carried out."""
    (call,) = told.at.named("gateway POST /v1/payments/{id}/refunds", CANCELLED)
    assert told.at.above(call) == ["refund", "CancelJob", CANCELLING]
    follows = {span.name for span in told.at.spans if span.trace == CANCELLED}
    assert {"RecordRefund", "delivery notify"} <= follows
    (recorded,) = told.at.named("RecordRefund", CANCELLED)
    assert told.at.above(recorded) == ["refund", "CancelJob", CANCELLING]
    assert recorded.attributes["conectar.correlation_id"] == "id-cancel"


def test_the_clock_and_who_listens_fill_no_collector(told: Told) -> None:
    roots = {span.name for span in told.at.spans if not span.parent}
    asked = {"PollCheckout", "RunRefund"}  # what the clock brings, and there was something to bring
    assert {name.split()[0] for name in roots} <= ROOTS | asked, roots
