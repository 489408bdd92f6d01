"""Administrators beside the first."""

from itertools import count

from conectar.application.accounts.create_admin import CreateAdmin
from tests.http.api import PASSWORD, Api
from tests.http.person import Person

_numbers = count(2)


def another_admin(api: Api) -> Person:
    """As `conectar create-admin` makes them."""
    email = f"admin{next(_numbers)}@conectar.test"
    api.server.run(api.server.core.execute(CreateAdmin(email=email, password=PASSWORD)))
    return api.login(email)
