"""Proof of identity: its table, and the check digits of the Argentine registries."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.actor import Role
from conectar.domain.kernel.errors import DomainError, Kind, WrongSide
from conectar.domain.people.kyc import (
    CuitOfAnother,
    InvalidKycStep,
    KycStatus,
    KycTrigger,
    MalformedCuit,
    MalformedDni,
    cuit,
    dni,
    matching,
    next_status,
)
from conectar.domain.people.professional import MalformedPayoutAccount, payout_account

S, T = KycStatus, KycTrigger
# trigger: who, from where, where to
TABLE = {
    T.SUBMIT: (Role.PROFESSIONAL, {S.PENDING, S.REJECTED}, S.IN_REVIEW),
    T.APPROVE: (Role.ADMIN, {S.IN_REVIEW}, S.APPROVED),
    T.REJECT: (Role.ADMIN, {S.IN_REVIEW}, S.REJECTED),
    T.REVOKE: (Role.ADMIN, {S.APPROVED}, S.REJECTED),
}


def test_every_step_by_everybody_from_everywhere() -> None:
    for status, trigger, role in product(KycStatus, KycTrigger, Role):
        by, before, after = TABLE[trigger]
        wanted: object = after
        if role is not by:
            wanted = WrongSide
        elif status not in before:
            wanted = InvalidKycStep
        try:
            outcome: object = next_status(status, trigger, role)
        except DomainError as refusal:
            outcome = type(refusal)
        assert outcome is wanted, (status, trigger, role)


def test_a_rejected_proof_may_be_sent_again() -> None:
    status = next_status(S.PENDING, T.SUBMIT, Role.PROFESSIONAL)
    status = next_status(status, T.REJECT, Role.ADMIN)
    assert next_status(status, T.SUBMIT, Role.PROFESSIONAL) is S.IN_REVIEW


# -- DNI and CUIT ------------------------------------------------------------------------------


@given(st.text(alphabet="0123456789.- x\u0661", max_size=12))
def test_a_dni_has_seven_or_eight_digits(text: str) -> None:
    digits = "".join(c for c in text.strip() if c != ".")
    if len(digits) in (7, 8) and set(digits) <= set("0123456789"):
        assert dni(text) == digits
    else:
        with pytest.raises(MalformedDni):
            dni(text)


def cuit_check(first_ten: str) -> int:
    """Horner's way round: the weights are 2 to 7 and again from the right."""
    total = sum((2 + i % 6) * int(digit) for i, digit in enumerate(reversed(first_ten)))
    return {0: 0, 1: 9}.get(total % 11, 11 - total % 11)


PREFIXES = ["20", "23", "24", "27"]
TEN = st.tuples(st.sampled_from(PREFIXES), st.from_regex(r"[0-9]{8}", fullmatch=True)).map("".join)


@given(TEN)
def test_exactly_one_check_digit_is_right(first_ten: str) -> None:
    right = cuit_check(first_ten)
    for digit in range(10):
        whole = f"{first_ten}{digit}"
        if digit == right:
            assert cuit(whole) == whole
            assert cuit(f" {whole[:2]}-{whole[2:10]}-{whole[10]} ") == whole
        else:
            with pytest.raises(MalformedCuit):
                cuit(whole)


@given(TEN, st.integers(0, 9), st.integers(1, 9))
def test_one_wrong_digit_is_found(first_ten: str, place: int, shift: int) -> None:
    """Modulo 11 finds every single slip; only the two doubled endings (10 as 9) may hide one."""
    right = cuit_check(first_ten)
    slipped = str((int(first_ten[place]) + shift) % 10)
    other = first_ten[:place] + slipped + first_ten[place + 1 :]
    if other[:2] in PREFIXES and cuit_check(other) != right:
        with pytest.raises(MalformedCuit):
            cuit(f"{other}{right}")
    elif other[:2] in PREFIXES:
        assert right == 9


@pytest.mark.parametrize("text", ["20-12345678-6", "27-12345678-0", "20-05536168-2"])
def test_numbers_checked_by_hand(text: str) -> None:
    assert cuit(text) == text.replace("-", "")


@pytest.mark.parametrize(
    "text", ["", "2012345678", "201234567866", "30-71234567-1", "20-1234567a-6", "20 12345678 6"]
)
def test_what_is_no_persons_cuit(text: str) -> None:
    with pytest.raises(MalformedCuit):
        cuit(text)


@pytest.mark.parametrize("prefix", [f"{n:02}" for n in range(100)])
def test_only_prefixes_of_persons(prefix: str) -> None:
    ten = f"{prefix}12345678"
    whole = f"{ten}{cuit_check(ten)}"
    if prefix in PREFIXES:
        assert cuit(whole) == whole
    else:
        with pytest.raises(MalformedCuit):
            cuit(whole)


@given(st.integers(1_000_000, 99_999_999), st.integers(1_000_000, 99_999_999))
def test_the_cuit_must_be_of_the_same_person(mine: int, other: int) -> None:
    whole = f"20{mine:08}{cuit_check(f'20{mine:08}')}"
    matching(str(mine), whole)
    if other != mine:
        with pytest.raises(CuitOfAnother):
            matching(str(other), whole)


def test_kinds_of_refusals() -> None:
    assert InvalidKycStep.kind is Kind.REFUSED
    for error in (MalformedDni, MalformedCuit, CuitOfAnother, MalformedPayoutAccount):
        assert error.kind is Kind.MALFORMED


# -- CBU, CVU and alias ------------------------------------------------------------------------


def block(digits: str) -> str:
    """A block of a CBU with its check digit: weights 3, 1, 7, 9 again and again from the right."""
    total = sum((3, 1, 7, 9)[i % 4] * int(digit) for i, digit in enumerate(reversed(digits)))
    return f"{digits}{-total % 10}"


BANK, NUMBER = (
    st.from_regex(r"[0-9]{7}", fullmatch=True),
    st.from_regex(r"[0-9]{13}", fullmatch=True),
)


@given(BANK, NUMBER)
def test_a_cbu_needs_both_its_check_digits(bank: str, number: str) -> None:
    right = block(bank) + block(number)
    assert len(right) == 22
    assert payout_account(f" {right} ") == right
    for place in (7, 21):
        for digit in set("0123456789") - {right[place]}:
            with pytest.raises(MalformedPayoutAccount):
                payout_account(right[:place] + digit + right[place + 1 :])


@pytest.mark.parametrize("text", ["2850590940090418135201", "0000003100000000000017"])
def test_accounts_checked_by_hand(text: str) -> None:
    assert payout_account(text) == text


@given(BANK, NUMBER, st.integers(0, 21), st.integers(1, 9))
def test_one_wrong_digit_of_a_cbu_is_found(bank: str, number: str, place: int, by: int) -> None:
    right = block(bank) + block(number)
    wrong = right[:place] + str((int(right[place]) + by) % 10) + right[place + 1 :]
    with pytest.raises(MalformedPayoutAccount):
        payout_account(wrong)


@given(st.text(alphabet="abcXYZ019.-_ ñ\u0661", max_size=24))
def test_an_alias_has_six_to_twenty_letters_digits_dots_and_hyphens(text: str) -> None:
    alias = text.strip()
    letters = set("abcXYZ019")
    plain = set(alias) <= letters | set(".-") and set(alias) & letters
    digits_only = set(alias) <= set("019")
    if 6 <= len(alias) <= 20 and plain and not digits_only:
        assert payout_account(text) == alias
    else:
        with pytest.raises(MalformedPayoutAccount):
            payout_account(text)


@pytest.mark.parametrize("length", [0, 1, 6, 8, 20, 21, 23, 44])
def test_only_22_digits_make_a_cbu(length: int) -> None:
    with pytest.raises(MalformedPayoutAccount):
        payout_account("0" * length)
