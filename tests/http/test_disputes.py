"""Disputes: how they begin, what is said and shown, and the three ways they are decided."""

import json
from base64 import urlsafe_b64decode
from datetime import datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from urllib.parse import urlparse

import httpx
import pytest

from tests.http.api import PNG, Api
from tests.http.books import agreed, at_oracle
from tests.http.person import Person, eventually, good, refused, together
from tests.http.quarrel import WORDS, disputed, open_dispute, resolve
from tests.http.stored import quiet, unchanged
from tests.http.wallet import rich

PDF = b"%PDF-1.7\n" + bytes(32)
CENT = Decimal("0.01")


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize("opener", ["client", "professional"])
@pytest.mark.parametrize(("state", "before"), [("paid", "EN_CURSO"), ("done", "COMPLETADO")])
def test_a_party_disputes_held_money(
    api: Api, ana: Person, beto: Person, opener: str, state: str, before: str
) -> None:
    job, _ = getattr(api, state)(ana, beto, "900")
    by, other = (ana, beto) if opener == "client" else (beto, ana)
    assert "disputar" in by.seen(f"/trabajos/{job['id']}")["acciones"]
    made = good(open_dispute(by, job["id"], "CALIDAD_TRABAJO"))
    shown = other.seen(f"/trabajos/{job['id']}")
    names = ("estado", "escrow_estado", "congelado_por", "al_vencer", "disputa_id", "acciones")
    assert tuple(shown[name] for name in names) == (
        "EN_DISPUTA", "PAGADO_EN_ESCROW", "DISPUTA", "REEMBOLSAR", made["id"], [],
    )  # fmt: skip
    assert made == {
        "id": made["id"],
        "trabajo_id": job["id"],
        "iniciado_por": by.id,
        "motivo": "CALIDAD_TRABAJO",
        "descripcion": WORDS,
        "estado": "ABIERTA",
        "decision": None,
        "porcentaje_cliente": None,
        "resolucion": None,
        "monto_reembolso": None,
        "monto_liberado": None,
        "vence_at": shown["vence_at"],
        "created_at": made["created_at"],
        "resolved_at": None,
        "evidencias": [],
        "acciones": ["mensaje", "evidencia", "retirar"],
    }
    assert moment(made["vence_at"]) - moment(made["created_at"]) == timedelta(days=60)
    step = by.seen(f"/trabajos/{job['id']}/timeline")[-1]
    names = ("estado_anterior", "estado", "escrow_estado", "actor", "motivo")
    assert tuple(step[name] for name in names) == (
        before, "EN_DISPUTA", "PAGADO_EN_ESCROW", by.id, WORDS,
    )  # fmt: skip


def test_what_each_may_do_with_a_dispute(api: Api, ana: Person, beto: Person) -> None:
    one = disputed(api, ana, beto)
    path = f"/disputas/{one.id}"
    anybody = ["mensaje", "evidencia"]
    assert ana.seen(path)["acciones"] == [*anybody, "retirar"]
    assert beto.seen(path)["acciones"] == anybody
    assert sorted(api.admin.seen(path)["acciones"]) == sorted([*anybody, "tomar", "resolver"])
    taken = good(api.admin.post(f"/admin{path}/tomar"))
    assert (taken["estado"], taken["acciones"]) == ("EN_REVISION", [*anybody, "resolver"])
    assert ana.seen(path)["acciones"] == [*anybody, "retirar"]
    refused(api.admin.post(f"/admin{path}/tomar"), 400, "TRANSICION_INVALIDA")
    good(resolve(api.admin, one.id, "LIBERAR"))
    for who in (ana, beto, api.admin):
        assert who.seen(path)["acciones"] == []
    refused(api.client().get(path), 404, "NO_ENCONTRADO")


def test_what_is_said_is_shown_newest_first(api: Api, ana: Person, beto: Person) -> None:
    one = disputed(api, ana, beto)
    path = f"/disputas/{one.id}/mensajes"
    people = (ana, beto, api.admin, ana)
    made = [good(who.post(path, {"mensaje": f" dijo {n} "})) for n, who in enumerate(people)]
    assert [told["mensaje"] for told in made] == [f"dijo {n}" for n in range(4)]
    assert [told["autor_rol"] for told in made] == ["CLIENTE", "PROFESIONAL", "ADMIN", "CLIENTE"]
    assert [told["autor_id"] for told in made] == [who.id for who in people]
    for who in (ana, beto, api.admin):
        assert who.seen(path) == made[::-1]
    assert beto.get(path, params={"skip": 1, "limit": 2}).headers["x-total-count"] == "4"
    assert beto.seen(path, skip=1, limit=2) == made[2:0:-1]
    stranger = api.client()
    with unchanged(api.server):
        for text in ("", "  ", "x" * 2001, None):
            refused(ana.post(path, {"mensaje": text}), 422)
        refused(stranger.post(path, {"mensaje": "hola"}), 404)
    good(ana.post(f"/disputas/{one.id}/cancelar"))
    refused(ana.post(path, {"mensaje": "tarde"}), 400, "TRANSICION_INVALIDA")
    assert beto.seen(path) == made[::-1]


# -- evidence ----------------------------------------------------------------------------------


def show(who: Person, dispute: str, *files: tuple[str, bytes], name: str = "files") -> Any:
    sent = [(name, (title, content, "text/plain")) for title, content in files]
    return who.post(f"/disputas/{dispute}/evidencias", files=sent)


def path_of(url: str) -> str:
    """Without its host, which is the public one."""
    return urlparse(url).path


def lives_s(path: str) -> float:
    """How long a link is good for, as it says itself: its last part is a JWT."""
    said = path.rpartition("/")[2].split(".")[1]
    claims = json.loads(urlsafe_b64decode(said + "=" * (-len(said) % 4)))
    return float(round(claims["exp"] - claims["iat"], 3))


def test_images_and_pdf_are_shown_behind_signed_links(timed: Api, carla: Person) -> None:
    dario = timed.professional()
    one = disputed(timed, carla, dario)
    good(show(carla, one.id, ("caño.png", PNG), ("factura.pdf", PDF)))
    good(show(dario, one.id, ("foto.jpg", b"\xff\xd8\xff" + bytes(16))))
    files = timed.admin.seen(f"/disputas/{one.id}")["evidencias"]
    assert [(file["nombre"], file["subida_por"]) for file in files] == [
        ("caño.png", carla.id),
        ("factura.pdf", carla.id),
        ("foto.jpg", dario.id),
    ]
    for who, path in ((carla, "/disputas"), (timed.admin, "/admin/disputas")):
        (row,) = [row for row in who.seen(path, limit=100) if row["id"] == one.id]
        assert [file["id"] for file in row["evidencias"]] == [file["id"] for file in files]
        assert timed.nobody.get(path_of(row["evidencias"][0]["url"])).content == PNG
    got = [timed.nobody.get(path_of(file["url"])) for file in files]
    assert [response.content for response in got[:2]] == [PNG, PDF]
    kinds = ["image/png", "application/pdf", "image/jpeg"]
    assert [response.headers["content-type"] for response in got] == kinds
    url = path_of(files[0]["url"])
    refused(timed.nobody.get(url[:-2]), 404)
    assert lives_s(url) == 600
    timed.clock(seconds=590)  # in whole programs time goes on meanwhile
    assert timed.nobody.get(url).status_code == 200
    timed.clock(seconds=11)
    refused(timed.nobody.get(url), 404)


def test_what_is_no_evidence_is_refused_whole(api: Api, ana: Person, beto: Person) -> None:
    one = disputed(api, ana, beto)
    fine, stranger = ("a.png", PNG), api.client()
    with unchanged(api.server):
        refused(show(ana, one.id, fine, ("b.png", b"MZ" + bytes(16))), 415, "ARCHIVO_NO_ADMITIDO")
        refused(show(ana, one.id, ("b.pdf", b"")), 415, "ARCHIVO_NO_ADMITIDO")
        big = ("b.png", PNG + bytes(8 * 1024 * 1024))
        refused(show(ana, one.id, fine, big), 413, "ARCHIVO_DEMASIADO_GRANDE")
        refused(show(ana, one.id, fine, name="otro"), 422)
        nameless = (
            b'--x\r\nContent-Disposition: form-data; name="files"; filename="a\0.png"\r\n\r\n'
            + PNG
            + b"\r\n--x--\r\n"
        )
        kind = {"Content-Type": "multipart/form-data; boundary=x"}
        path = f"/disputas/{one.id}/evidencias"
        refused(ana.call("POST", path, content=nameless, headers=kind), 422)
        refused(show(ana, one.id, *[fine] * 11), 422)
        refused(ana.post(f"/disputas/{one.id}/evidencias", {}), 415)
        refused(show(stranger, one.id, fine), 404)
    good(resolve(api.admin, one.id, "LIBERAR"))
    refused(show(ana, one.id, fine), 400, "TRANSICION_INVALIDA")
    assert ana.seen(f"/disputas/{one.id}")["evidencias"] == []


# -- letting it be -----------------------------------------------------------------------------


@pytest.mark.parametrize("done", [False, True])
def test_who_opened_it_may_let_it_be(api: Api, ana: Person, beto: Person, done: bool) -> None:
    job, _ = (api.done if done else api.paid)(ana, beto, "900")
    before = ana.seen(f"/trabajos/{job['id']}")
    one = good(open_dispute(ana, job["id"]))
    path = f"/disputas/{one['id']}"
    good(api.admin.post(f"/admin{path}/tomar"))
    with unchanged(api.server):
        refused(beto.post(f"{path}/cancelar"), 403, "LADO_EQUIVOCADO")
    told = good(ana.post(f"{path}/cancelar"))
    assert (told["estado"], told["decision"], told["vence_at"]) == ("RETIRADA", None, None)
    assert told["resolved_at"]
    shown = ana.seen(f"/trabajos/{job['id']}")
    same = ("estado", "escrow_estado", "al_vencer", "congelado_por")
    assert [shown[name] for name in same] == [before[name] for name in same]
    assert 0 <= (moment(shown["vence_at"]) - moment(before["vence_at"])).total_seconds() < 30
    refused(ana.post(f"{path}/cancelar"), 400, "TRANSICION_INVALIDA")
    with unchanged(api.server):
        refused(open_dispute(ana, job["id"]), 400, "TRANSICION_INVALIDA")  # his only one
    assert good(open_dispute(beto, job["id"]))["iniciado_por"] == beto.id
    refused(open_dispute(ana, job["id"]), 400, "TRANSICION_INVALIDA")


def test_after_a_dispute_there_are_two_days_at_least(timed: Api, carla: Person) -> None:
    dario = timed.professional()
    job, _ = timed.paid(carla, dario, "900")
    timed.clock(days=74, hours=20)
    one = good(open_dispute(dario, job["id"]))
    timed.clock(days=5)
    good(dario.post(f"/disputas/{one['id']}/cancelar"))
    told = dario.seen(f"/disputas/{one['id']}")
    shown = carla.seen(f"/trabajos/{job['id']}")
    left = moment(shown["vence_at"]) - moment(told["resolved_at"])
    assert left == timedelta(hours=48)


# -- the three decisions -----------------------------------------------------------------------


def shares(price: str, percent: int) -> tuple[Decimal, Decimal, Decimal]:
    """(back to the client, the professional's net, our commission) at 15 %."""
    whole = Decimal(price)
    back = (whole * percent / 100).quantize(CENT, ROUND_HALF_EVEN)
    commission = ((whole - back) * 15 / 100).quantize(CENT, ROUND_HALF_EVEN)
    return back, whole - back - commission, commission


@pytest.fixture(scope="module")
def funds(api: Api, ana: Person) -> Person:
    """Money of the house at the gateway, which gives a part back without its fee."""
    return rich(api, ana)


@pytest.mark.usefixtures("funds")
@pytest.mark.parametrize(
    ("price", "decision", "percent"),
    [
        ("15000.50", "LIBERAR", 0),
        ("15000.50", "REEMBOLSAR", 100),
        ("15000.50", "DIVIDIR", 33),
        ("100.50", "DIVIDIR", 1),
        ("100.01", "DIVIDIR", 50),
        ("100.03", "DIVIDIR", 50),
        ("100.10", "DIVIDIR", 99),
    ],
)
def test_a_decision_moves_the_money_to_the_cent(
    api: Api, ana: Person, price: str, decision: str, percent: int
) -> None:
    pro = api.professional()
    one = disputed(api, ana, pro, price, done=True)
    more = {"porcentaje_cliente": percent} if decision == "DIVIDIR" else {}
    told = good(resolve(api.admin, one.id, decision, **more))
    back, net, commission = shares(price, percent)
    assert (told["estado"], told["decision"], told["resolucion"]) == (
        "RESUELTA", decision, "Se miró todo",
    )  # fmt: skip
    assert told["porcentaje_cliente"] == more.get("porcentaje_cliente")
    assert Decimal(str(told["monto_reembolso"])) == back
    assert Decimal(str(told["monto_liberado"])) == Decimal(price) - back
    job = ana.seen(f"/trabajos/{one.job}")
    assert job["estado"] == ("CANCELADO" if percent == 100 else "APROBADO")
    lines = pro.seen("/payments/history")
    got = {line["tipo"]: Decimal(str(line["monto"])) for line in lines}
    assert got == ({"LIBERACION": net, "COMISION": commission} if percent < 100 else {})
    assert Decimal(str(pro.seen("/payments/balance")["pendiente"])) == net
    eventually(lambda: Decimal(at_oracle(api, one.payment)["reembolsado"]) == back)
    agreed(api)
    ends = {"LIBERAR": "LIBERADO", "REEMBOLSAR": "REEMBOLSADO", "DIVIDIR": "DIVIDIDO"}
    job = api.until(ana, job, escrow_estado=ends[decision])
    refund = eventually(lambda: ana.seen(f"/trabajos/{one.job}")["reembolso"]) if back else None
    assert (Decimal(str(refund["monto"])) if refund else Decimal(0)) == back
    assert job["congelado_por"] is job["vence_at"] is job["al_vencer"] is None


@pytest.mark.parametrize(
    "wrong",
    [
        {"porcentaje_cliente": 0},
        {"porcentaje_cliente": 100},
        {"porcentaje_cliente": 101},
        {"porcentaje_cliente": -1},
        {"porcentaje_cliente": 33.333},
        {"porcentaje_cliente": 50.5},
        {"porcentaje_cliente": "50"},
        {"porcentaje_cliente": True},
        {"porcentaje_cliente": None},
        {},
        {"porcentaje_cliente": 50, "decision": "LIBERAR"},
        {"porcentaje_cliente": 50, "decision": "REEMBOLSAR"},
        {"porcentaje_cliente": 50, "decision": "OTRA"},
        {"porcentaje_cliente": 50, "resolucion": " "},
        {"porcentaje_cliente": 50, "sorpresa": 1},
    ],
    ids=str,
)
def test_a_malformed_decision_decides_nothing(
    api: Api, quarrelling: str, wrong: dict[str, Any]
) -> None:
    body = {"decision": "DIVIDIR", "resolucion": "Mitad y mitad"} | wrong
    with unchanged(api.server):
        refused(api.admin.post(f"/admin/disputas/{quarrelling}/resolver", body), 422)


@pytest.fixture(scope="module")
def quarrelling(api: Api, ana: Person, beto: Person) -> str:
    """A dispute that stays open."""
    return disputed(api, ana, beto).id


def test_a_dispute_is_decided_once(api: Api, ana: Person, beto: Person) -> None:
    one = disputed(api, ana, beto)

    def decide(decision: str) -> httpx.Response:
        return resolve(api.admin, one.id, decision)

    answers = together(*[lambda d=d: decide(d) for d in ("LIBERAR", "REEMBOLSAR") * 3])
    assert sorted(answer.status_code for answer in answers) == [200] + [400] * 5
    api.until(ana, {"id": one.job}, congelado_por=None)
    quiet(api.server)
    with unchanged(api.server):
        for decision in ("LIBERAR", "REEMBOLSAR"):
            refused(decide(decision), 400, "TRANSICION_INVALIDA")
        refused(ana.post(f"/disputas/{one.id}/cancelar"), 400, "TRANSICION_INVALIDA")
        refused(open_dispute(beto, one.job), 400, "TRANSICION_INVALIDA")
    steps = ana.seen(f"/trabajos/{one.job}/timeline")
    assert [step["actor_rol"] for step in steps].count("ADMIN") == 1
    agreed(api)


def test_nobody_deciding_gives_the_money_back(timed: Api, carla: Person) -> None:
    dario = timed.professional()
    one = disputed(timed, carla, dario)
    good(timed.admin.post(f"/admin/disputas/{one.id}/tomar"))
    timed.clock(days=59, hours=23)
    assert carla.seen(f"/trabajos/{one.job}")["estado"] == "EN_DISPUTA"
    timed.clock(hours=2)
    job = timed.until(carla, {"id": one.job}, escrow_estado="REEMBOLSADO")
    assert (job["estado"], job["reembolso"]["monto"]) == ("CANCELADO", 900)
    told = carla.seen(f"/disputas/{one.id}")
    assert (told["estado"], told["decision"]) == ("RESUELTA", "REEMBOLSAR")
    assert (told["monto_reembolso"], told["monto_liberado"]) == (900, 0)
    steps = carla.seen(f"/trabajos/{one.job}/timeline")
    assert [step["actor_rol"] for step in steps[-2:]] == ["RELOJ", "MERCADOPAGO"]
    agreed(timed)


# -- who sees which ----------------------------------------------------------------------------


def test_disputes_are_listed_by_state(api: Api, beto: Person) -> None:
    who = api.client()
    opened, taken, ended = (disputed(api, who, beto).id for _ in range(3))
    good(api.admin.post(f"/admin/disputas/{taken}/tomar"))
    good(resolve(api.admin, ended, "LIBERAR"))
    for state, id in (("ABIERTA", opened), ("EN_REVISION", taken), ("RESUELTA", ended)):
        assert [row["id"] for row in who.seen("/disputas", estado=state)] == [id]
        assert id in [row["id"] for row in beto.seen("/disputas", estado=state, limit=100)]
        for path in ("/admin/disputas", "/disputas"):
            rows = api.admin.seen(path, estado=state, limit=100)
            assert id in [row["id"] for row in rows]
            assert {row["estado"] for row in rows} == {state}
    response = who.get("/disputas")
    assert response.headers["x-total-count"] == "3"
    assert [row["id"] for row in response.json()] == [ended, taken, opened]
    assert who.seen("/disputas", estado="RETIRADA") == []
    assert api.client().seen("/disputas") == []
    refused(who.get("/disputas", params={"estado": "OTRA"}), 422)
    refused(who.get("/admin/disputas"), 403, "ROL_NO_PERMITIDO")


@pytest.mark.parametrize(
    "wrong",
    [{"motivo": "SUSPENSION"}, {"motivo": "NADA"}, {"descripcion": "corta"}, {"motivo": None}],
)
def test_a_malformed_dispute_is_none(
    api: Api, ana: Person, beto: Person, wrong: dict[str, Any]
) -> None:
    job, _ = api.paid(ana, beto)
    quiet(api.server)
    body = {"motivo": "OTRO", "descripcion": WORDS} | wrong
    with unchanged(api.server):
        refused(ana.post(f"/trabajos/{job['id']}/disputar", body), 422)
