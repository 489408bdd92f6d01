"""An administrator gives money back: held, released, and never more than there is."""

from decimal import Decimal
from typing import Any

from tests.http.api import Api
from tests.http.books import agreed, at_oracle, books
from tests.http.person import Person, eventually, good, refused
from tests.http.quarrel import disputed
from tests.http.stored import quiet, unchanged
from tests.http.wallet import CBU, released, rich


def give_back(api: Api, payment: str, **more: Any) -> Any:
    return api.admin.post(f"/admin/payments/{payment}/refund", {"motivo": "Lo pidió"} | more)


def arrived(api: Api, payment: str, amount: str) -> None:
    eventually(lambda: at_oracle(api, payment)["reembolsado"] == amount)
    agreed(api)


def test_held_money_goes_back_whole(api: Api, ana: Person, beto: Person) -> None:
    job, payment = api.paid(ana, beto, "900")
    told = good(give_back(api, payment))
    assert (told["monto"], told["origen"]) == (900, "ESCROW")
    api.until(ana, job, estado="CANCELADO", escrow_estado="REEMBOLSADO")
    arrived(api, payment, "900.00")
    refused(give_back(api, payment), 400)


def test_a_part_of_held_money_divides_it(api: Api, ana: Person) -> None:
    pro = api.professional()
    job, payment = api.done(ana, pro, "1000")
    good(give_back(api, payment, monto="200.01"))
    api.until(ana, job, estado="APROBADO", escrow_estado="DIVIDIDO")
    arrived(api, payment, "200.01")
    assert pro.seen("/payments/balance")["pendiente"] == 679.99  # 85 % of 799.99


def test_a_disputed_payment_is_resolved_by_it(api: Api, ana: Person, beto: Person) -> None:
    one = disputed(api, ana, beto)
    good(give_back(api, one.payment))
    told = ana.seen(f"/disputas/{one.id}")
    assert (told["estado"], told["decision"]) == ("RESUELTA", "REEMBOLSAR")
    api.until(ana, {"id": one.job}, estado="CANCELADO", escrow_estado="REEMBOLSADO")


def test_released_money_comes_from_who_got_it(timed: Api, carla: Person) -> None:
    pro = timed.professional()
    _, payment = released(timed, carla, pro)
    before = Decimal(books(timed)["commission"])
    told = good(give_back(timed, payment, monto="100"))
    assert told["origen"] == "LIBERADO"
    assert pro.seen("/payments/balance")["disponible"] == 765  # 85 of the 100 were his
    assert abs(Decimal(books(timed)["commission"]) - before) == 15
    arrived(timed, payment, "100.00")
    good(give_back(timed, payment))
    assert pro.seen("/payments/balance")["disponible"] == 0
    arrived(timed, payment, "1000.00")
    refused(give_back(timed, payment), 400)


def test_what_he_no_longer_has_is_the_houses_loss(timed: Api, carla: Person) -> None:
    pro = rich(timed, carla, CBU)
    payment = timed.admin.seen("/payments/history", tipo="LIBERACION")[0]["mercadopago_payment_id"]
    good(pro.post("/payments/withdrawals", {"monto": "850"}))
    before = Decimal(books(timed).get("refund_loss", "0"))
    good(give_back(timed, payment))
    assert abs(Decimal(books(timed)["refund_loss"]) - before) == 850
    assert pro.seen("/payments/balance")["deuda"] == 0


def test_what_cannot_be_given_back(timed: Api, carla: Person, dario: Person) -> None:
    _, payment = timed.paid(carla, dario, "900")
    path, admin = f"/admin/payments/{payment}/refund", timed.admin
    quiet(timed.server)
    with unchanged(timed.server):
        refused(give_back(timed, payment, monto="900.01"), 400, "MONTO_EXCEDIDO")
        refused(give_back(timed, payment, monto="0"), 400, "MONTO_EXCEDIDO")
        for wrong in ({}, {"motivo": " "}, {"motivo": "x", "monto": "1.001"}):
            refused(admin.post(path, wrong), 422)
        refused(carla.post(path, {"motivo": "x"}), 403, "ROL_NO_PERMITIDO")
        for unknown in ("1", "x", "9" * 21):
            refused(give_back(timed, unknown), 404)
    _, old = timed.approved(carla, dario, "900")
    timed.clock(days=181)
    refused(give_back(timed, old), 400, "REEMBOLSO_FUERA_DE_PLAZO")
