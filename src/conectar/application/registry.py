"""Everything Conectar can do: each message with the class that handles it.

The rooms are listed; in each, a message `X` is handled by the `XHandler` of the same file.
"""

from types import ModuleType
from typing import Any

from conectar.application.accounts import (
    change_password,
    create_admin,
    end_session,
    log_in,
    refresh_session,
    register,
    reset_password,
    update_me,
    verify_email,
)
from conectar.application.disputes import (
    open_dispute,
    resolve_dispute,
    say_in_dispute,
    show_evidence,
    take_dispute,
    withdraw_dispute,
)
from conectar.application.house import (
    ban_user,
    confirm_proposal,
    redrive_event,
)
from conectar.application.jobs import (
    approve_job,
    cancel_job,
    complete_job,
    lapse_job,
    request_changes,
)
from conectar.application.levels import (
    award_points,
)
from conectar.application.message import Message
from conectar.application.notices import (
    mail_notice,
    notify,
    read_notices,
)
from conectar.application.offers import (
    accept_offer,
    counter_offer,
    create_offer,
    edit_offer,
    expire_offer,
    hire_service,
    reject_offer,
    services,
    withdraw_offer,
)
from conectar.application.payments import (
    apply_fact,
    ask_payout,
    check_payment,
    close_incident,
    make_payout_batch,
    move_treasury,
    open_checkout,
    receive_notice,
    refund_payment,
    resolve_refund,
    run_refund,
    settle_payout,
    write_off_debt,
)
from conectar.application.people import (
    choose_trades,
    erase_me,
    regret_job,
    review_kyc,
    seed_trades,
    submit_kyc,
    update_professional,
)
from conectar.application.queries import (
    admin,
    disputes,
    export,
    files,
    gauges,
    incidents,
    jobs,
    levels,
    money,
    notices,
    offers,
    payouts,
    people,
    professionals,
    reviews,
    search,
)
from conectar.application.queries import (
    services as services_queries,
)
from conectar.application.queries import (
    versions as versions_queries,
)
from conectar.application.reactions import (
    relay,
)
from conectar.application.reviews import (
    reply_review,
    write_review,
)
from conectar.application.sweeps import (
    clean_up,
    remind,
    sweep,
    take_turn,
)

ROOMS: tuple[ModuleType, ...] = (
    change_password,
    create_admin,
    end_session,
    log_in,
    refresh_session,
    register,
    reset_password,
    update_me,
    verify_email,
    open_dispute,
    resolve_dispute,
    say_in_dispute,
    show_evidence,
    take_dispute,
    withdraw_dispute,
    ban_user,
    confirm_proposal,
    redrive_event,
    approve_job,
    cancel_job,
    complete_job,
    lapse_job,
    request_changes,
    award_points,
    mail_notice,
    notify,
    read_notices,
    accept_offer,
    counter_offer,
    create_offer,
    edit_offer,
    expire_offer,
    hire_service,
    reject_offer,
    services,
    withdraw_offer,
    apply_fact,
    ask_payout,
    check_payment,
    close_incident,
    make_payout_batch,
    move_treasury,
    open_checkout,
    receive_notice,
    refund_payment,
    resolve_refund,
    run_refund,
    settle_payout,
    write_off_debt,
    choose_trades,
    erase_me,
    regret_job,
    review_kyc,
    seed_trades,
    submit_kyc,
    update_professional,
    admin,
    disputes,
    export,
    files,
    gauges,
    incidents,
    jobs,
    levels,
    money,
    notices,
    offers,
    payouts,
    people,
    professionals,
    reviews,
    search,
    services_queries,
    versions_queries,
    relay,
    reply_review,
    write_review,
    clean_up,
    remind,
    sweep,
    take_turn,
)


def _messages(room: ModuleType) -> list[type[Message[Any]]]:
    """The messages a file defines, in its order."""
    return [
        found
        for found in vars(room).values()
        if isinstance(found, type)
        and issubclass(found, Message)
        and found.__module__ == room.__name__
    ]


HANDLERS: dict[type[Message[Any]], type[Any]] = {
    message: getattr(room, f"{message.__name__}Handler")
    for room in ROOMS
    for message in _messages(room)
}
