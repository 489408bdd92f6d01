"""The bank's file: one line a payout, and nothing that a spreadsheet would calculate."""

import csv
from datetime import UTC, datetime
from io import StringIO
from uuid import UUID

import pytest

from conectar.adapters.vocabulary.bank_file import HEADER, CsvBankFiles
from conectar.domain.kernel.ids import PayoutId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.payments.payout import Payout, PayoutStatus

NOW = datetime(2026, 3, 2, tzinfo=UTC)
CBU = "2850590940090418135201"


def payout(number: int = 1, holder: str = "Beto Paz", destination: str = CBU) -> Payout:
    """One that is ready."""
    return Payout(
        id=PayoutId(UUID(int=number)),
        professional_id=UserId(UUID(int=9)),
        amount=Money(15_000_05),
        destination=destination,
        holder_cuit="20123456786",
        holder=holder,
        status=PayoutStatus.REQUESTED,
        created_at=NOW,
        not_before=NOW,
    )


def read(content: bytes) -> list[list[str]]:
    """As a spreadsheet would, strictly."""
    return list(csv.reader(StringIO(content.decode(), newline=""), strict=True))


def test_a_header_and_a_line_for_each_in_their_order() -> None:
    content = CsvBankFiles().payouts([payout(2), payout(1)])
    header, first, second = read(content)
    assert tuple(header) == HEADER
    assert first[1:] == ["Beto Paz", "20123456786", CBU, "15000.05", "ARS", "Conectar"]
    assert [first[0], second[0]] == [str(UUID(int=2)), str(UUID(int=1))]
    assert content.count(b"\r\n") == content.count(b"\n") == 3


def test_the_same_payouts_are_the_same_bytes() -> None:
    assert CsvBankFiles().payouts([payout()]) == CsvBankFiles().payouts([payout()])


@pytest.mark.parametrize("name", ['Paz, "Beto"', "Ñandú Güemes", "Beto\nPaz", "Beto;Paz"])
def test_names_come_back_as_they_were(name: str) -> None:
    _, line = read(CsvBankFiles().payouts([payout(holder=name)]))
    assert (line[1], len(line)) == (name, len(HEADER))


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n="])
def test_no_cell_is_a_formula(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    _, line = read(CsvBankFiles().payouts([payout(holder=name, destination=f"{start}alias")]))
    for cell in (line[1], line[3]):
        assert cell.lstrip(" \t\r\n")[:1] not in ("=", "+", "-", "@")
