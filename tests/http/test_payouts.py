"""Money out: what may be asked for, the bank's file, what the bank did, debts and the treasury."""

import csv
import io
from typing import Any

import pytest

from tests.http.api import Api
from tests.http.books import books
from tests.http.incidents import does
from tests.http.person import Person, eventually, good, new_key, refused, together
from tests.http.stored import unchanged
from tests.http.wallet import CBU, OTHER_CBU, payouts_of, released, rich

EVIDENCE = {"comprobante": "acta-7", "motivo": "Así quedó"}


def ask(pro: Person, monto: Any) -> Any:
    return pro.post("/payments/withdrawals", {"monto": monto})


def money(pro: Person) -> tuple[float, float]:
    """(what he can take, what he owes)."""
    balance = pro.seen("/payments/balance")
    return balance["disponible"], balance["deuda"]


def confirm(api: Api, id: str, resultado: str) -> Any:
    body = {"resultado": resultado, "comprobante": "trx-9"}
    return api.admin.post(f"/admin/payouts/{id}/confirmar", body)


def exported(api: Api, pro: Person, monto: str) -> tuple[str, str]:
    """(payout, batch) of a payout that is in a bank's file."""
    id = good(ask(pro, monto))["id"]
    batch = good(api.admin.post("/admin/payouts/batches"))["id"]
    return id, batch


def test_what_is_asked_for_is_reserved(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    assert money(pro) == (850, 0)
    told = good(ask(pro, "600.50"))
    assert (told["monto"], told["estado"]) == (600.5, "PENDIENTE")
    assert told["destino"].endswith(CBU[-4:]) and CBU not in told["destino"]
    assert money(pro) == (249.5, 0)
    assert pro.seen("/payments/withdrawals") == [told]
    with unchanged(api.server):
        refused(ask(pro, "249.51"), 400, "SALDO_INSUFICIENTE")
        for wrong in (0, "0.00", "-1", "1.001", None, True, "1,5"):
            refused(ask(pro, wrong), 422)
    line = pro.seen("/payments/history", tipo="PAYOUT")[0]
    assert (line["monto"], line["estado"]) == (600.5, "PENDIENTE")


def test_a_balance_is_asked_for_once(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    answers = together(
        *[lambda: pro.post("/payments/withdrawals", {"monto": "500"}, key=new_key())] * 5
    )
    assert sorted(answer.status_code for answer in answers) == [202] + [400] * 4
    assert money(pro) == (350, 0)


def test_without_an_account_there_is_nowhere_to_send_it(api: Api, ana: Person) -> None:
    pro = rich(api, ana)
    refused(ask(pro, "10"), 400, "CUENTA_DE_COBRO_FALTANTE")
    poor = api.professional()
    good(poor.put("/professional/me", {"payout_account": CBU}))
    refused(ask(poor, "0.01"), 400, "SALDO_INSUFICIENTE")
    refused(ask(api.applicant(), "10"), 403, "KYC_PENDIENTE")


def test_the_banks_file_is_the_same_every_time(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    id, batch = exported(api, pro, "600.50")
    first, second = (api.admin.get(f"/admin/payouts/batches/{batch}") for _ in range(2))
    assert first.content == second.content
    assert first.headers["content-type"].startswith("text/csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(first.text))}
    row = rows[id]
    assert (row["destino"], row["monto"], row["moneda"]) == (CBU, "600.50", "ARS")
    assert payouts_of(api, pro)[0]["estado"] == "EXPORTADO"
    assert pro.seen("/payments/withdrawals")[0]["estado"] == "PROCESANDO"
    other = rich(api, ana, OTHER_CBU)
    good(ask(other, "1"))
    good(api.admin.post("/admin/payouts/batches"))
    assert api.admin.get(f"/admin/payouts/batches/{batch}").content == first.content
    refused(api.admin.post("/admin/payouts/batches"), 400, "SIN_RETIROS")


def test_what_the_bank_did_is_noted_with_evidence(api: Api, ana: Person) -> None:
    pro = rich(api, ana, CBU)
    waiting = good(ask(pro, "100"))["id"]
    refused(confirm(api, waiting, "enviado"), 400, "RETIRO_ESTADO_INVALIDO")
    good(api.admin.post("/admin/payouts/batches"))
    path = f"/admin/payouts/{waiting}/confirmar"
    with unchanged(api.server):
        for wrong in ({"resultado": "enviado"}, {"resultado": "otro", "comprobante": "x"}, {}):
            refused(api.admin.post(path, wrong), 422)
    sent = good(confirm(api, waiting, "enviado"))
    assert (sent["estado"], sent["comprobante"]) == ("ENVIADO", "trx-9")
    assert money(pro) == (750, 0)
    refused(confirm(api, waiting, "enviado"), 400, "RETIRO_ESTADO_INVALIDO")
    back = good(confirm(api, waiting, "fallido"))  # after it was sent
    assert back["estado"] == "DEVUELTO"
    assert money(pro) == (850, 0)
    refused(confirm(api, waiting, "fallido"), 400, "RETIRO_ESTADO_INVALIDO")
    failed, _ = exported(api, pro, "200")
    assert good(confirm(api, failed, "fallido"))["estado"] == "FALLIDO"
    assert money(pro) == (850, 0)
    states = [row["estado"] for row in pro.seen("/payments/withdrawals")]
    assert states == ["FALLIDA", "FALLIDA"]
    books(api)


def test_a_changed_account_waits_and_is_mailed(timed: Api, carla: Person) -> None:
    pro = rich(timed, carla, CBU)
    assert not [m for m in timed.letters(pro.email) if "cuenta de cobro" in m["asunto"].lower()]
    good(pro.put("/professional/me", {"payout_account": OTHER_CBU}))
    eventually(
        lambda: [n for n in pro.seen("/notifications/history") if "destination" in n["tipo"]]
    )
    id = good(ask(pro, "100"))["id"]
    assert payouts_of(timed, pro)[0]["destino"] == OTHER_CBU
    refused(timed.admin.post("/admin/payouts/batches"), 400, "SIN_RETIROS")
    timed.clock(hours=71)
    refused(timed.admin.post("/admin/payouts/batches"), 400, "SIN_RETIROS")
    timed.clock(hours=2)
    good(timed.admin.post("/admin/payouts/batches"))
    assert payouts_of(timed, pro)[0]["estado"] == "EXPORTADO"
    good(confirm(timed, id, "enviado"))


def test_a_chargeback_after_the_payout_is_a_debt(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    good(pro.put("/professional/me", {"payout_account": CBU}))
    _, payment = released(timed, carla, pro)
    id, _ = exported(timed, pro, "850")
    good(confirm(timed, id, "enviado"))
    does(timed, payment, "charge_back")
    does(timed, payment, "settle")
    assert money(pro) == (0, 850)
    debts = {row["profesional_id"]: row["deuda"] for row in timed.admin.seen("/admin/deudas")}
    assert debts[pro.id] == 850
    released_again(timed, carla, pro)
    assert money(pro) == (0, 425)  # half of it was repaid at once
    path = f"/admin/deudas/{pro.id}/castigar"
    with unchanged(timed.server):
        refused(timed.admin.post(path, {"motivo": "x"}), 422)
        refused(timed.admin.post(path, EVIDENCE | {"monto": "425.01"}), 400, "MONTO_EXCEDIDO")
    assert good(timed.admin.post(path, EVIDENCE | {"monto": "25"}))["deuda"] == 400
    assert good(timed.admin.post(path, EVIDENCE))["deuda"] == 0
    assert money(pro) == (0, 0)
    assert pro.id not in [row["profesional_id"] for row in timed.admin.seen("/admin/deudas")]
    refused(timed.admin.post(path, EVIDENCE), 400, "MONTO_EXCEDIDO")


def released_again(api: Api, client: Person, pro: Person) -> None:
    """Another job, whose 425.00 pay a part of what he owes."""
    _, payment = api.approved(client, pro, "500")
    does(api, payment, "release")


def test_the_treasury_is_noted_with_evidence(api: Api) -> None:
    """There and back, for the gateway hears of neither: the shared server's books stay its own."""
    for way, sign in (("a_banco", 1), ("a_mercadopago", -1)):
        before = float(books(api).get("bank", "0"))
        move = EVIDENCE | {"direccion": way, "monto": "12.50"}
        told = good(api.admin.post("/admin/tesoreria", move))
        assert (told["direccion"], told["monto"]) == (way, 12.5)
        assert float(books(api)["bank"]) - before == pytest.approx(sign * 12.5)
        with unchanged(api.server):
            for wrong in ({"monto": "0"}, {"direccion": "otra"}, {"comprobante": " "}):
                body = EVIDENCE | {"direccion": way, "monto": "1"} | wrong
                refused(api.admin.post("/admin/tesoreria", body), 422)
