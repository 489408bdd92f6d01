"""Views: what handlers answer. Flat values, the same for HTTP, workers and programs.

Field names are English here and Spanish on the wire; `adapters/vocabulary` is the bridge, and a
name it lacks fails at import.
"""


class View:
    """Marks what goes out."""

    __slots__ = ()
