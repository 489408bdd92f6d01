"""Signed tokens: JWT (RFC 7519) with HMAC-SHA256 and nothing else.

Each kind has a word and an audience of its own, so that none passes for another. Times are signed
and checked here, against the moment the caller gives, and never by the library: the sandbox may
have moved the clock far ahead of the machine's.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import lru_cache
from hashlib import sha256
from typing import Any
from uuid import UUID

import jwt

from conectar.application.ports.security import AccessClaims, RefreshClaims
from conectar.domain.kernel.ids import SessionId, UserId

ALGORITHM = "HS256"
SECRET_BYTES_MIN = 32
LEEWAY_S = 30
"""How far ahead another machine's clock may have been when it signed."""
TOKEN_LENGTH_MAX = 4_096
TOKENS_KEPT = 4_096
REQUIRED = ("exp", "iat", "iss", "aud", "sub", "typ")


class Kind(Enum):
    """What a token is for."""

    ACCESS = "access"
    REFRESH = "refresh"
    RESET = "reset"
    VERIFICATION = "verification"
    FILE = "file"


class JwtTokens:
    """Implements Tokens. The first secret signs; all of them verify, so that they can rotate.

    Raises ValueError without a secret, or for one shorter than 32 bytes.
    """

    def __init__(self, secrets: Sequence[str], issuer: str = "conectar") -> None:
        if not secrets:
            raise ValueError("at least one secret is needed")
        if any(len(secret.encode()) < SECRET_BYTES_MIN for secret in secrets):
            raise ValueError(f"a secret needs at least {SECRET_BYTES_MIN} bytes")
        self._secrets = {_key_id(secret): secret for secret in secrets}
        self._signing = _key_id(secrets[0])
        self._issuer = issuer
        self._verified = lru_cache(TOKENS_KEPT)(self._decoded)

    def access(self, claims: AccessClaims, at: datetime, lives: timedelta) -> str:
        """Lets its bearer act for one session of one account."""
        more = {"sid": str(claims.session_id), "gen": claims.generation}
        return self._sign(Kind.ACCESS, str(claims.user_id), at, at + lives, more)

    def read_access(self, token: str, at: datetime) -> AccessClaims | None:
        """What it says, or None."""
        claims = self._read(Kind.ACCESS, token, at)
        if claims is None:
            return None
        user_id, session_id = _uuid(claims["sub"]), _uuid(claims.get("sid"))
        generation = claims.get("gen")
        if user_id is None or session_id is None or type(generation) is not int:
            return None
        return AccessClaims(UserId(user_id), SessionId(session_id), generation)

    def refresh(self, claims: RefreshClaims, at: datetime, until: datetime) -> str:
        """Can be changed once for a new pair."""
        more = {"gen": claims.generation}
        return self._sign(Kind.REFRESH, str(claims.session_id), at, until, more)

    def read_refresh(self, token: str, at: datetime) -> RefreshClaims | None:
        """What it says, or None."""
        claims = self._read(Kind.REFRESH, token, at)
        if claims is None:
            return None
        session_id, generation = _uuid(claims["sub"]), claims.get("gen")
        if session_id is None or type(generation) is not int:
            return None
        return RefreshClaims(SessionId(session_id), generation)

    def reset(self, reset_id: str, at: datetime, until: datetime) -> str:
        """Opens one reset of a password."""
        return self._sign(Kind.RESET, reset_id, at, until, {})

    def read_reset(self, token: str, at: datetime) -> str | None:
        """The id of the reset, or None."""
        claims = self._read(Kind.RESET, token, at)
        return str(claims["sub"]) if claims else None

    def verification(self, claim: str, at: datetime, until: datetime) -> str:
        """Proves one address of one account."""
        return self._sign(Kind.VERIFICATION, claim, at, until, {})

    def read_verification(self, token: str, at: datetime) -> str | None:
        """What it proves, or None."""
        claims = self._read(Kind.VERIFICATION, token, at)
        return str(claims["sub"]) if claims else None

    def file(self, key: str, at: datetime, until: datetime) -> str:
        """Shows one stored file to whoever has the link."""
        return self._sign(Kind.FILE, key, at, until, {})

    def read_file(self, token: str, at: datetime) -> str | None:
        """The key of the file, or None."""
        claims = self._read(Kind.FILE, token, at)
        return str(claims["sub"]) if claims else None

    def _sign(
        self, kind: Kind, subject: str, at: datetime, until: datetime, more: Mapping[str, object]
    ) -> str:
        claims = {
            "iss": self._issuer,
            "aud": self._audience(kind),
            "sub": subject,
            "typ": kind.value,
            "iat": at.timestamp(),
            "exp": until.timestamp(),
            **more,
        }
        secret = self._secrets[self._signing]
        return jwt.encode(claims, secret, ALGORITHM, headers={"kid": self._signing})

    def _read(self, kind: Kind, token: str, at: datetime) -> dict[str, Any] | None:
        if len(token) > TOKEN_LENGTH_MAX:
            return None
        try:
            claims = self._verified(kind, token)
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        timely = _timely(claims["iat"], claims["exp"], at.timestamp())
        return claims if timely and claims["typ"] == kind.value else None

    def _decoded(self, kind: Kind, token: str) -> dict[str, Any]:
        """What a signature that holds stands under. Who holds a token shows it many times."""
        secret = self._secrets.get(jwt.get_unverified_header(token).get("kid", ""))
        if secret is None:
            raise jwt.InvalidTokenError("an unknown key")
        return jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            audience=self._audience(kind),
            issuer=self._issuer,
            options={
                "require": list(REQUIRED),
                "verify_exp": False,
                "verify_iat": False,
                "verify_nbf": False,
                "strict_aud": True,
            },
        )

    def _audience(self, kind: Kind) -> str:
        return f"{self._issuer}:{kind.value}"


def _timely(issued: Any, expires: Any, now: float) -> bool:
    """Whether a token is good at a moment (seconds since 1970)."""
    if type(issued) not in (int, float) or type(expires) not in (int, float):
        return False
    return bool(issued <= now + LEEWAY_S and now < expires)


def _key_id(secret: str) -> str:
    return sha256(b"kid:" + secret.encode()).hexdigest()[:16]


def _uuid(text: object) -> UUID | None:
    try:
        return UUID(text) if isinstance(text, str) else None
    except ValueError:
        return None
