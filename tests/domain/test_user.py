"""Accounts: addresses, passwords, suspension, sessions and one-time requests."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import Kind
from conectar.domain.kernel.ids import SessionId
from conectar.domain.people.files import (
    SIZE_MAX,
    FileTooLarge,
    NotAnImage,
    NotEvidence,
    evidence_type,
    image_type,
)
from conectar.domain.people.session import PasswordReset, Session
from conectar.domain.people.user import (
    AccountSuspended,
    BadCredentials,
    EmailTaken,
    MalformedEmail,
    Unauthenticated,
    User,
    WeakPassword,
    normal_email,
    strong_password,
)

from .builders import CLIENT_ID, DAY, HOUR, T0, TICK


def user() -> User:
    return User(
        id=CLIENT_ID,
        email="ana@example.com",
        password_hash="hash",
        first_name="Ana",
        last_name="Paz",
        role=Role.CLIENT,
        phone=None,
        active=True,
        email_verified=False,
        created_at=T0,
    )


def test_a_person_acts_in_his_role() -> None:
    assert user().actor == Actor(Role.CLIENT, CLIENT_ID)


def test_a_suspended_account_may_nothing() -> None:
    user().expect_active()
    with pytest.raises(AccountSuspended):
        replace(user(), active=False).expect_active()


def test_a_new_password_changes_nothing_else() -> None:
    changed = user().with_password("other")
    assert changed.password_hash == "other"
    assert replace(changed, password_hash="hash") == user()


@pytest.mark.parametrize(
    "text", ["ana@example.com", " Ana@Example.COM ", "a.b+c@sub.example.com.ar"]
)
def test_addresses_are_kept_in_lower_case(text: str) -> None:
    assert normal_email(text) == text.strip().lower()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "@",
        "ana",
        "ana@",
        "@example.com",
        "ana@example",
        "ana@.com",
        "ana@example.",
        "ana@example..com",
        "ana@b@example.com",
        "ana paz@example.com",
        "ana@exam ple.com",
        "ana@example.com\nbcc: x@example.com",
        "a" * 65 + "@example.com",
        "ana@" + "a" * 250 + ".com",
    ],
)
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(MalformedEmail):
        normal_email(text)


@given(st.emails())
def test_keeping_an_address_twice_is_keeping_it_once(email: str) -> None:
    try:
        kept = normal_email(email)
    except MalformedEmail:
        return
    assert normal_email(kept) == kept == kept.lower()


@given(st.text(alphabet="aZ19!\u00f1 ", max_size=140), st.booleans())
def test_a_password_has_8_to_128_characters_a_letter_and_a_digit(text: str, common: bool) -> None:
    letter, digit = set(text) & set("aZ\u00f1"), set(text) & set("19")
    if 8 <= len(text) <= 128 and letter and digit and not common:
        assert strong_password(text, common) == text
    else:
        with pytest.raises(WeakPassword):
            strong_password(text, common)


@pytest.mark.parametrize(("length", "strong"), [(7, False), (8, True), (128, True), (129, False)])
def test_the_edges_of_a_passwords_length(length: int, strong: bool) -> None:
    text = "a1" * 64 + "a"
    if strong:
        assert strong_password(text[:length], False)
    else:
        with pytest.raises(WeakPassword):
            strong_password(text[:length], False)


def test_kinds_of_refusals() -> None:
    assert EmailTaken.kind is Kind.CONFLICT
    assert BadCredentials.kind is Unauthenticated.kind is Kind.UNAUTHENTICATED
    assert AccountSuspended.kind is Kind.FORBIDDEN
    assert MalformedEmail.kind is WeakPassword.kind is Kind.MALFORMED


# -- sessions and one-time requests ------------------------------------------------------------


def session() -> Session:
    return Session(
        id=SessionId(CLIENT_ID),
        user_id=CLIENT_ID,
        device="phone",
        generation=1,
        created_at=T0,
        last_used_at=T0,
        expires_at=T0 + DAY,
    )


def test_a_session_lives_until_its_end() -> None:
    assert session().live(T0 + DAY - TICK)
    assert not session().live(T0 + DAY)
    ended = session().end(T0 + HOUR)
    assert not ended.live(T0)
    assert ended.end(T0 + 2 * HOUR).ended_at == T0 + HOUR, "it ends once"


def test_a_rotated_session_is_the_next_generation() -> None:
    turned = session().rotate(T0 + HOUR, T0 + 2 * DAY)
    assert (turned.id, turned.generation) == (session().id, 2)
    assert (turned.last_used_at, turned.expires_at) == (T0 + HOUR, T0 + 2 * DAY)


def test_a_reset_is_good_once_and_for_a_while() -> None:
    reset = PasswordReset(id="x", user_id=CLIENT_ID, created_at=T0, expires_at=T0 + HOUR)
    assert reset.usable(T0 + HOUR - TICK)
    assert not reset.usable(T0 + HOUR)
    assert not reset.use(T0).usable(T0)


# -- files -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
def test_a_file_is_what_is_in_it(head: bytes, kind: str) -> None:
    assert image_type(head + bytes(SIZE_MAX - len(head))) == kind
    with pytest.raises(FileTooLarge):
        image_type(head + bytes(SIZE_MAX - len(head) + 1))


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"%PDF-1.7", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
    ],
)
def test_evidence_may_be_a_document_too(head: bytes, kind: str) -> None:
    assert evidence_type(head + bytes(SIZE_MAX - len(head))) == kind
    with pytest.raises(FileTooLarge):
        evidence_type(head + bytes(SIZE_MAX - len(head) + 1))


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"<html>", b" %PDF-1.7", b"%PDF"])
def test_anything_else_is_no_evidence(content: bytes) -> None:
    with pytest.raises(NotEvidence):
        evidence_type(content)
    assert NotEvidence.kind is Kind.UNSUPPORTED


@pytest.mark.parametrize("content", [b"", b"GIF89a", b"RIFF\0\0\0\0WAVE", b"%PDF-1.7", b"\xff\xd8"])
def test_anything_else_is_no_image(content: bytes) -> None:
    with pytest.raises(NotAnImage):
        image_type(content)
