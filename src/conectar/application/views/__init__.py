"""Views: what handlers answer. Flat values, the same for HTTP, workers and programs.

Field names are English here and Spanish on the wire; `adapters/vocabulary` is the bridge, and a
name it lacks fails at import.
"""


class View:
    """Marks what goes out."""

    __slots__ = ()


class Lasting(View):
    """Marks what is looked at again and again and mostly is as it was: the one who shows it
    keeps in `shown` what he made of it, and both are forgotten together."""

    __slots__ = ("shown",)
