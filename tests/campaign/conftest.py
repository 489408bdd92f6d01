"""A campaign has the machine for itself."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With the other towns, one after the other."""
    for item in items:
        if "/campaign/" in str(item.path):
            item.add_marker(pytest.mark.xdist_group("town"))
