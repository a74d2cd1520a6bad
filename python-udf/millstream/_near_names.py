"""Names that resemble a name which does not exist; the same rule as core/text/near-names.ts."""

from __future__ import annotations

from collections.abc import Iterable

_COMPARED = 100
_SHORTEST_PREFIX = 3


def near_names(name: str, candidates: Iterable[str]) -> list[str]:
    """The candidates nearest to `name`, best first, at most three.

    Near is: equal but for case, within an edit distance of a third of the length (at least one; a swap of two
    neighbours is one edit), or an extension of one by the other.

    >>> near_names("flaot", ["total", "float", "mean"])
    ['float']
    """
    wanted = name.lower()
    scored = [(_nearness(wanted, candidate.lower()), candidate) for candidate in set(candidates)]
    near = sorted((distance, candidate) for distance, candidate in scored if distance is not None)
    return [candidate for _, candidate in near[:3]]


def did_you_mean(name: str, candidates: Iterable[str]) -> str | None:
    """A hint that names the near candidates, or None.

    >>> did_you_mean("memori", ["memory", "cpus"])
    'Did you mean memory?'
    """
    near = near_names(name, candidates)
    return f"Did you mean {' or '.join(near)}?" if near else None


def _nearness(wanted: str, candidate: str) -> int | None:
    a, b = wanted[:_COMPARED], candidate[:_COMPARED]
    limit = max(1, max(len(a), len(b)) // 3)
    distance = limit + 1 if abs(len(a) - len(b)) > limit else _edit_distance(a, b)
    if distance <= limit and distance < max(len(a), len(b)):
        return distance
    extended = min(len(a), len(b)) >= _SHORTEST_PREFIX and (a.startswith(b) or b.startswith(a))
    return limit + abs(len(a) - len(b)) if extended else None


def _edit_distance(a: str, b: str) -> int:
    """Optimal string alignment: insertions, deletions, replacements and swaps of neighbours."""
    before_previous: list[int] = []
    previous = list(range(len(b) + 1))
    for i, letter in enumerate(a, 1):
        current = [i]
        for j, other in enumerate(b, 1):
            best = min(previous[j - 1] + (letter != other), previous[j] + 1, current[j - 1] + 1)
            if i > 1 and j > 1 and a[i - 2] == other and letter == b[j - 2]:
                best = min(best, before_previous[j - 2] + 1)
            current.append(best)
        before_previous, previous = previous, current
    return previous[-1]
