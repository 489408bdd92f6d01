"""Views: what handlers answer. Flat values, the same for HTTP, workers and programs.

Field names are English here and Spanish on the wire; `adapters/vocabulary` is the bridge, and a
name it lacks fails at import.
"""


class View:
    """Marks what goes out."""

    __slots__ = ()


class Lasting(View):
    """Marks what is looked at again and again and mostly is as it was: whoever shows it may keep
    what he made of it, known by its value, so that its hash is a cheap one."""

    __slots__ = ()
