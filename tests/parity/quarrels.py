"""What they do about a job beside the work itself: quarrels, words, services, regret, notices."""

from collections.abc import Callable
from typing import Any

from conectar.adapters.vocabulary.trades import TRADES
from conectar.application.accounts.verify_email import RequestVerification, VerifyEmail
from conectar.application.disputes.open_dispute import OpenDispute
from conectar.application.disputes.resolve_dispute import ResolveDispute
from conectar.application.disputes.say_in_dispute import SayInDispute
from conectar.application.disputes.show_evidence import ShowEvidence, Upload
from conectar.application.disputes.take_dispute import TakeDispute
from conectar.application.disputes.withdraw_dispute import WithdrawDispute
from conectar.application.house.confirm_proposal import ConfirmResolution
from conectar.application.message import Page
from conectar.application.notices.read_notices import ChangePreferences, ReadAllNotices, ReadNotice
from conectar.application.offers.hire_service import HireService
from conectar.application.offers.services import AddService, ChangeService, WithdrawService
from conectar.application.people.erase_me import EraseMe
from conectar.application.people.regret_job import CloseRegret, RegretJob
from conectar.application.queries.admin import ListRegrets
from conectar.application.queries.disputes import GetDispute, ListDisputeMessages, ListDisputes
from conectar.application.queries.export import ExportMe
from conectar.application.queries.files import OpenFile
from conectar.application.queries.jobs import ListJobs
from conectar.application.queries.notices import ListNotices
from conectar.application.queries.reviews import ListReviews
from conectar.application.queries.services import ListMyServices
from conectar.application.reviews.reply_review import ReplyReview
from conectar.application.reviews.write_review import WriteReview
from conectar.domain.jobs.dispute import DisputeReason, Ruling
from conectar.domain.kernel.ids import SessionId
from conectar.domain.kernel.money import Money
from tests.actors import PNG
from tests.parity.people import EMAILS, Cast, mails, run_due
from tests.parity.street import Refused, Street

ALL = Page(0, 100)
PDF = b"%PDF-1.7\n"


def found(street: Street, query: Any) -> list[Any]:
    """What a list shows, newest first; nothing for who may not see it."""
    answer = street.send(query)
    return [] if isinstance(answer, Refused) else list(answer.items)


def one(of: list[Any], number: int) -> list[Any]:
    """One of them, most often the newest; none of none."""
    return of[:1] if number % 3 else of[number % len(of) :][:1] if of else []


def jobs(street: Street) -> list[Any]:
    """Every job."""
    query = ListJobs(status=None, page=ALL, actor=street.first.admin, as_professional_only=False)
    return found(street, query)


def disputes(street: Street) -> list[Any]:
    """Every dispute."""
    return found(street, ListDisputes(status=None, page=ALL, actor=street.first.admin))


# -- disputes ----------------------------------------------------------------------------------


def quarrel(street: Street, cast: Cast, who: int, number: int) -> None:
    """A dispute is opened, by a party most often."""
    for job in one(jobs(street), number):
        parties = [a for a in cast if a.user_id in (job.client_id, job.professional_id)]
        by = cast.anybody(who) if number % 5 == 0 else parties[who % len(parties)]
        cause = list(DisputeReason)[number % len(DisputeReason)]
        street.send(OpenDispute(job_id=job.id, cause=cause, description="No anda", actor=by))


def argue(street: Street, cast: Cast, who: int, number: int) -> None:
    """Words, and files that may be of no use."""
    by = cast.anybody(who) if number % 4 else street.first.admin
    for dispute in one(disputes(street), number):
        street.send(SayInDispute(dispute_id=dispute.id, text=f"Nº {number}", actor=by))
        contents = [[PNG], [PDF, PNG], [b"nada"], []][number % 4]
        files = tuple(Upload(f"f{n}", content) for n, content in enumerate(contents))
        street.send(ShowEvidence(dispute_id=dispute.id, files=files, actor=by))
        shown = street.send(GetDispute(dispute_id=dispute.id, actor=by))
        for file in () if isinstance(shown, Refused) else shown.evidence_files[:2]:
            street.send(OpenFile(token=file.url.rsplit("/", 1)[1]))
        street.send(ListDisputeMessages(dispute_id=dispute.id, page=Page(1, 2), actor=by))


def take(street: Street, cast: Cast, who: int, number: int) -> None:
    """An administrator looks, or somebody would like to."""
    by = street.first.admin if number % 4 else cast.anybody(who)
    for dispute in one(disputes(street), number):
        street.send(TakeDispute(dispute_id=dispute.id, actor=by))


def let_be(street: Street, cast: Cast, who: int, number: int) -> None:
    """Who opened it gives in; or somebody else tries."""
    for dispute in one(disputes(street), number):
        openers = [a for a in (*cast, street.first.admin) if a.user_id == dispute.opened_by]
        by = openers[0] if number % 3 and openers else cast.anybody(who)
        street.send(WithdrawDispute(dispute_id=dispute.id, actor=by))


def rule(street: Street, cast: Cast, who: int, number: int) -> None:
    """One of the three ways, with a part that is sometimes none; and a second opinion."""
    ruling = list(Ruling)[number // 3 % len(Ruling)]
    percent = (1, 33, 50, 99)[number % 4] if ruling is Ruling.SPLIT else None
    percent = percent if number % 7 else 100
    by = street.first.admin if number % 6 else cast.anybody(who)
    for dispute in one(disputes(street), number):
        street.send(
            ResolveDispute(
                dispute_id=dispute.id,
                ruling=ruling,
                client_percent=percent,
                explanation="visto",
                actor=by,
            )
        )
        street.send(ConfirmResolution(dispute_id=dispute.id, actor=street.first.admin))
        if number % 2:
            street.send(ConfirmResolution(dispute_id=dispute.id, actor=cast.second))


# -- words and services ------------------------------------------------------------------------


def review(street: Street, cast: Cast, who: int, number: int) -> None:
    """Stars, and a reply."""
    for job in one(jobs(street), number):
        clients = [a for a in cast if a.user_id == job.client_id]
        by = clients[0] if number % 4 and clients else cast.anybody(who)
        street.send(WriteReview(job_id=job.id, rating=number % 7, text="Bien", actor=by))
    listed = ListReviews(professional_id=cast.beto.user_id, page=ALL)  # type: ignore[arg-type]
    for shown in one(found(street, listed), number):
        by = cast.beto if number % 2 else cast.anybody(who)
        street.send(ReplyReview(review_id=shown.id, text="Gracias", actor=by))


def keep_services(street: Street, cast: Cast, who: int, number: int) -> None:
    """A professional's list, and who hires from it."""
    by = cast.beto if number % 4 else cast.anybody(who)
    trade = TRADES[number % 3].id if number % 5 else cast.ana.user_id
    price = Money((99_99, 100_00, 5_000_00)[number % 3])
    add = AddService(name="Destapar", description=None, price=price, trade_id=trade, actor=by)  # type: ignore[arg-type]
    street.send(add)
    for service in one(found(street, ListMyServices(page=ALL, actor=cast.beto)), number):
        street.send(
            ChangeService(
                service_id=service.id,
                name=None,
                description=f"Nº {number}",
                price=price,
                trade_id=None,
                actor=by,
            )
        )
        street.send(HireService(service_id=service.id, actor=cast.ana if who % 3 else by))
        if number % 3 == 0:
            street.send(WithdrawService(service_id=service.id, actor=by))


# -- leaving -----------------------------------------------------------------------------------


def regret(street: Street, cast: Cast, who: int, number: int) -> None:
    """The button, pressed by anybody; and an administrator who answers."""
    email = f"{list(EMAILS)[who % 4]}@conectar.test" if number % 4 else "Nadie@conectar.test"
    for job in one(jobs(street), number):
        reason = None if number % 3 == 0 else "lo pensé mejor"
        street.send(RegretJob(email=email, job_id=job.id, reason=reason))
    street.send(RegretJob(email=email, job_id=None, reason=None))
    run_due(street)
    listed = ListRegrets(outcome=None, page=ALL, actor=street.first.admin)
    for case in one(found(street, listed), number):
        by = street.first.admin if number % 5 else cast.anybody(who)
        street.send(CloseRegret(code=case.code, explanation="visto", actor=by))


def leave(street: Street, cast: Cast, who: int, number: int) -> None:
    """Everything the house knows of him, and sometimes goodbye."""
    by = (cast.eva, cast.fabi, cast.eva, cast.beto)[who % 4]
    street.send(ExportMe(session_id=SessionId(by.user_id), actor=by))  # type: ignore[arg-type]
    if number % 4 == 0:
        street.send(EraseMe(actor=by))
        run_due(street)


# -- notices -----------------------------------------------------------------------------------


def read_notices(street: Street, cast: Cast, who: int, number: int) -> None:
    """Some are read, and some ways turned off."""
    by = cast.anybody(who)
    run_due(street)
    read = [None, True, False][number % 3]
    shown = street.send(ListNotices(read=read, event=None, page=Page(number % 2, 3), actor=by))
    for notice in shown.page.items[:2]:
        same_event = ListNotices(read=None, event=notice.event, page=ALL, actor=by)
        street.send(same_event)
        street.send(ReadNotice(notice_id=notice.id, actor=by if number % 4 else street.first.admin))
    if number % 5 == 0:
        street.send(ReadAllNotices(actor=by))
    street.send(ChangePreferences(changes={"email_jobs": bool(number % 2)}, actor=by))


def verify(street: Street, cast: Cast, who: int, number: int) -> None:
    """The address is proved with the newest mail, or with nonsense."""
    by = cast.anybody(who)
    street.send(RequestVerification(actor=by))
    run_due(street)
    sent = mails(street, f"{list(EMAILS)[who % 4]}@conectar.test", "verificar?token=")
    for token in (sent[-1] if sent and number % 4 else "nada",) * 2:
        street.send(VerifyEmail(token=token))


def mailer_refuses(street: Street, cast: Cast, who: int, number: int) -> None:
    """The next mails can't be taken."""
    for home in street.homes:
        home.mailer.refuses = number % 12 + 1  # type: ignore[attr-defined]
    street.send(RequestVerification(actor=cast.anybody(who)))
    run_due(street)


DOINGS: list[Callable[[Street, Cast, int, int], None]] = [
    quarrel,
    quarrel,
    argue,
    take,
    let_be,
    rule,
    rule,
    review,
    keep_services,
    regret,
    leave,
    read_notices,
    verify,
    mailer_refuses,
]
