"""What may be sent, a body at a time."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta

from conectar.adapters.inbound.http.fields import (
    ABSENT,
    Amount,
    BankResult,
    Body,
    Cause,
    Decision,
    Description,
    Email,
    Name,
    OpenRole,
    Order,
    Outcome,
    Password,
    Phone,
    Short,
    Token,
    Way,
    Words,
)
from conectar.adapters.vocabulary.codes import code
from conectar.adapters.vocabulary.fields import spanish
from conectar.application.ports.search import SearchOrder
from conectar.domain.jobs.dispute import Ruling
from conectar.domain.people.professional import TRAVEL_KM_MAX

Days = Annotated[int, Meta(ge=1, le=60)]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]


class Nothing(Body):
    """No fields."""


# -- accounts


class RegisterIn(Body):
    email: Email
    password: Password
    first_name: Name
    last_name: Name
    role: OpenRole
    phone: Phone | None = None


class LogInIn(Body):
    username: Email
    password: Password


class RefreshIn(Body):
    refresh_token: Token


class ForgotPasswordIn(Body):
    email: Email


class ResetPasswordIn(Body):
    token: Token
    new_password: Password


class VerifyEmailIn(Body):
    token: Token


class UpdateMeIn(Body):
    first_name: Name | None = None
    last_name: Name | None = None
    phone: Phone | None = None


class ChangePasswordIn(Body):
    current_password: Password
    new_password: Password


# -- professionals


class ProfessionalIn(Body):
    biography: Words | None = None
    radius_km: Annotated[int, Meta(ge=1, le=TRAVEL_KM_MAX)] | None = None
    takes_instant: bool | None = None
    available: bool | None = None
    hourly_rate: Amount = ABSENT
    latitude: Latitude | None = None
    longitude: Longitude | None = None
    address: Short | None = None
    payout_account: Short | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("field `latitude`")


class TradeIn(Body):
    trade_id: UUID


class SearchIn(Body):
    latitude: Latitude
    longitude: Longitude
    search_radius_km: Annotated[float, Meta(ge=1, le=500)] = 10.0
    trade: Short | None = None
    rating_min: Annotated[float, Meta(ge=0, le=5)] | None = None
    price_min: Amount = ABSENT
    price_max: Amount = ABSENT
    available: bool | None = None
    beyond_reach: bool = False
    order: Order = code(SearchOrder.DISTANCE)
    skip: Annotated[int, Meta(ge=0, le=10_000)] = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 20


# -- offers and jobs


class OfferToProfessionalIn(Body):
    professional_id: UUID
    description: Description
    amount: Amount
    valid_days: Days | None = None


class OfferToClientIn(Body):
    client_id: UUID
    description: Description
    amount: Amount
    valid_days: Days | None = None


class EditOfferIn(Body):
    amount: Amount = ABSENT
    description: Description | None = None
    valid_days: Days | None = None


class CounterOfferIn(Body):
    amount: Amount
    description: Description | None = None


class AcceptOfferIn(Body):
    version: Annotated[int, Meta(ge=1)] | None = None


class ReasonIn(Body):
    reason: Words | None = None


class WhyIn(Body):
    reason: Words


class NotesIn(Body):
    notes: Words | None = None


# -- money


class PreferenceIn(Body):
    job_id: UUID


class ResolutionIn(Body):
    resolution: Outcome
    reason: Words
    evidence: Short | None = None


class RefundPaymentIn(Body):
    reason: Words
    amount: Amount = ABSENT


class WithdrawalIn(Body):
    amount: Amount


class BankResultIn(Body):
    bank_result: BankResult
    evidence: Short


class TreasuryIn(Body):
    direction: Way
    amount: Amount
    evidence: Short
    reason: Words


class WriteOffIn(Body):
    evidence: Short
    reason: Words
    amount: Amount = ABSENT


class CloseIncidentIn(Body):
    evidence: Short
    reason: Words
    loss: Amount = ABSENT
    recovery: Amount = ABSENT


# -- disputes, reviews, services


class DisputeIn(Body):
    cause: Cause
    description: Description


class SayIn(Body):
    said: Words


class ResolveDisputeIn(Body):
    ruling: Decision
    explanation: Words
    client_percent: Annotated[int, Meta(ge=1, le=99)] | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.client_percent is not None) != (self.ruling == code(Ruling.SPLIT)):
            raise ValueError(f"field `{spanish('client_percent')}`")


class ReviewIn(Body):
    job_id: UUID
    rating: Annotated[int, Meta(ge=1, le=5)]
    text: Words


class ReplyIn(Body):
    text: Words


class ServiceIn(Body):
    name: Name
    fixed_price: Amount
    trade_id: UUID
    description: Description | None = None


class ChangeServiceIn(Body):
    name: Name | None = None
    fixed_price: Amount = ABSENT
    trade_id: UUID | None = None
    description: Description | None = None


# -- the person and the house


class PreferencesIn(Body):
    email_offers: bool | None = None
    email_jobs: bool | None = None
    email_payments: bool | None = None
    email_messages: bool | None = None
    push_offers: bool | None = None
    push_jobs: bool | None = None
    push_payments: bool | None = None
    push_messages: bool | None = None


class RegretIn(Body):
    email: Email
    job_id: Short
    reason: Words | None = None


class CloseRegretIn(Body):
    explanation: Words
