"""Refusals in words: the stable code of each, and what the person reads.

`{fact}` places come from the refusal's facts. The codes in capitals are what clients hold on to.
"""

from typing import NamedTuple


class Sentence(NamedTuple):
    """The wire code, and the sentence in Spanish and English."""

    code: str
    es: str
    en: str


def _s(code: str, es: str, en: str) -> Sentence:
    return Sentence(code, es, en)


REFUSALS = {
    "NotFound": _s(
        "NO_ENCONTRADO", "No existe o no es tuyo.", "It does not exist or is not yours."
    ),
    "WrongSide": _s(
        "LADO_EQUIVOCADO",
        "Eso le corresponde a la otra parte.",
        "That belongs to the other party.",
    ),
    "WrongRole": _s(
        "ROL_NO_PERMITIDO", "Tu cuenta no tiene ese permiso.", "Your account may not do that."
    ),
    "OutOfRange": _s("FUERA_DE_RANGO", "Un valor está fuera de rango.", "A value is out of range."),
    "MalformedAmount": _s("MONTO_INVALIDO", "El monto no es válido.", "The amount is not valid."),
    "CurrencyMismatch": _s("MONEDA_DISTINTA", "Las monedas no coinciden.", "Currencies differ."),
    "InvalidTransition": _s(
        "TRANSICION_INVALIDA",
        "El trabajo no está en un estado que lo permita.",
        "The job is not in a state that allows it.",
    ),
    "CoolingOffOver": _s(
        "TRANSICION_INVALIDA",
        "Ya no se puede cancelar: pasaron los días para arrepentirse o el trabajo se terminó.",
        "It can't be cancelled any more: the days to regret are over or the work was done.",
    ),
    "NoChangesLeft": _s(
        "TRANSICION_INVALIDA",
        "Ya pediste cambios todas las veces posibles.",
        "You asked for changes as often as possible.",
    ),
    "NoDisputeLeft": _s(
        "TRANSICION_INVALIDA",
        "Ya abriste una disputa por este trabajo.",
        "You have disputed this job before.",
    ),
    "StillSuspended": _s(
        "TRANSICION_INVALIDA",
        "La disputa se abrió por una suspensión que sigue vigente.",
        "The dispute was opened by a suspension that still stands.",
    ),
    "RefundInFlight": _s(
        "TRANSICION_INVALIDA",
        "Hay un reembolso en camino que todavía no tiene respuesta.",
        "A refund on its way has no answer yet.",
    ),
    "PaymentFrozen": _s(
        "PAGO_CONGELADO",
        "MercadoPago tiene el pago congelado; hasta que termine no se puede mover.",
        "MercadoPago froze the payment; it can't be moved until that ends.",
    ),
    "AmountTooSmall": _s(
        "MONTO_MINIMO", "El monto mínimo es ${minimum}.", "The smallest amount is ${minimum}."
    ),
    "OfferNotPending": _s(
        "OFERTA_NO_PENDIENTE", "La oferta ya fue respondida.", "The offer was answered already."
    ),
    "OfferOverdue": _s("OFERTA_VENCIDA", "La oferta venció.", "The offer has expired."),
    "OfferChanged": _s(
        "OFERTA_CAMBIADA",
        "La oferta cambió; ahora está en la versión {version}.",
        "The offer changed; it is at version {version} now.",
    ),
    "NotAvailable": _s(
        "NO_DISPONIBLE",
        "Esas personas no pueden hacer un trato ahora.",
        "Those people can't make a deal now.",
    ),
    "KycPending": _s(
        "KYC_PENDIENTE",
        "Tu identidad todavía no fue aprobada.",
        "Your identity has not been approved yet.",
    ),
    "NotPayable": _s(
        "NO_SE_PUEDE_PAGAR",
        "El trabajo ya está pago o está cerrado.",
        "The job is paid or closed.",
    ),
    "Overdrawn": _s("SALDO_INSUFICIENTE", "El saldo no alcanza.", "The balance is too small."),
    "Unbalanced": _s("ASIENTO_INVALIDO", "El asiento no cuadra.", "The posting does not balance."),
    "AlreadyPosted": _s(
        "ASIENTO_REPETIDO", "Ese hecho ya fue asentado.", "That fact was posted already."
    ),
    "RefundNotResolvable": _s(
        "INTENTO_NO_RESOLUBLE",
        "Ese reembolso no espera una decisión.",
        "That refund does not wait for a decision.",
    ),
    "RefundOutstanding": _s(
        "REEMBOLSO_EN_CURSO",
        "Ya hay un reembolso en curso de ese pago.",
        "A refund of that payment is under way.",
    ),
    "AmountTooLarge": _s(
        "MONTO_EXCEDIDO", "Como mucho se puede ${left}.", "At most ${left} is possible."
    ),
    "TooOldToRefund": _s(
        "REEMBOLSO_FUERA_DE_PLAZO",
        "MercadoPago no devuelve pagos de más de 180 días.",
        "MercadoPago refunds no payment older than 180 days.",
    ),
    "AmountNotPositive": _s(
        "MONTO_INVALIDO", "El monto debe ser mayor que cero.", "The amount must be above zero."
    ),
    "NoDestination": _s(
        "CUENTA_DE_COBRO_FALTANTE",
        "Cargá primero el CBU, CVU o alias donde cobrar.",
        "Set the CBU, CVU or alias to be paid to first.",
    ),
    "InvalidPayoutStep": _s(
        "RETIRO_ESTADO_INVALIDO",
        "El retiro no está en un estado que lo permita.",
        "The payout is not in a state that allows it.",
    ),
    "NothingToExport": _s(
        "SIN_RETIROS", "No hay retiros listos para enviar.", "No payout is ready to be sent."
    ),
    "NotParked": _s(
        "SIN_INCIDENTE", "Ese pago no espera una decisión.", "That payment waits for no decision."
    ),
    "LossTooSmall": _s(
        "PERDIDA_INCOMPLETA",
        "MercadoPago muestra ${loss} menos y ${recovery} más: hay que asentar al menos eso.",
        "MercadoPago shows ${loss} less and ${recovery} more: at least that has to be booked.",
    ),
    "MoneyInCare": _s(
        "DINERO_EN_CUSTODIA",
        "El trabajo no terminó: por ahora la pérdida es ${loss} y el recupero ${recovery}.",
        "The job is not over: for now the loss is ${loss} and the recovery ${recovery}.",
    ),
    "SameAdministrator": _s(
        "OTRO_ADMINISTRADOR",
        "Tiene que confirmarlo otra persona de la administración.",
        "Another administrator has to confirm it.",
    ),
    "ProposalSpent": _s(
        "PROPUESTA_NO_VIGENTE",
        "La propuesta ya se confirmó o fue reemplazada.",
        "The proposal was confirmed or replaced.",
    ),
    "AlreadyReviewed": _s(
        "RESENA_EXISTENTE", "Ese trabajo ya tiene una reseña.", "That job was reviewed already."
    ),
    "AlreadyReplied": _s(
        "RESPUESTA_EXISTENTE",
        "Esa reseña ya tiene una respuesta.",
        "That review was replied to already.",
    ),
    "NotBannable": _s(
        "NO_SE_PUEDE_SUSPENDER",
        "Esa cuenta no se puede suspender.",
        "That account can't be suspended.",
    ),
    "NotBanned": _s(
        "NO_SUSPENDIDA", "Esa cuenta no está suspendida.", "That account is not suspended."
    ),
    "BalanceOutstanding": _s(
        "SALDO_PENDIENTE",
        "Todavía hay dinero, una deuda o una disputa sin cerrar.",
        "There is still money, a debt or a dispute open.",
    ),
    "CaseClosed": _s("CASO_CERRADO", "Ese caso ya está cerrado.", "That case is closed."),
    "NotEvidence": _s(
        "ARCHIVO_NO_ADMITIDO",
        "El archivo debe ser JPEG, PNG, WebP o PDF.",
        "The file must be JPEG, PNG, WebP or PDF.",
    ),
    "EvidenceNeeded": _s(
        "COMPROBANTE_REQUERIDO", "Hace falta un comprobante.", "Evidence is needed."
    ),
    "NotAnImage": _s(
        "ARCHIVO_NO_ADMITIDO",
        "El archivo debe ser JPEG, PNG o WebP.",
        "The file must be JPEG, PNG or WebP.",
    ),
    "FileTooLarge": _s(
        "ARCHIVO_DEMASIADO_GRANDE",
        "El archivo supera los {megabytes} MiB.",
        "The file is larger than {megabytes} MiB.",
    ),
    "InvalidKycStep": _s(
        "KYC_ESTADO_INVALIDO",
        "La verificación no está en un estado que lo permita.",
        "The verification is not in a state that allows it.",
    ),
    "MalformedDni": _s("DNI_INVALIDO", "El DNI no es válido.", "The DNI is not valid."),
    "MalformedCuit": _s("CUIT_INVALIDO", "El CUIT no es válido.", "The CUIT is not valid."),
    "CuitOfAnother": _s(
        "CUIT_DE_OTRA_PERSONA",
        "El CUIT no corresponde a ese DNI.",
        "The CUIT does not belong to that DNI.",
    ),
    "DocumentsMissing": _s(
        "DOCUMENTOS_INCOMPLETOS",
        "Hacen falta el frente y el dorso del DNI y una selfie.",
        "Both sides of the DNI and a selfie are needed.",
    ),
    "EmailTaken": _s(
        "EMAIL_EN_USO", "Ya hay una cuenta con ese correo.", "There is an account with that e-mail."
    ),
    "MalformedEmail": _s("EMAIL_INVALIDO", "El correo no es válido.", "The e-mail is not valid."),
    "WeakPassword": _s(
        "CONTRASENA_DEBIL",
        "La contraseña debe tener de 8 a 128 caracteres, una letra y un número, y no ser común.",
        "The password needs 8-128 characters with a letter and a digit, and may not be common.",
    ),
    "BadCredentials": _s(
        "CREDENCIALES_INVALIDAS",
        "El correo o la contraseña no son correctos.",
        "The e-mail or the password is wrong.",
    ),
    "WrongPassword": _s(
        "CONTRASENA_INCORRECTA",
        "La contraseña actual no es correcta.",
        "The current password is wrong.",
    ),
    "Unauthenticated": _s("NO_AUTENTICADO", "Iniciá sesión de nuevo.", "Sign in again."),
    "AccountSuspended": _s(
        "CUENTA_SUSPENDIDA",
        "Tu cuenta está suspendida. Contactá a soporte.",
        "Your account is suspended. Contact support.",
    ),
    "SpentToken": _s(
        "TOKEN_INVALIDO", "El código venció o ya se usó.", "The code is expired or used."
    ),
    "UnknownTrade": _s("OFICIO_DESCONOCIDO", "No existe ese oficio.", "There is no such trade."),
    "MalformedPayoutAccount": _s(
        "CUENTA_DE_COBRO_INVALIDA",
        "El CBU, CVU o alias no es válido.",
        "The CBU, CVU or alias is not valid.",
    ),
    "Unavailable": _s(
        "SERVICIO_NO_DISPONIBLE",
        "Algo que necesitamos no responde. Probá de nuevo en un momento.",
        "Something we need does not answer. Try again in a moment.",
    ),
    "GatewaySilent": _s(
        "MERCADOPAGO_NO_RESPONDE",
        "MercadoPago no responde. Probá de nuevo en un momento.",
        "MercadoPago does not answer. Try again in a moment.",
    ),
    "GatewayRefused": _s(
        "MERCADOPAGO_RECHAZO", "MercadoPago rechazó la operación.", "MercadoPago refused it."
    ),
    "KeyReused": _s(
        "IDEMPOTENCIA_INCONSISTENTE",
        "Esa Idempotency-Key ya se usó para otro pedido.",
        "That Idempotency-Key was used for another request.",
    ),
    "KeyInProgress": _s(
        "IDEMPOTENCIA_EN_CURSO",
        "El primer pedido con esa Idempotency-Key todavía está en curso.",
        "The first request with that Idempotency-Key is still in progress.",
    ),
    "Contended": _s(
        "CONFLICTO", "Hubo demasiados pedidos a la vez. Probá de nuevo.", "Too busy. Try again."
    ),
}
"""By the name of the refusal's class."""

WIRE = {
    "malformed": _s("DATOS_INVALIDOS", "Los datos no son válidos.", "The data is not valid."),
    "not_found": _s("RUTA_NO_ENCONTRADA", "Esa ruta no existe.", "There is no such route."),
    "method": _s("METODO_NO_PERMITIDO", "Ese método no se admite.", "That method is not allowed."),
    "version": _s(
        "VERSION_NO_SOPORTADA",
        "Esa versión de la API no existe.",
        "There is no such version of the API.",
    ),
    "too_large": _s("CUERPO_DEMASIADO_GRANDE", "El cuerpo es demasiado grande.", "Body too large."),
    "media_type": _s(
        "TIPO_NO_ADMITIDO", "Ese tipo de contenido no se admite.", "Unsupported content type."
    ),
    "signature": _s("FIRMA_INVALIDA", "La firma no es válida.", "The signature is not valid."),
    "limited": _s("DEMASIADOS_PEDIDOS", "Demasiados pedidos.", "Too many requests."),
    "internal": _s(
        "ERROR_INTERNO", "Ocurrió un error inesperado.", "An unexpected error occurred."
    ),
}
"""What only the wire can refuse."""

MALFORMED_FIELD = _s("DATOS_INVALIDOS", "No tiene la forma que debe.", "It is not well formed.")
FIELD_OF = {
    "MalformedEmail": "email",
    "WeakPassword": "password",
    "MalformedAmount": "monto",
    "MalformedDni": "dni",
    "MalformedCuit": "cuit",
    "CuitOfAnother": "cuit",
    "MalformedPayoutAccount": "payout_account",
    "EvidenceNeeded": "comprobante",
    "AmountNotPositive": "monto",
    "KeyReused": "Idempotency-Key",
}
"""Which field a refusal of shape speaks of."""

NOTES = {
    "email_verified": "Tu correo quedó verificado.",
    "verification_sent": "Si hace falta, te enviamos otro correo.",
    "notices_read": "Marcamos todo como leído.",
    "redriven": "Se vuelve a intentar.",
    "reset_requested": "Si hay una cuenta con ese correo, le enviamos un mensaje.",
    "password_changed": "La contraseña se cambió.",
}
