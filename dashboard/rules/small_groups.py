"""Which groups are too small to be shown by themselves, and which of them are shown together (docs/rules.md 9).

Sizes in, hidden groups out. The numbers of a group of fewer than ``least`` members are numbers of persons, and so is what is left
of the whole when all shown groups are taken from it. So the hidden groups together have ``least`` members or more: where the
small ones have fewer, the next larger groups are hidden with them.
"""

from collections.abc import Collection, Hashable, Sequence

LEAST_MEMBERS = 8
"""Members from which on the numbers of a group are not those of persons."""


def hidden_groups(sizes: Sequence[int], least: int, outside: int = 0) -> frozenset[int]:
    """Indices of the groups that are not shown by themselves; ``least`` 0 hides none.

    ``outside``: members of no group who are shown together with the hidden ones. They may hide more groups, never fewer.
    """
    by_size = sorted(range(len(sizes)), key=lambda at: sizes[at])
    count = sum(size < least for size in sizes)
    for others in (0, outside):
        while count < len(sizes) and 0 < others + sum(sizes[at] for at in by_size[:count]) < least:
            count += 1
    return frozenset(by_size[:count])


def pools(
    hidden: Collection[int], sizes: Sequence[int], kinds: Sequence[Hashable], least: int
) -> list[tuple[int, ...]]:
    """Hidden groups -> those that are shown together: by kind where each kind has enough members, else all in one.

    Together fewer than ``least``: there is no pool. A kind without members is in none.
    """
    by_kind: dict[Hashable, list[int]] = {}
    for at in sorted(hidden):
        by_kind.setdefault(kinds[at], []).append(at)
    members = {kind: sum(sizes[at] for at in groups) for kind, groups in by_kind.items()}
    if all(count >= least for count in members.values() if count):
        return [tuple(groups) for kind, groups in by_kind.items() if members[kind]]
    return [tuple(sorted(hidden))] if sum(members.values()) >= least else []
