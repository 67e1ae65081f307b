"""Who may buy at the same time, and how often: one worker's accounts and its share of the run's orders."""

from collections import Counter
from collections.abc import Sequence


class Accounts:
    """One worker's accounts. An order has one to itself, since two would share a cart; readers may share theirs."""

    def __init__(self, usernames: Sequence[str]) -> None:
        """Begin with all of them free."""
        self._free = list(usernames)
        self._taken: set[str] = set()
        self._read: Counter[str] = Counter(dict.fromkeys(usernames, 0))
        self._untidy: set[str] = set()

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self._read)

    def take(self) -> str | None:
        """Return an account for an order, one that nobody reads where there is one; None where all are taken."""
        if not self._free:
            return None
        least = min(range(len(self._free)), key=lambda index: self._read[self._free[index]])
        account = self._free.pop(least)
        self._taken.add(account)
        return account

    def give_back(self, account: str) -> None:
        """Let the next have it."""
        self._taken.discard(account)
        self._free.append(account)

    def begin_reading(self) -> str:
        """Return the account that the fewest use just now."""
        account = min(self._read, key=lambda each: (self._read[each] + (each in self._taken), each))
        self._read[account] += 1
        return account

    def end_reading(self, account: str) -> None:
        """Say that one reader less uses it."""
        self._read[account] -= 1

    def leave_untidy(self, account: str) -> None:
        """Remember that its cart may hold what somebody wanted to buy."""
        self._untidy.add(account)

    def untidy(self, account: str) -> bool:
        """Tell whether that is so, and forget it: the asker tidies up."""
        found = account in self._untidy
        self._untidy.discard(account)
        return found


class Orders:
    """One worker's share of the orders that a run may place; those that were tried count, acknowledged or not."""

    def __init__(self, most: int) -> None:
        """Begin with all of them."""
        self._left = most

    def reserve(self) -> bool:
        """Keep one for a shopper who comes in; False where none is left."""
        if self._left <= 0:
            return False
        self._left -= 1
        return True

    def give_back(self) -> None:
        """Say that a shopper left without having tried."""
        self._left += 1
