"""What the figures are called on `/metrics`: a name, and a sentence for whoever looks at it."""

from typing import NamedTuple


class Named(NamedTuple):
    """A figure's name and what it says."""

    name: str
    told: str


REQUESTS = Named("http_requests_total", "Requests answered, by the template of their path.")
DURATIONS = Named("http_request_duration_seconds", "How long a request took, in seconds.")
LABELS = ("method", "endpoint", "status")
STORE_UP = Named("conectar_store_up", "Whether the figures of the house could be read.")
GAUGES = {
    "active_users": Named(
        "active_users", "People with a live session that was used in the last 15 minutes."
    ),
    "jobs_in_progress": Named("trabajos_en_curso", "Jobs in EN_CURSO."),
    "oldest_delivery_seconds": Named(
        "conectar_oldest_delivery_seconds", "Age of the oldest event that waits for a reaction."
    ),
    "dead_deliveries": Named(
        "conectar_dead_deliveries", "Reactions that were given up and wait for a person."
    ),
    "unknown_refunds": Named(
        "conectar_unknown_refunds", "Refunds of which nobody knows whether they happened."
    ),
    "oldest_unknown_refund_seconds": Named(
        "conectar_oldest_unknown_refund_seconds", "Age of the oldest of those."
    ),
    "manual_refunds": Named("conectar_manual_refunds", "Refunds that wait for a person."),
    "flagged_payments": Named("conectar_flagged_payments", "Payments that wait for a person."),
    "suspense_cents": Named(
        "conectar_suspense_centavos", "Money of payments that fund nothing, in centavos."
    ),
    "ledger_cents": Named(
        "conectar_ledger_sum_centavos", "The sum of every entry: anything but 0 is wrong."
    ),
}
"""By the field of `Gauges`."""
