"""An installation with figures of its own: prices, changes, points and reminders follow them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from conectar.domain.kernel.money import Money
from tests.http.api import Api, offer_body
from tests.http.conftest import LONG
from tests.http.person import Person, eventually, good, refused
from tests.server import running_server

DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """Dearer, stricter and more talkative than others."""
    figures = {
        "price_min": Money(500_00),
        "changes_max": 1,
        "points_job": 7,
        "points_five_stars": 3,
        "interval_reminder_offer": 10 * DAY,
        "interval_reminder_work": 30 * DAY,
        "interval_reminder_approval": 5 * DAY,
    }
    with running_server(tmp_path_factory.mktemp("own"), **LONG, **figures) as running:
        yield Api(running)


@pytest.fixture
def pro(own: Api) -> Person:
    return own.professional()


@pytest.fixture
def client(own: Api) -> Person:
    return own.client()


def test_the_smallest_price_is_the_houses(own: Api, client: Person, pro: Person) -> None:
    told = refused(client.post("/ofertas", offer_body(pro, "499.99")), 400, "MONTO_MINIMO")
    assert "500.00" in told["detail"]
    offer = own.offer(client, pro, "500")["id"]
    refused(client.put(f"/ofertas/{offer}", {"monto": "499.99"}), 400, "MONTO_MINIMO")
    counter = {"monto": "499.99"}
    refused(pro.post(f"/ofertas/{offer}/contraoferta", counter), 400, "MONTO_MINIMO")
    service = {"nombre": "Destapar", "oficio_id": own.trades()["Plomería"]}
    cheap, dear = ({"precio_fijo": price} for price in ("499.99", "500"))
    refused(pro.post("/profesional/servicios", service | cheap), 400, "MONTO_MINIMO")
    id = good(pro.post("/profesional/servicios", service | dear))["id"]
    refused(pro.put(f"/profesional/servicios/{id}", cheap), 400, "MONTO_MINIMO")


def test_changes_and_points_are_the_houses(own: Api, client: Person, pro: Person) -> None:
    job = own.done(client, pro, "900")[0]["id"]
    again = {"motivo": "Gotea"}
    good(client.post(f"/trabajos/{job}/pedir-cambios", again))
    good(pro.put(f"/trabajos/{job}/marcar-completado"))
    refused(client.post(f"/trabajos/{job}/pedir-cambios", again), 400)
    assert "pedir-cambios" not in client.seen(f"/trabajos/{job}")["acciones"]
    good(client.post(f"/trabajos/{job}/aprobar"))
    good(client.post("/resenas", {"trabajo_id": job, "rating": 5, "texto": "Muy prolijo"}))
    eventually(lambda: pro.seen("/professional/me")["puntos"] == 10)


def told(who: Person, kind: str) -> int:
    return len(who.seen("/notifications/history", tipo=kind, limit=100))


def test_reminders_come_as_early_as_the_house_wants(own: Api, client: Person, pro: Person) -> None:
    worked, done = own.paid(client, pro)[0], own.done(client, pro)[0]
    own.offer(client, pro)
    own.clock(days=4)
    assert (told(pro, "oferta.reminder"), told(client, "trabajo.reminder")) == (0, 0)
    own.clock(days=2)  # 9 days before the offer's end
    eventually(lambda: told(pro, "oferta.reminder") == 1)
    assert told(client, "trabajo.reminder") == 0
    own.clock(days=4)  # 4 days before the approval by silence
    eventually(lambda: told(client, "trabajo.reminder") == 1)
    own.clock(days=30)
    assert client.seen(f"/trabajos/{done['id']}")["estado"] == "APROBADO"
    assert told(pro, "trabajo.reminder") == 0
    own.clock(days=6)  # 29 days before the work's end
    eventually(lambda: told(pro, "trabajo.reminder") == 1)
    assert client.seen(f"/trabajos/{worked['id']}")["estado"] == "EN_CURSO"
