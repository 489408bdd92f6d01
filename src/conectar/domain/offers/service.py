"""An instant service: fixed words at a fixed price, hired without haggling."""

from dataclasses import dataclass, replace
from datetime import datetime

from conectar.domain.kernel.ids import ServiceId, TradeId, UserId
from conectar.domain.kernel.money import Money
from conectar.domain.offers.limits import OfferLimits
from conectar.domain.offers.offer import sufficient


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """`active` until its professional takes it away; jobs that came of it stay."""

    id: ServiceId
    professional_id: UserId
    name: str
    description: str | None
    price: Money
    trade_id: TradeId
    active: bool
    created_at: datetime

    def change(
        self,
        *,
        name: str,
        description: str | None,
        price: Money,
        trade_id: TradeId,
        limits: OfferLimits,
    ) -> "Service":
        """From now on it is this. Raises AmountTooSmall."""
        price = sufficient(price, limits)
        return replace(self, name=name, description=description, price=price, trade_id=trade_id)

    def withdraw(self) -> "Service":
        """Nobody can hire it any more."""
        return replace(self, active=False)

    @property
    def terms(self) -> str:
        """What a job of it says is to be done."""
        return f"{self.name}: {self.description}" if self.description else self.name
