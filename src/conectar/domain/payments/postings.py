"""The catalogue of moves: what each one posts, one function a move.

An arrow in a docstring says where the amount comes from and where it goes to.
"""

from conectar.domain.kernel.ids import JobId, UserId
from conectar.domain.kernel.money import Money, least
from conectar.domain.payments.commission import Shares
from conectar.domain.payments.ledger import (
    BANK,
    CHARGEBACK_LOSS,
    COMMISSION,
    GATEWAY_FEE,
    REFUND_LOSS,
    SUSPENSE,
    TAX_WITHHELD,
    Leg,
    Legs,
    escrow,
    gateway,
    owed,
    payable,
    payable_unreleased,
    payout_pending,
    post,
    receivable,
    refund_pending,
)
from conectar.domain.payments.payment import Given

NOTHING = Given(Money.ZERO, Money.ZERO)


def funded(job: JobId, price: Money) -> Legs:
    """gateway_unreleased -> escrow, the price."""
    return post(((gateway(False), price),), ((escrow(job), price),))


def charges(fee: Money, taxes: Money, released: bool) -> Legs:
    """gateway_fee, tax_withheld <- gateway, as reported; negative amounts are given back."""
    return post(((GATEWAY_FEE, fee), (TAX_WITHHELD, taxes)), ((gateway(released), fee + taxes),))


def job_released(job: JobId, professional: UserId, shares: Shares, released: bool) -> Legs:
    """escrow -> what the professional is owed + commission."""
    price = shares.net + shares.commission
    owes = (owed(professional, released), shares.net)
    return post(((escrow(job), price),), (owes, (COMMISSION, shares.commission)))


def payment_released(remaining: Money) -> Legs:
    """gateway_unreleased becomes gateway_available: what is left of one payment."""
    return post(((gateway(True), remaining),), ((gateway(False), remaining),))


def earnings_released(professional: UserId, net: Money) -> Legs:
    """payable_unreleased -> payable, one job's part."""
    return post(((payable_unreleased(professional), net),), ((payable(professional), net),))


def _made_good(given: Given) -> tuple[Leg, ...]:
    """What the gateway had given the client by itself was the house's loss until now."""
    return (REFUND_LOSS, given.refunded), (CHARGEBACK_LOSS, given.taken)


def refund_decided(job: JobId, amount: Money, given: Given = NOTHING) -> Legs:
    """escrow -> refund_pending; what the gateway had `given` is made good."""
    legs = ((refund_pending(job), amount), *_made_good(given))
    return post(((escrow(job), amount + given.total),), legs)


def made_good(job: JobId, given: Given) -> Legs:
    """refund_pending -> the losses: what the gateway gave the client while it was on its way."""
    return post(((refund_pending(job), given.total),), _made_good(given))


def refund_confirmed(job: JobId, amount: Money, released: bool) -> Legs:
    """refund_pending -> gateway."""
    return post(((refund_pending(job), amount),), ((gateway(released), amount),))


def refund_by_bank(job: JobId, amount: Money) -> Legs:
    """refund_pending -> bank."""
    return post(((refund_pending(job), amount),), ((BANK, amount),))


def split(
    job: JobId,
    professional: UserId,
    to_client: Money,
    given: Given,
    rest: Shares,
    released: bool,
) -> Legs:
    """The client's part -> refund_pending, less what the gateway had `given` him by itself, which
    is made good; the rest released with commission on the rest."""
    price = to_client + given.total + rest.net + rest.commission
    return post(
        ((escrow(job), price),),
        (
            (refund_pending(job), to_client),
            *_made_good(given),
            (owed(professional, released), rest.net),
            (COMMISSION, rest.commission),
        ),
    )


def suspended(amount: Money) -> Legs:
    """gateway_unreleased -> suspense: money of ours that may not fund."""
    return post(((gateway(False), amount),), ((SUSPENSE, amount),))


def suspense_refund_decided(job: JobId, amount: Money) -> Legs:
    """suspense -> refund_pending."""
    return post(((SUSPENSE, amount),), ((refund_pending(job), amount),))


def taken_outside(job: JobId, held: Money, refunding: Money, given: Given, released: bool) -> Legs:
    """escrow or refund_pending -> gateway: an outside refund, or a chargeback lost while held; what
    the gateway had `given` before is made good."""
    debit = ((escrow(job), held), (refund_pending(job), refunding))
    taken = held + refunding - given.total
    return post(debit, ((gateway(released), taken), *_made_good(given)))


def charged_back(
    job: JobId,
    professional: UserId,
    shares: Shares,
    unreleased: Money,
    available: Money,
    unsent_refund: Money,
    released: bool,
) -> Legs:
    """A chargeback after release, borne by the professional.

    `unreleased` is this job's part still in payable_unreleased and goes first, then `available`
    (his payable) up to this job's net; what is missing he owes. The commission is given back, and
    what was on its way back to the client but not sent goes too.
    """
    first = least(unreleased, shares.net)
    second = least(available, shares.net - first)
    debit = (
        (payable_unreleased(professional), first),
        (payable(professional), second),
        (receivable(professional), shares.net - first - second),
        (COMMISSION, shares.commission),
        (refund_pending(job), unsent_refund),
    )
    taken = shares.net + shares.commission + unsent_refund
    return post(debit, ((gateway(released), taken),))


def charged_back_on_platform(
    job: JobId, amount: Money, unsent_refund: Money, released: bool
) -> Legs:
    """chargeback_loss -> gateway: the house bears it; an unsent refund goes too."""
    debit = ((CHARGEBACK_LOSS, amount), (refund_pending(job), unsent_refund))
    return post(debit, ((gateway(released), amount + unsent_refund),))


def reimbursed(
    job: JobId,
    professional: UserId,
    shares: Shares,
    owes: Money,
    unsent_refund: Money,
    released: bool,
) -> Legs:
    """gateway -> receivable down to its balance, the rest to payable; commission again; and what
    was on its way to the client is on its way again."""
    repaid = least(owes, shares.net)
    credit = (
        (receivable(professional), repaid),
        (payable(professional), shares.net - repaid),
        (COMMISSION, shares.commission),
        (refund_pending(job), unsent_refund),
    )
    back = shares.net + shares.commission + unsent_refund
    return post(((gateway(released), back),), credit)


def reimbursed_to_platform(job: JobId, amount: Money, unsent_refund: Money, released: bool) -> Legs:
    """gateway -> chargeback_loss."""
    credit = ((CHARGEBACK_LOSS, amount), (refund_pending(job), unsent_refund))
    return post(((gateway(released), amount + unsent_refund),), credit)


def lost(refunded: Money, taken: Money, released: bool) -> Legs:
    """refund_loss, chargeback_loss -> gateway: what it refunded without us, and what else a person
    says it took."""
    losses = ((REFUND_LOSS, refunded), (CHARGEBACK_LOSS, taken))
    return post(losses, ((gateway(released), refunded + taken),))


def recovered(unrefunded: Money, given_back: Money, released: bool) -> Legs:
    """gateway -> refund_loss, chargeback_loss: what it shows as refunded no more, and what else a
    person says it gave back."""
    gains = ((REFUND_LOSS, unrefunded), (CHARGEBACK_LOSS, given_back))
    return post(((gateway(released), unrefunded + given_back),), gains)


def refunded_after_release(
    job: JobId,
    professional: UserId,
    amount: Money,
    commission: Money,
    unreleased: Money,
    available: Money,
    net: Money,
) -> Legs:
    """payable_unreleased, then payable, at most this job's net; the commission in proportion; the
    rest is the house's loss -> refund_pending."""
    from_pro = amount - commission
    first = least(least(unreleased, net), from_pro)
    second = least(least(available, net - first), from_pro - first)
    debit = (
        (payable_unreleased(professional), first),
        (payable(professional), second),
        (COMMISSION, commission),
        (REFUND_LOSS, from_pro - first - second),
    )
    return post(debit, ((refund_pending(job), amount),))


def payout_asked(professional: UserId, amount: Money) -> Legs:
    """payable -> payout_pending."""
    return post(((payable(professional), amount),), ((payout_pending(professional), amount),))


def payout_confirmed(professional: UserId, amount: Money, by_bank: bool) -> Legs:
    """payout_pending -> gateway_available or bank."""
    source = BANK if by_bank else gateway(True)
    return post(((payout_pending(professional), amount),), ((source, amount),))


def payout_failed(professional: UserId, amount: Money) -> Legs:
    """payout_pending -> payable."""
    return post(((payout_pending(professional), amount),), ((payable(professional), amount),))


def payout_returned(professional: UserId, amount: Money, by_bank: bool) -> Legs:
    """bank or gateway_available -> payable: it failed after success, the debt stands again."""
    source = BANK if by_bank else gateway(True)
    return post(((source, amount),), ((payable(professional), amount),))


def debt_repaid(professional: UserId, amount: Money) -> Legs:
    """payable -> receivable."""
    return post(((payable(professional), amount),), ((receivable(professional), amount),))


def debt_written_off(professional: UserId, amount: Money) -> Legs:
    """chargeback_loss -> receivable."""
    return post(((CHARGEBACK_LOSS, amount),), ((receivable(professional), amount),))


def treasury(amount: Money, to_bank: bool) -> Legs:
    """gateway_available <-> bank."""
    source, target = (gateway(True), BANK) if to_bank else (BANK, gateway(True))
    return post(((target, amount),), ((source, amount),))
