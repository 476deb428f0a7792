"""What faults and races have in common: accounts and securities of their own, and a day that no clock decides."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from threading import Lock

from chalicelib import trading
from chalicelib.trading.models import CASH, Security

# A trading day that is over, so that nothing else on the line's local cloud trades on it.
DAY = datetime(2025, 3, 4, tzinfo=UTC).date()
CODES = ("600801", "600802", "600803", "600804", "600805")
CLOSE = Decimal("10.00")
RATE = Decimal("0.0003")
OPENS = datetime(2025, 3, 4, 1, 30, tzinfo=UTC)  # 09:30 in Shanghai
STEP = timedelta(milliseconds=15)


class Clock:
    """Each reading is later than the one before, by so little that ten thousand orders fit into a morning."""

    def __init__(self) -> None:
        self._now, self._lock = OPENS, Lock()

    def now(self) -> datetime:
        return self.skip(STEP)

    def skip(self, time: timedelta) -> datetime:
        """Let ``time`` pass, and read the clock."""
        with self._lock:
            self._now += time
            return self._now


def list_securities() -> None:
    for code in CODES:
        names = dict.fromkeys(("zh-CN", "zh-HK", "en"), f"Fault {code}")
        Security(code, names=names, previous_close=CLOSE, last_price=CLOSE).save()


def open_account(account_id: str, cash: Decimal, shares: int, codes: tuple[str, ...] = CODES) -> None:
    """An account with ``cash``, and ``shares`` of each of the codes."""
    at = OPENS - timedelta(hours=1)
    trading.open_position(account_id, CASH, cash, Decimal(0), RATE, DAY, at, risk_level="C5")
    for code in codes if shares else ():
        trading.open_position(account_id, code, Decimal(shares), Decimal(0), None, DAY, at)


def accounts(prefix: str, number: int) -> Iterator[str]:
    return (f"{prefix}-{n:05d}" for n in range(number))
