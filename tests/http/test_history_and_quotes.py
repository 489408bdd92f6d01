"""What was moved and what would be left: filters of a history, and the commission of a quote."""

from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from uuid import UUID

import pytest

from conectar.application.ports.unit_of_work import Store
from conectar.domain.kernel.ids import UserId
from tests.http.api import Api, Person
from tests.http.person import good, refused

QUOTE = "/payments/commission/calculate"
HISTORY = "/payments/history"


@pytest.fixture(scope="module")
def past(api: Api) -> tuple[Person, Person, dict[str, Any], dict[str, Any]]:
    """A client and a professional with a released job of 1000 and a refunded one of 700."""
    client, pro = api.client(), api.professional()
    released, _ = api.approved(client, pro, "1000")
    back, _ = api.paid(client, pro, "700")
    good(pro.post(f"/trabajos/{back['id']}/cancelar"))
    api.until(client, back, escrow_estado="REEMBOLSADO")
    return client, pro, released, back


def kinds(who: Person, **params: Any) -> list[tuple[str, float]]:
    """(tipo, monto), oldest first."""
    rows = who.seen(HISTORY, limit=100, **params)
    assert [r["created_at"] for r in rows] == sorted((r["created_at"] for r in rows), reverse=True)
    return [(row["tipo"], row["monto"]) for row in reversed(rows)]


def test_each_side_sees_its_own_kinds(api: Api, past: Any) -> None:
    client, pro, released, back = past
    rows = client.seen(HISTORY)
    assert {frozenset(row) for row in rows} == {
        frozenset(
            {"id", "trabajo_id", "tipo", "monto", "estado", "mercadopago_payment_id", "created_at",
             "completada_at"}
        )
    }  # fmt: skip
    assert kinds(client) == [("PAGO", 1000), ("PAGO", 700), ("REEMBOLSO", 700)]
    assert sorted(kinds(pro)) == [("COMISION", 150), ("LIBERACION", 850)]
    assert {row["trabajo_id"] for row in rows} == {released["id"], back["id"]}
    everything = kinds(api.admin, user_id=client.id)
    assert {kind for kind, _ in everything} >= {"PAGO", "REEMBOLSO", "ESCROW"}
    assert kinds(api.client()) == []


def test_a_history_is_filtered(api: Api, past: Any) -> None:
    client, pro, _, _ = past
    assert kinds(client, tipo="PAGO") == [("PAGO", 1000), ("PAGO", 700)]
    assert kinds(client, tipo="REEMBOLSO") == [("REEMBOLSO", 700)]
    assert kinds(client, tipo="LIBERACION") == []  # not a client's
    assert kinds(client, tipo="ESCROW") == []
    assert kinds(pro, tipo="PAGO") == []
    assert kinds(pro, tipo="COMISION") == [("COMISION", 150)]
    assert len(kinds(client, estado="COMPLETADA")) == 3
    assert kinds(client, estado="FALLIDA") == []
    assert kinds(client, estado="COMPLETADA", tipo="REEMBOLSO") == [("REEMBOLSO", 700)]
    response = client.get(HISTORY, params={"limit": 1, "tipo": "PAGO"})
    assert (response.headers["x-total-count"], len(response.json())) == ("2", 1)


def test_a_history_has_a_beginning_and_an_end(past: Any) -> None:
    client = past[0]
    rows = client.seen(HISTORY)[::-1]
    second = datetime.fromisoformat(rows[1]["created_at"])
    third = datetime.fromisoformat(rows[2]["created_at"])
    middle = (second + (third - second) / 2).isoformat()
    assert kinds(client, desde=middle) == [("REEMBOLSO", 700)]
    assert kinds(client, hasta=middle) == [("PAGO", 1000), ("PAGO", 700)]
    assert kinds(client, desde=middle, hasta=middle) == []
    abroad = datetime.fromisoformat(middle) - timedelta(hours=3)
    written = abroad.replace(tzinfo=None).isoformat() + "-03:00"
    assert kinds(client, desde=written) == [("REEMBOLSO", 700)]
    assert kinds(client, desde=rows[2]["created_at"]) == [("REEMBOLSO", 700)]  # inclusive
    for wrong in ("ayer", "2026-13-01", "2026-01-01T00:00:00", "1", ""):
        refused(client.get(HISTORY, params={"desde": wrong}), 422)


def test_only_an_administrator_asks_for_somebody_elses(api: Api, past: Any) -> None:
    client, pro, _, _ = past
    for who in (client, pro):
        for id in (client.id, pro.id):
            refused(who.get(HISTORY, params={"user_id": id}), 403, "ROL_NO_PERMITIDO")
    about_pro = kinds(api.admin, user_id=pro.id)
    assert ("LIBERACION", 850) in about_pro and ("COMISION", 150) in about_pro
    assert kinds(api.admin, user_id=api.admin.id) == []
    assert kinds(api.admin, user_id=client.id, tipo="REEMBOLSO") == [("REEMBOLSO", 700)]
    refused(api.admin.get(HISTORY, params={"user_id": "x"}), 422)


def quote(who: Person, pro: Person, monto: Any) -> dict[str, Any]:
    return dict(who.seen(QUOTE, monto=str(monto), profesional_id=pro.id))


@pytest.mark.parametrize(
    ("monto", "commission"),
    [("0.01", "0.00"), ("0.03", "0.00"), ("0.04", "0.01"), ("0.10", "0.02"), ("0.30", "0.04"),
     ("0.50", "0.08"), ("1.10", "0.16"), ("1.30", "0.20"), ("100", "15.00"), ("100.10", "15.02"),
     ("100.30", "15.04"), ("100.50", "15.08"), ("33.33", "5.00"), ("999999999.99", "150000000.00")],
)  # fmt: skip
def test_a_quote_rounds_half_to_even(
    ana: Person, beto: Person, monto: str, commission: str
) -> None:
    exact = Decimal(monto) * 15 / 100
    assert exact.quantize(Decimal("0.01"), ROUND_HALF_EVEN) == Decimal(commission)
    told = quote(ana, beto, monto)
    assert Decimal(str(told["comision"])) == Decimal(commission)
    assert Decimal(str(told["neto_profesional"])) == Decimal(monto) - Decimal(commission)


def test_a_quote_says_how_it_came_about(ana: Person, beto: Person, api: Api) -> None:
    told = quote(ana, beto, "15000.50")
    ends = datetime.fromisoformat(told.pop("vigente_hasta"))
    made = datetime.fromisoformat(api.offer(ana, beto)["vence_at"])
    assert abs((made - ends).total_seconds()) < 5
    assert told == {
        "monto": 15000.5,
        "nivel": "BRONCE",
        "regla": "TASA_DEL_NIVEL",
        "base": 15000.5,
        "comision_tasa": 15,
        "comision": 2250.08,
        "neto_profesional": 12750.42,
        "redondeo": "MITAD_AL_PAR",
    }
    job = api.job(ana, beto, "15000.50")
    assert {k: job[k] for k in ("comision_tasa", "comision", "neto_profesional")} == {
        k: told[k] for k in ("comision_tasa", "comision", "neto_profesional")
    }


def test_a_quote_of_nobody(api: Api, ana: Person, beto: Person) -> None:
    hidden = api.applicant()
    for id in (ana.id, hidden.id, api.admin.id, "01890000-0000-7000-8000-000000000000"):
        refused(ana.get(QUOTE, params={"monto": "1", "profesional_id": id}), 404, "NO_ENCONTRADO")
    assert quote(hidden, hidden, "100")["comision"] == 15  # himself
    assert quote(api.admin, hidden, "100")["comision"] == 15


async def _earn(store: Store, who: Person, points: int) -> None:
    async with store.unit() as uow:
        found = await uow.professionals.find(UserId(UUID(who.id)))
        assert found is not None
        await uow.professionals.save(found.changed(points=points))
        await uow.commit()


@pytest.mark.parametrize(
    ("points", "nivel", "tasa", "comision"),
    [(499, "BRONCE", 15, 150.38), (500, "PLATA", 12, 120.3), (1999, "PLATA", 12, 120.3),
     (2000, "ORO", 10, 100.25), (5000, "DIAMANTE", 8, 80.2)],
)  # fmt: skip
def test_a_level_changes_what_is_accepted_from_then_on(
    api: Api, ana: Person, points: int, nivel: str, tasa: float, comision: float
) -> None:
    pro = api.professional()
    early, offer = api.job(ana, pro, "1002.50"), api.offer(ana, pro, "1002.50")
    api.server.run(_earn(api.server.store, pro, points))
    told = quote(ana, pro, "1002.50")
    assert (told["nivel"], told["comision_tasa"], told["comision"]) == (nivel, tasa, comision)
    mine = pro.seen("/professional/me")
    assert (mine["nivel"], mine["tasa_comision_actual"], mine["puntos"]) == (nivel, tasa, points)
    assert api.admin.seen(f"/public/professional/{pro.id}")["nivel"] == nivel
    late = good(pro.post(f"/ofertas/{offer['id']}/accept"))
    assert (late["comision_tasa"], late["comision"]) == (tasa, comision)
    assert ana.seen(f"/trabajos/{early['id']}")["comision"] == 150.38


def test_the_ladder_is_public(api: Api) -> None:
    assert api.nobody.seen("/gamification/levels") == [
        {"nivel": "BRONCE", "desde_puntos": 0, "comision_tasa": 15},
        {"nivel": "PLATA", "desde_puntos": 500, "comision_tasa": 12},
        {"nivel": "ORO", "desde_puntos": 2000, "comision_tasa": 10},
        {"nivel": "DIAMANTE", "desde_puntos": 5000, "comision_tasa": 8},
    ]
