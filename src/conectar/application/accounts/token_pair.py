"""The pair of tokens a session has at one moment."""

from datetime import datetime

from conectar.application.ports.security import AccessClaims, RefreshClaims, Tokens
from conectar.application.settings import Policy
from conectar.application.views.people import TokensView
from conectar.domain.people.session import Session


def token_pair(session: Session, tokens: Tokens, policy: Policy, at: datetime) -> TokensView:
    """A short-lived access token and the refresh token of the session's generation."""
    claims = AccessClaims(session.user_id, session.id, session.generation)
    refresh = RefreshClaims(session.id, session.generation)
    return TokensView(
        access_token=tokens.access(claims, at, policy.access_lives),
        refresh_token=tokens.refresh(refresh, at, session.expires_at),
        token_type="bearer",  # noqa: S106
        expires_in=int(policy.access_lives.total_seconds()),
    )
