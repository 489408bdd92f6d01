"""What the commands print."""

from collections.abc import Iterable

from conectar.application.views.money import TrialBalanceView


def trial_balance(books: TrialBalanceView) -> str:
    """The sums of every account as a table."""
    lines = [f"{'account':<22}{'debits':>18}{'credits':>18}{'balance':>18}"]
    lines += [
        f"{one.account:<22}{one.debits!s:>18}{one.credits!s:>18}{one.balance!s:>18}"
        for one in books.accounts
    ]
    return "\n".join([*lines, "balanced" if books.balanced else "NOT BALANCED"])


def columns(rows: Iterable[tuple[str, ...]]) -> str:
    """Rows with aligned columns."""
    table = list(rows)
    widths = [max(len(row[n]) for row in table) for n in range(len(table[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    )
