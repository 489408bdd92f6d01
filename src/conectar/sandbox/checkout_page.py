"""The page behind ``init_point``: plain HTML, nothing from elsewhere, every text escaped."""

from __future__ import annotations

from html import escape
from urllib.parse import urlencode

from conectar.sandbox.amounts import as_text
from conectar.sandbox.documents import load
from conectar.sandbox.records import Payment, Preference

# Only what the page itself carries, so that a title can never run or load anything.
SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'"
    ),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;background:#eef3f8;color:#1c2733;margin:0}
main{max-width:26rem;margin:4rem auto;background:#fff;border-radius:12px;padding:2rem;
box-shadow:0 2px 12px #0002}
.monto{font-size:2rem;font-weight:600;margin:.5rem 0 1.5rem}
button{display:block;width:100%;padding:.8rem;margin:.5rem 0;border:0;border-radius:8px;
font:inherit;cursor:pointer;color:#fff}
.si{background:#1f7a43}.no{background:#a3302c}.tal-vez{background:#8a5a00}
.aviso{background:#fff4d6;border-radius:8px;padding:.6rem .8rem}
small{color:#5a6775}
"""
_RESULTS = {
    "approved": "Pago aprobado",
    "rejected": "Pago rechazado",
    "pending": "Pago pendiente",
}
_RETURNS = {"approved": "success", "rejected": "failure", "pending": "pending"}


def checkout_page(preference: Preference, closed_because: str | None) -> str:
    """The page to approve, reject or leave pending."""
    notice = ""
    if closed_because is not None:
        notice = (
            f'<p class="aviso">{escape(closed_because)}<br><label><input type="checkbox" '
            'name="forzar" value="true"> Pagar igual, como un cupón pagado tarde</label></p>'
        )
    return _page(
        "Pagar",
        f"<h1>{escape(preference.title)}</h1>"
        f'<p class="monto">{escape(preference.currency)} {_spanish(preference.amount)}</p>'
        f'<form method="post">{notice}'
        '<button class="si" name="resultado" value="approved">Aprobar el pago</button>'
        '<button class="no" name="resultado" value="rejected">Rechazar el pago</button>'
        '<button class="tal-vez" name="resultado" value="pending">Dejarlo pendiente</button>'
        "</form><small>Simulador de MercadoPago: no se mueve dinero real.</small>",
    )


def result_page(preference: Preference, payment: Payment) -> str:
    """What the buyer sees after, with the way back that the preference names."""
    return _page(
        _RESULTS[payment.status],
        f"<h1>{_RESULTS[payment.status]}</h1><p>{escape(payment.title)}</p>"
        f'<p class="monto">{escape(payment.currency)} {_spanish(payment.amount)}</p>'
        f"<p>Número de pago: {payment.id}</p>{_way_back(preference, payment)}",
    )


def refusal_page(detail: str) -> str:
    """What went wrong, for a browser."""
    return _page("No se pudo pagar", f"<h1>No se pudo pagar</h1><p>{escape(detail)}</p>")


def _way_back(preference: Preference, payment: Payment) -> str:
    back_urls = load(preference.document).get("back_urls") or {}
    address = back_urls.get(_RETURNS[payment.status])
    if not address:
        return ""
    query = urlencode(
        {
            "collection_id": payment.id,
            "collection_status": payment.status,
            "payment_id": payment.id,
            "status": payment.status,
            "external_reference": payment.external_reference or "",
            "preference_id": preference.id,
        }
    )
    link = f"{address}{'&' if '?' in address else '?'}{query}"
    return f'<p><a href="{escape(link)}">Volver al sitio</a></p>'


def _spanish(cents: int) -> str:
    """1.234.567,89"""
    whole, _, fraction = as_text(cents).partition(".")
    return f"{int(whole):,}".replace(",", ".") + f",{fraction}"


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="es"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main>{body}</main></body></html>"
    )
