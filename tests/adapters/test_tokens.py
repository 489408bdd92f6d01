import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import jwt
import pytest

from conectar.adapters.outbound.security.tokens import JwtTokens
from conectar.application.ports.security import AccessClaims, RefreshClaims
from conectar.domain.kernel.ids import SessionId, UserId

OLD, NEW, OTHER = "o" * 32, "n" * 32, "x" * 32
AT = datetime(2031, 5, 4, 12, 0, 0, 250_000, tzinfo=UTC)
LIVES = timedelta(minutes=15)
USER, SESSION = UserId(UUID(int=7)), SessionId(UUID(int=8))
ACCESS, REFRESH = AccessClaims(USER, SESSION, 3), RefreshClaims(SESSION, 3)
TICK = timedelta(microseconds=1)


def tokens(*secrets: str) -> JwtTokens:
    return JwtTokens(secrets or (NEW,))


def forged(secret: str = NEW, algorithm: str = "HS256", **changes: Any) -> str:
    """A token of ours with some claims changed (None: left out), well signed."""
    real = tokens().access(ACCESS, AT, LIVES)
    claims = jwt.decode(real, options={"verify_signature": False}) | changes
    kept = {name: value for name, value in claims.items() if value is not None}
    header = {"kid": jwt.get_unverified_header(real)["kid"]}
    return jwt.encode(kept, secret, algorithm, headers=header)


def without(name: str) -> str:
    changes: dict[str, Any] = {name: None}
    return forged(**changes)


def part(document: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def test_each_kind_comes_back() -> None:
    made, until = tokens(), AT + LIVES
    assert made.read_access(made.access(ACCESS, AT, LIVES), AT) == ACCESS
    assert made.read_refresh(made.refresh(REFRESH, AT, until), AT) == REFRESH
    assert made.read_reset(made.reset("r-1", AT, until), AT) == "r-1"
    assert made.read_file(made.file("kyc/7/dni", AT, until), AT) == "kyc/7/dni"


def test_no_kind_passes_for_another() -> None:
    made, until = tokens(), AT + LIVES
    kinds = {
        "access": (made.access(ACCESS, AT, LIVES), made.read_access),
        "refresh": (made.refresh(REFRESH, AT, until), made.read_refresh),
        "reset": (made.reset(str(SESSION), AT, until), made.read_reset),
        "file": (made.file(str(SESSION), AT, until), made.read_file),
    }
    for name, (token, _) in kinds.items():
        for other, (_, read) in kinds.items():
            assert (read(token, AT) is not None) == (name == other), (name, other)


def test_expiry_is_by_the_moment_given_to_the_microsecond() -> None:
    made = tokens()
    token = made.access(ACCESS, AT, LIVES)
    assert made.read_access(token, AT + LIVES - TICK) == ACCESS
    assert made.read_access(token, AT + LIVES) is None
    assert made.read_access(token, AT + timedelta(days=9_999)) is None
    link = made.file("kyc/7/dni", AT, AT + LIVES)
    assert made.read_file(link, AT + LIVES - TICK) == "kyc/7/dni"
    assert made.read_file(link, AT + LIVES) is None


def test_issued_up_to_thirty_seconds_ahead() -> None:
    made = tokens()
    token = made.access(ACCESS, AT, LIVES)
    assert made.read_access(token, AT - timedelta(seconds=30)) == ACCESS
    assert made.read_access(token, AT - timedelta(seconds=30) - TICK) is None


def test_secrets_rotate() -> None:
    before, during, after = tokens(OLD), tokens(NEW, OLD), tokens(NEW)
    old, new = before.access(ACCESS, AT, LIVES), during.access(ACCESS, AT, LIVES)
    assert during.read_access(old, AT) == during.read_access(new, AT) == ACCESS
    assert after.read_access(new, AT) == ACCESS
    assert after.read_access(old, AT) is None and before.read_access(new, AT) is None


def test_the_well_signed_one_of_these_tests_is_read() -> None:
    assert tokens().read_access(forged(), AT) == ACCESS


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "ñ.ñ.ñ",
        "\ud800",
        "x" * 100_000,
        forged(OTHER),
        forged(iss="somebody"),
        forged(aud="conectar"),
        forged(aud=["conectar:access", "conectar:refresh"]),
        forged(typ="refresh"),
        forged(typ=["access"]),
        forged(sub="not an id"),
        forged(sub=7),
        forged(sid=7),
        forged(sid=None),
        forged(exp=True),
        forged(exp="9999999999"),
        forged(iat="0"),
        *(without(name) for name in ("exp", "iat", "iss", "aud", "sub", "typ")),
    ],
)
def test_forged_and_malformed_ones(token: str) -> None:
    assert tokens().read_access(token, AT) is None


def test_no_algorithm_and_no_signature() -> None:
    head, body, _ = forged().split(".")
    kid = jwt.get_unverified_header(forged())["kid"]
    none = part({"alg": "none", "typ": "JWT", "kid": kid})
    for token in (f"{none}.{body}.", f"{head}.{body}.", f"{head}.{body}", f"{none}.{body}.AAAA"):
        assert tokens().read_access(token, AT) is None


@pytest.mark.parametrize("kid", [None, "", "../../etc/passwd", ["x"], {"a": 1}, 7])
def test_an_unknown_key(kid: Any) -> None:
    _, body, signature = forged().split(".")
    token = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': kid})}.{body}.{signature}"
    assert tokens().read_access(token, AT) is None


def test_a_header_that_is_far_too_deep() -> None:
    deep = base64.urlsafe_b64encode(b"[" * 3_000).decode()
    assert tokens().read_access(f"{deep}.e30.AAAA", AT) is None


def test_a_changed_body() -> None:
    head, body, signature = forged().split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    other = part(claims | {"sub": str(UUID(int=9))})
    assert tokens().read_access(f"{head}.{other}.{signature}", AT) is None


def test_one_algorithm_only() -> None:
    long = "l" * 64
    real = tokens(long).access(ACCESS, AT, LIVES)
    claims = jwt.decode(real, options={"verify_signature": False})
    header = {"kid": jwt.get_unverified_header(real)["kid"]}
    assert tokens(long).read_access(jwt.encode(claims, long, "HS256", header), AT) == ACCESS
    for algorithm in ("HS384", "HS512"):
        token = jwt.encode(claims, long, algorithm, header)
        assert tokens(long).read_access(token, AT) is None


def test_the_secret_is_not_in_the_token() -> None:
    header = jwt.get_unverified_header(tokens().access(ACCESS, AT, LIVES))
    assert set(header) == {"alg", "typ", "kid"} and header["alg"] == "HS256"
    assert len(header["kid"]) == 16 and header["kid"] not in NEW


@pytest.mark.parametrize("secrets", [[], ["short"], [NEW, "x" * 31], [""]])
def test_a_short_secret_is_refused(secrets: list[str]) -> None:
    with pytest.raises(ValueError, match="secret"):
        JwtTokens(secrets)


def test_32_bytes_are_enough_though_not_32_characters() -> None:
    assert JwtTokens(["ñ" * 16])
