"""A person with an account."""

import re
from dataclasses import dataclass, replace
from datetime import datetime

from conectar.domain.kernel.actor import Actor, Role
from conectar.domain.kernel.errors import DomainError, Kind
from conectar.domain.kernel.events import Event
from conectar.domain.kernel.ids import UserId

ERASED_NAME = "—"
PASSWORD_LENGTH = range(8, 129)
_EMAIL = re.compile(r"[^@\s]{1,64}@[^@\s.]+(\.[^@\s.]+)+")


class EmailTaken(DomainError):
    """Somebody has an account with that address."""

    kind = Kind.CONFLICT


class MalformedEmail(DomainError):
    """Not an address."""

    kind = Kind.MALFORMED


class WeakPassword(DomainError):
    """8-128 characters with a letter and a digit, and not a common one."""

    kind = Kind.MALFORMED


class BadCredentials(DomainError):
    """No such account, or another password: nobody learns which."""

    kind = Kind.UNAUTHENTICATED


class WrongPassword(DomainError):
    """The current password is another."""


class Unauthenticated(DomainError):
    """No token, or one that is forged, expired or ended."""

    kind = Kind.UNAUTHENTICATED


class AccountSuspended(DomainError):
    """An administrator suspended the account."""

    kind = Kind.FORBIDDEN


class NotBannable(DomainError):
    """An administrator, or an account that is closed already."""


class NotBanned(DomainError):
    """There is no ban to lift."""


class BalanceOutstanding(DomainError):
    """Somebody's money, debt or quarrel is still open."""


class SpentToken(DomainError):
    """A one-time token that is unknown, used or expired."""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """`email` is kept in lower case and is unique. An account is active unless it was banned by an
    administrator (`banned_by`) or erased by its owner."""

    id: UserId
    email: str
    password_hash: str
    first_name: str
    last_name: str
    role: Role
    phone: str | None
    active: bool
    email_verified: bool
    created_at: datetime
    banned_by: UserId | None = None
    ban_reason: str | None = None
    erased_at: datetime | None = None

    @property
    def actor(self) -> Actor:
        """The person as whoever makes a move."""
        return Actor(self.role, self.id)

    @property
    def full_name(self) -> str:
        """As letters say it."""
        return f"{self.first_name} {self.last_name}"

    def expect_active(self) -> None:
        """Raises AccountSuspended for a suspended account."""
        if not self.active:
            raise AccountSuspended()

    def ban(self, by: UserId, reason: str) -> "User":
        """Suspended until an administrator lifts it. Raises NotBannable."""
        if self.role is Role.ADMIN or not self.active:
            raise NotBannable()
        return replace(self, active=False, banned_by=by, ban_reason=reason)

    def unban(self) -> "User":
        """Back. Raises NotBanned."""
        if self.banned_by is None:
            raise NotBanned()
        return replace(self, active=True, banned_by=None, ban_reason=None)

    def erase(self, at: datetime) -> "User":
        """Nobody any more: the account keeps its id, for contracts and the ledger name it."""
        return replace(
            self,
            email=f"{self.id}@erased.invalid",
            password_hash="",
            first_name=ERASED_NAME,
            last_name="",
            phone=None,
            active=False,
            email_verified=False,
            banned_by=None,
            ban_reason=None,
            erased_at=at,
        )

    def with_password(self, password_hash: str) -> "User":
        """The same person with another password."""
        return replace(self, password_hash=password_hash)


def normal_email(text: str) -> str:
    """The address as it is kept. Raises MalformedEmail."""
    email = text.strip().lower()
    if len(email) > 254 or not _EMAIL.fullmatch(email):
        raise MalformedEmail()
    return email


def strong_password(text: str, common: bool, field: str = "password") -> str:
    """The password, unless it is too weak; `common` says that everybody uses it, and `field` where
    it was given."""
    mixed = any(c.isalpha() for c in text) and any(c.isdigit() for c in text)
    if len(text) not in PASSWORD_LENGTH or not mixed or common:
        raise WeakPassword(field=field)
    return text


@dataclass(frozen=True, slots=True, kw_only=True)
class UserRegistered(Event):
    """A new account."""

    user_id: UserId
    role: Role


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordResetRequested(Event):
    """Somebody who may be the owner forgot the password."""

    user_id: UserId
    reset_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserBanned(Event):
    """An administrator suspended somebody."""

    user_id: UserId
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserUnbanned(Event):
    """An administrator lifted it."""

    user_id: UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class UserErased(Event):
    """A person left; `files` are what the storage still has of him."""

    user_id: UserId
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRequested(Event):
    """Somebody wants to prove that the address is his."""

    user_id: UserId
