"""Differences added up, as the counters do: (line, minute) -> amounts, zeros left out."""

from collections.abc import Iterable

from streams.ledger.outcome import Difference

Sums = dict[tuple[str, int], int]


def added(differences: Iterable[Difference]) -> Sums:
    """The sums of differences; a long one counts in each of its minutes."""
    sums: Sums = {}
    for line, first, amounts, minutes in differences:
        for minute in range(first, first + minutes):
            sums[line, minute] = sums.get((line, minute), 0) + amounts
    return {place: amounts for place, amounts in sums.items() if amounts}
