"""Money: an exact amount with its currency; different currencies never mix."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from callcenter.kernel.errors import Invalid


class CurrencyMismatch(Invalid):
    """Two amounts of different currencies met in one sum."""

    code = "money.currency_mismatch"


_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0}


@dataclass(frozen=True, slots=True, order=False)
class Money:
    """An amount in one currency (ISO 4217 code)."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if not isinstance(self.amount, Decimal):
            raise TypeError("money is made of Decimal, never of float")

    def __add__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same_currency(other)
        return Money(self.amount - other.amount, self.currency)

    def __mul__(self, factor: Decimal | int) -> "Money":
        return Money(self.amount * factor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same_currency(other)
        return self.amount < other.amount

    def rounded(self) -> "Money":
        """The amount in whole minor units, halves away from zero, as it is paid."""
        digits = _MINOR_DIGITS.get(self.currency, 2)
        unit = Decimal(1).scaleb(-digits)
        return Money(self.amount.quantize(unit, ROUND_HALF_UP), self.currency)

    def _same_currency(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMismatch(left=self.currency, right=other.currency)
