"""The API's JSON: the objects as MercadoPago's SDK for Node types them, with the fields that an
integration reads."""

from __future__ import annotations

from typing import Any

from conectar.sandbox.amounts import as_number
from conectar.sandbox.clock import as_mercadopago
from conectar.sandbox.documents import load
from conectar.sandbox.records import Chargeback, Payment, Payout, Preference, Refund


def preference_view(preference: Preference, collector_id: int, public_url: str) -> dict[str, Any]:
    """A preference: what was sent, and what MercadoPago adds."""
    link = f"{public_url.rstrip('/')}/checkout/{preference.id}"
    defaults = {
        "additional_info": "",
        "auto_return": "",
        "back_urls": {},
        "expires": False,
        "expiration_date_from": None,
        "expiration_date_to": None,
        "marketplace": "NONE",
        "marketplace_fee": 0,
        "metadata": {},
        "notification_url": None,
        "payer": {},
        "payment_methods": {},
        "external_reference": "",
    }
    return {
        **defaults,
        **load(preference.document),
        "id": preference.id,
        "collector_id": collector_id,
        "client_id": str(collector_id),
        "operation_type": "regular_payment",
        "total_amount": as_number(preference.amount),
        "init_point": link,
        "sandbox_init_point": link,
        "date_created": as_mercadopago(preference.created_at),
        "last_updated": as_mercadopago(preference.updated_at),
    }


def payment_view(payment: Payment, refunds: list[Refund]) -> dict[str, Any]:
    """A payment; fee and tax appear once it is approved."""
    return {
        "id": payment.id,
        "date_created": as_mercadopago(payment.created_at),
        "date_approved": as_mercadopago(payment.approved_at),
        "date_last_updated": as_mercadopago(payment.updated_at),
        "date_of_expiration": None,
        "money_release_date": as_mercadopago(payment.release_at),
        "money_release_schema": None,
        "money_release_status": _release_status(payment),
        "operation_type": "regular_payment",
        "status": payment.status,
        "status_detail": payment.status_detail,
        "currency_id": payment.currency,
        "description": payment.title,
        "live_mode": True,
        "collector_id": payment.collector_id,
        "external_reference": payment.external_reference,
        "notification_url": payment.notification_url,
        "transaction_amount": as_number(payment.amount),
        "transaction_amount_refunded": as_number(payment.refunded),
        "coupon_amount": 0,
        "taxes_amount": 0,
        "installments": 1,
        "captured": True,
        "binary_mode": False,
        "payment_method_id": "debvisa",
        "payment_type_id": "debit_card",
        "transaction_details": _transaction_details(payment),
        "fee_details": _fee_details(payment),
        "charges_details": _charges_details(payment),
        "refunds": [refund_view(refund) for refund in refunds],
        "order": {"id": payment.preference_id, "type": "mercadopago"},
        "payer": {"id": "100000001", "email": "comprador@example.com", "type": "customer"},
        "metadata": {},
    }


def refund_view(refund: Refund) -> dict[str, Any]:
    """A refund, always approved here."""
    by_api = refund.origin == "api"
    return {
        "id": refund.id,
        "payment_id": refund.payment_id,
        "amount": as_number(refund.amount),
        "metadata": {},
        "source": {
            "id": "sandbox",
            "name": "Conectar" if by_api else "MercadoPago",
            "type": "collector" if refund.origin != "mediation" else "admin",
        },
        "date_created": as_mercadopago(refund.created_at),
        "unique_sequence_number": None,
        "refund_mode": "standard",
        "adjustment_amount": 0,
        "status": "approved",
        "reason": None,
        "amount_refunded_to_payer": as_number(refund.amount),
    }


def chargeback_view(chargeback: Chargeback) -> dict[str, Any]:
    """A chargeback; ``coverage_applied`` is null until it is decided."""
    decided = {"settled": False, "reimbursed": True}
    return {
        "id": chargeback.id,
        "payments": [chargeback.payment_id],
        "amount": as_number(chargeback.amount),
        "currency": chargeback.currency,
        "reason": "Fraude",
        "status": chargeback.status,
        "coverage_eligible": True,
        "coverage_applied": decided.get(chargeback.status),
        "documentation_required": True,
        "documentation_status": "pending",
        "date_created": as_mercadopago(chargeback.created_at),
        "date_last_updated": as_mercadopago(chargeback.updated_at),
        "live_mode": True,
    }


def payout_view(payout: Payout) -> dict[str, Any]:
    """A transaction intent."""
    amount = as_number(payout.amount)
    paid = amount if payout.status in ("approved", "refunded") else 0
    owner = {"identification": {"type": payout.owner_type, "number": payout.owner_number}}
    return {
        "id": payout.id,
        "status": payout.status,
        "status_detail": payout.status_detail,
        "external_reference": payout.external_reference,
        "point_of_interaction": {"type": "PSP_TRANSFER"},
        "date_created": as_mercadopago(payout.created_at),
        "last_updated_date": as_mercadopago(payout.updated_at),
        "transaction": {
            "from": {"accounts": [{"amount": amount}]},
            "to": {
                "accounts": [
                    {
                        "type": payout.account_type,
                        "number": payout.account_number,
                        "amount": amount,
                        "currency_id": payout.currency,
                        "owner": owner,
                    }
                ]
            },
            "paid_amount": paid,
            "refunded_amount": amount if payout.status == "refunded" else 0,
            "total_amount": amount,
        },
    }


def page_view(results: list[dict[str, Any]], offset: int, limit: int) -> dict[str, Any]:
    """A page of a search."""
    paging = {"total": len(results), "limit": limit, "offset": offset}
    return {"paging": paging, "results": results[offset : offset + limit]}


def _transaction_details(payment: Payment) -> dict[str, Any]:
    approved = payment.approved_at is not None
    net = payment.amount - payment.fee - payment.tax if approved else 0
    return {
        "net_received_amount": as_number(net),
        "total_paid_amount": as_number(payment.amount),
        "overpaid_amount": 0,
        "installment_amount": as_number(payment.amount),
        "external_resource_url": None,
    }


def _release_status(payment: Payment) -> str | None:
    if payment.release_at is None:
        return None
    return "released" if payment.released else "pending"


def _fee_details(payment: Payment) -> list[dict[str, Any]]:
    if payment.fee == 0:
        return []
    return [{"type": "mercadopago_fee", "amount": as_number(payment.fee), "fee_payer": "collector"}]


def _charges_details(payment: Payment) -> list[dict[str, Any]]:
    charges = (
        ("mercadopago_fee", "fee", payment.fee),
        ("tax_withholding_collector-debitos_creditos", "tax", payment.tax),
    )
    return [
        {
            "id": f"{payment.id}-{number:03d}",
            "name": name,
            "type": kind,
            "accounts": {"from": "collector", "to": "mp"},
            "amounts": {
                "original": as_number(cents),
                "refunded": as_number(cents) if payment.charges_returned else 0,
            },
            "date_created": as_mercadopago(payment.approved_at),
            "last_updated": as_mercadopago(payment.updated_at),
        }
        for number, (name, kind, cents) in enumerate(charges, start=1)
        if cents > 0
    ]
