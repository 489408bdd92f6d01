"""What people are told of each event: a title and a text in Spanish.

Places in braces are filled with `facts_of`. `{motivo}` is a sentence of its own, or nothing.
"""

from typing import NamedTuple

from conectar.domain.jobs import events as jobs
from conectar.domain.kernel.events import Event
from conectar.domain.levels import points
from conectar.domain.offers import events as offers
from conectar.domain.payments import payment, payout, refund
from conectar.domain.people import kyc, regret, user
from conectar.domain.reviews import review


class Template(NamedTuple):
    """`letter` is what a mail says beside the text."""

    title: str
    text: str
    letter: str = ""


RECEIPT = """
Condiciones aceptadas, que no cambian:

  Trabajo: {descripcion}
  Cliente: {cliente}
  Profesional: {profesional}
  Precio: {monto}
  Comisión de Conectar: {tasa} % ({comision})
  Neto para el profesional: {neto}
  Fecha de aceptación: {fecha}
  Plazo para pagar: {vence}

El pago queda retenido hasta que se apruebe el trabajo. Si nadie hace nada a tiempo:

  - Sin pago en ese plazo, el trabajo se cancela sin costo. Un pago que MercadoPago informa como
    pendiente se espera hasta {plazo_pendiente} desde la aceptación.
  - El profesional tiene {plazo_trabajo} desde el pago para completar el trabajo. Si no lo hace, el
    trabajo se cancela y se devuelve al cliente todo lo que pagó.
  - El cliente tiene {plazo_aprobacion} desde que se marca como completado para aprobarlo,{cambios}
    o abrir una disputa. Si no responde, se aprueba solo y el dinero se libera al profesional.
  - Una disputa se decide dentro de {plazo_disputa}. Si nadie la decide, se devuelve al cliente todo
    lo que pagó.

Ningún plazo pasa de {plazo_maximo} desde el pago. Mientras MercadoPago tenga congelado el dinero,
los plazos no corren.

DERECHO DE REVOCACIÓN. El cliente puede revocar este contrato sin costo ni motivo dentro de los
{dias_revocacion} días corridos desde su celebración, mientras el servicio no se haya completado
(Código Civil y Comercial, arts. 1110 a 1116), con el botón de arrepentimiento ({arrepentimiento})
o por los medios de contacto de Conectar.
"""

TEMPLATES: dict[type[Event], Template] = {
    user.UserRegistered: Template(
        "Te damos la bienvenida a Conectar", "Tu cuenta ya está lista, {nombre}."
    ),
    user.UserBanned: Template(
        "Tu cuenta fue suspendida",
        "La administración suspendió tu cuenta.{motivo} Tus saldos se conservan.",
    ),
    user.UserUnbanned: Template("Tu cuenta está activa de nuevo", "Ya podés volver a usarla."),
    kyc.KycSubmitted: Template(
        "Recibimos tus documentos", "Te avisamos cuando alguien los haya revisado."
    ),
    kyc.KycApproved: Template(
        "Tu identidad fue aprobada", "Desde ahora aparecés en las búsquedas y podés ofertar."
    ),
    kyc.KycRejected: Template(
        "No pudimos aprobar tu identidad", "Podés enviar los documentos de nuevo.{motivo}"
    ),
    kyc.KycRevoked: Template(
        "Tu identidad dejó de estar aprobada", "Enviá los documentos otra vez.{motivo}"
    ),
    offers.OfferCreated: Template(
        "Tenés una oferta nueva", "{otro} te ofrece «{descripcion}» por {monto}."
    ),
    offers.OfferUpdated: Template(
        "Una oferta cambió", "{otro} cambió su oferta por «{descripcion}»: ahora es {monto}."
    ),
    offers.OfferCountered: Template(
        "Tenés una contraoferta", "{otro} propone {monto} por «{descripcion}»."
    ),
    offers.OfferAccepted: Template(
        "Aceptaron tu oferta", "{otro} aceptó «{descripcion}» por {monto}."
    ),
    offers.OfferRejected: Template(
        "Una oferta fue rechazada", "«{descripcion}» ya no sigue.{motivo}"
    ),
    offers.OfferWithdrawn: Template(
        "Retiraron una oferta", "{otro} retiró su oferta por «{descripcion}»."
    ),
    offers.OfferExpired: Template(
        "Una oferta venció", "Nadie respondió a tiempo la oferta por «{descripcion}»."
    ),
    offers.OfferReminder: Template(
        "Una oferta está por vencer", "La oferta de {otro} por «{descripcion}» vence el {vence}."
    ),
    jobs.JobCreated: Template(
        "Trabajo acordado: comprobante de aceptación",
        "«{descripcion}» quedó acordado por {monto}. El pago se espera hasta el {vence}.",
        RECEIPT,
    ),
    jobs.JobPaid: Template(
        "El trabajo está pago", "El dinero de «{descripcion}» quedó retenido: ya podés empezar."
    ),
    jobs.JobCompleted: Template(
        "El trabajo está terminado",
        "{otro} marcó «{descripcion}» como completado. {silencio}",
    ),
    jobs.ChangesRequested: Template(
        "Te piden cambios", "{otro} pide cambios en «{descripcion}».{motivo}"
    ),
    jobs.JobApproved: Template(
        "El trabajo fue aprobado", "«{descripcion}» está aprobado y el dinero se libera."
    ),
    jobs.JobCancelled: Template(
        "El trabajo se canceló", "«{descripcion}» se canceló.{motivo} Lo pagado se devuelve."
    ),
    jobs.JobReminder: Template(
        "Se acerca un vencimiento", "«{descripcion}» vence el {vence}: {consecuencia}."
    ),
    jobs.DisputeOpened: Template(
        "Se abrió una disputa",
        "El trabajo «{descripcion}» está en disputa y el dinero espera una decisión.{motivo}",
    ),
    jobs.DisputeTaken: Template(
        "Tu disputa está en revisión", "La administración revisa la disputa de «{descripcion}»."
    ),
    jobs.DisputeWithdrawn: Template(
        "La disputa se retiró", "«{descripcion}» sigue donde estaba, con plazo al {vence}.{aviso}"
    ),
    jobs.DisputeResolved: Template(
        "La disputa se resolvió", "«{descripcion}»: {decision}.{motivo}"
    ),
    jobs.EscrowFrozen: Template(
        "MercadoPago congeló un pago",
        "El dinero de «{descripcion}» no se puede mover hasta que MercadoPago decida.",
    ),
    jobs.EscrowUnfrozen: Template(
        "MercadoPago liberó un pago", "El dinero de «{descripcion}» está como antes."
    ),
    jobs.EscrowReleased: Template(
        "Se liberó tu dinero", "Por «{descripcion}» te corresponden {neto_liberado}."
    ),
    jobs.RefundProcessed: Template(
        "{reembolso_de} reembolso está hecho", "{devolvio} el pago de «{descripcion}».{fin}"
    ),
    refund.RefundArrived: Template(
        "Tu reembolso está hecho",
        "Te devolvimos {reembolso} de lo que pagaste por «{descripcion}».",
    ),
    refund.EarningsTaken: Template(
        "Se devolvió un pago al cliente",
        "La administración devolvió al cliente dinero de «{descripcion}»: {tomado} salieron de lo "
        "que te correspondía.",
    ),
    jobs.PaymentChargedBack: Template(
        "Un pago tuvo un contracargo",
        "El banco del cliente recuperó el pago de «{descripcion}».{fin}",
    ),
    payment.PaymentConfirmed: Template(
        "Recibimos tu pago", "Pagaste «{descripcion}». El dinero queda retenido hasta el final."
    ),
    payment.PaymentFailed: Template(
        "Tu pago no salió", "El pago de «{descripcion}» fue rechazado. Podés probar otra vez."
    ),
    payout.PayoutRequested: Template(
        "Pediste un retiro", "Reservamos {retiro} para enviarlos a tu cuenta."
    ),
    payout.PayoutCompleted: Template("Tu retiro fue enviado", "Enviamos {retiro} a tu cuenta."),
    payout.PayoutFailed: Template(
        "Tu retiro no llegó", "{retiro} volvieron a tu saldo. Revisá tu cuenta de cobro."
    ),
    payout.PayoutRecalled: Template(
        "Tu retiro no se envió", "{retiro} volvieron a tu saldo y pagan lo que debés."
    ),
    payout.DestinationChanged: Template(
        "Cambió tu cuenta de cobro",
        "La cuenta nueva se puede usar desde el {usable}. Si no fuiste vos, avisanos ya.",
    ),
    review.ReviewCreated: Template(
        "Tenés una reseña nueva", "{otro} te puso {estrellas} de 5 por «{descripcion}»."
    ),
    points.PointsEarned: Template("Ganaste puntos", "Sumaste {puntos} puntos: ya tenés {total}."),
    points.LevelUp: Template(
        "Subiste de nivel", "Ahora sos {nivel}: pagás menos comisión por lo que aceptes desde hoy."
    ),
    regret.RegretReceived: Template(
        "Arrepentimiento recibido",
        "Se pidió revocar «{descripcion}». Código de gestión: {codigo}. {desenlace}",
    ),
}
