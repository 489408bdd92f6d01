"""Mails, in Spanish, and the addresses in them."""

from conectar.adapters.vocabulary.paths import FILES_PATH


class PublicLinks:
    """Implements Links. `public_url` is the base of the links."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def file(self, token: str) -> str:
        """Where a signed file is shown."""
        return f"{self._public_url}{FILES_PATH}/{token}"


class SpanishLetters:
    """Implements Letters. `public_url` is the base of the links."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    def password_reset(self, name: str, token: str) -> tuple[str, str]:
        """The mail of a forgotten password."""
        return (
            "Restablecé tu contraseña",
            f"Hola, {name}:\n\n"
            "Pidieron restablecer la contraseña de tu cuenta en Conectar. Si fuiste vos, usá este "
            f"código dentro de una hora:\n\n{token}\n\n"
            f"O abrí {self._public_url}/restablecer?token={token}\n\n"
            "Si no fuiste vos, no hace falta que hagas nada.\n",
        )
