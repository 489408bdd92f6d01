"""Who lives in all houses, what they do beside their jobs, and what they ask."""

from collections.abc import Callable
from typing import Any, NamedTuple

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.accounts.change_password import ChangePassword
from conectar.application.accounts.create_admin import CreateAdmin
from conectar.application.accounts.end_session import EndSession
from conectar.application.accounts.log_in import LogIn
from conectar.application.accounts.refresh_session import RefreshSession
from conectar.application.accounts.register import Register
from conectar.application.accounts.reset_password import RequestPasswordReset, ResetPassword
from conectar.application.accounts.update_me import UpdateMe
from conectar.application.message import Page
from conectar.application.people.choose_trades import AddTrade, RemoveTrade
from conectar.application.people.review_kyc import ApproveKyc, RejectKyc
from conectar.application.people.seed_trades import SeedTrades
from conectar.application.people.submit_kyc import SubmitKyc
from conectar.application.people.update_professional import UpdateProfessional
from conectar.application.queries.files import OpenFile
from conectar.application.queries.people import Authenticate, FindUser, ListSessions
from conectar.application.queries.professionals import (
    ListKycPending,
)
from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.ids import SessionId
from conectar.domain.kernel.money import Money
from conectar.domain.people.kyc import DocumentKind
from conectar.domain.people.professional import Point
from tests.actors import OBELISCO, PASSWORD, PNG
from tests.backends import House
from tests.parity.street import Refused, Street


class Cast(NamedTuple):
    """Two clients, an approved professional, one on his first day, and a second administrator."""

    ana: Actor
    eva: Actor
    beto: Actor
    fabi: Actor
    second: Actor

    def anybody(self, pick: int) -> Actor:
        """One of the four."""
        return self[pick % len(EMAILS)]


EMAILS = {"ana": Role.CLIENT, "eva": Role.CLIENT} | dict.fromkeys(
    ("beto", "fabi"), Role.PROFESSIONAL
)


def move_in(street: Street) -> Cast:
    """The same people in all houses."""
    made = [
        street.send(
            Register(
                email=f"{name}@conectar.test",
                password=PASSWORD,
                first_name=name,
                last_name="Ñandú",
                role=role,
            )
        )
        for name, role in EMAILS.items()
    ]
    made.append(street.send(CreateAdmin(email="otra@conectar.test", password=PASSWORD)))
    cast = Cast(*(Actor(user.role, user.id) for user in made))
    profile(street, cast, 2, 1)
    trades(street, cast, 2, 0)
    show_papers(street, cast, 2, 1)
    street.send(ApproveKyc(professional_id=made[2].id, actor=street.first.admin))
    return cast


# -- what they do ------------------------------------------------------------------------------


def profile(street: Street, cast: Cast, who: int, number: int) -> None:
    """Another profile."""
    nearby = Point(OBELISCO.latitude + number % 5 / 100, OBELISCO.longitude)
    street.send(
        UpdateProfessional(
            biography=None if number % 2 else f"Nº {number}",
            radius_km=number % 100 + 1,
            takes_instant=bool(number % 3),
            available=bool(number % 7),
            hourly_rate=Money(number % 1000 + 100),
            location=nearby,
            address=None,
            payout_account="alias.de.beto" if number % 2 else None,
            actor=cast.anybody(who),
        )
    )


def trades(street: Street, cast: Cast, who: int, number: int) -> None:
    """More trades, or fewer; the catalogue is seeded at each start."""
    trade, by = TRADES[number % 3], cast.anybody(who)
    street.send(SeedTrades(trades=TRADES))
    street.send(AddTrade(trade_id=trade.id, actor=by))
    if number % 2:
        street.send(RemoveTrade(trade_id=TRADES[number % 5].id, actor=by))


def show_papers(street: Street, cast: Cast, who: int, number: int) -> None:
    """A proof of identity, sometimes of somebody else; the house may say no."""
    by = cast.anybody(who)
    street.send(
        SubmitKyc(
            dni="12345678" if number % 4 else "1",
            cuit="20-12345678-6",
            files=dict.fromkeys(DocumentKind, PNG),
            actor=by,
        )
    )
    waiting = street.send(ListKycPending(page=Page(0, 3), actor=street.first.admin))
    for shown in waiting.items:
        token = shown.documents[0].url.rsplit("/", 1)[1]
        street.send(OpenFile(token=token))
    if number % 3 == 0:
        reject = RejectKyc(professional_id=by.user_id, reason="borroso", actor=street.first.admin)  # type: ignore[arg-type]
        street.send(reject)
    if number % 3 == 2:
        street.send(ApproveKyc(professional_id=by.user_id, actor=street.first.admin))  # type: ignore[arg-type]


def sign_in(street: Street, cast: Cast, who: int, number: int) -> None:
    """In, around and out again."""
    by = cast.anybody(who)
    email = f"{list(EMAILS)[who % 4]}@conectar.test"
    street.send(LogIn(email=email, password="otra", device="d"))
    pair = street.send(LogIn(email=email, password=PASSWORD, device=f"d{number}"))
    if isinstance(pair, Refused):
        return
    caller = street.send(Authenticate(access_token=pair.access_token))
    street.send(ListSessions(session_id=caller.session_id, actor=by))
    fresh = street.send(RefreshSession(refresh_token=pair.refresh_token))
    if number % 2:
        street.send(RefreshSession(refresh_token=pair.refresh_token))
    street.send(Authenticate(access_token=fresh.access_token))
    new = PASSWORD if number % 3 else "corta"
    street.send(
        ChangePassword(
            current_password=PASSWORD, new_password=new, session_id=caller.session_id, actor=by
        )
    )
    street.send(EndSession(session_id=caller.session_id, actor=by))
    street.send(EndSession(session_id=SessionId(by.user_id), actor=by))  # type: ignore[arg-type]


def forget(street: Street, cast: Cast, who: int, number: int) -> None:
    """A forgotten password."""
    email = f"{list(EMAILS)[who % 4]}@conectar.test"
    street.send(RequestPasswordReset(email=email if number % 4 else "nadie@conectar.test"))
    run_due(street)
    for token in mails(street, email, "restablecer?token=")[-1:] * 2:
        street.send(ResetPassword(token=token, new_password=PASSWORD))


def run_due(street: Street) -> None:
    """Everything that is due, in street."""
    street.each(lambda home: home.background.run_due())


def mails(street: Street, to: str, before: str) -> list[str]:
    """What follows these words in each mail to somebody that has them, oldest first."""

    async def sent(home: House) -> Any:
        return home.mailer.mails(to)

    texts = [mail.text for mail in street.each(sent)]
    return [text.split(before)[1].split()[0] for text in texts if before in text]


def rename(street: Street, cast: Cast, who: int, number: int) -> None:
    """Another name; and a third administrator, once."""
    by = cast.anybody(who)
    street.send(UpdateMe(first_name=f"N{number}", last_name=None, phone="11", actor=by))
    street.send(CreateAdmin(email="otro@conectar.test", password=PASSWORD))
    street.send(FindUser(user_id=by.user_id))  # type: ignore[arg-type]


DOINGS: list[Callable[[Street, Cast, int, int], None]] = [
    profile,
    trades,
    show_papers,
    sign_in,
    forget,
    rename,
]
