"""The file a bank reads: one transfer a line, in Spanish, as a spreadsheet opens it."""

import csv
import io
from collections.abc import Sequence

from conectar.domain.payments.payout import Payout

HEADER = ("id", "titular", "cuit", "destino", "monto", "moneda", "concepto")
CONCEPT = "Conectar"
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet would calculate."""


class CsvBankFiles:
    """Implements BankFiles: UTF-8, comma, CRLF (RFC 4180)."""

    def payouts(self, payouts: Sequence[Payout]) -> bytes:
        """The header and a line for each, in the order given."""
        sheet = io.StringIO()
        writer = csv.writer(sheet)
        writer.writerow(HEADER)
        for one in payouts:
            cells = (str(one.id), one.holder, one.holder_cuit, one.destination, str(one.amount))
            writer.writerow([_text(cell) for cell in (*cells, one.amount.currency, CONCEPT)])
        return sheet.getvalue().encode()


def _text(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell
