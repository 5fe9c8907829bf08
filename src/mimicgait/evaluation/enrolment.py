"""Whom a system could not take in at all, in ISO/IEC 19795 terms; rates among the rest look better for it."""

from collections.abc import Collection, Sequence

from mimicgait.errors import ProtocolError


def failure_to_enrol(expected: Collection[str], enrolled: Collection[str]) -> float:
    """Return the FTE: the share of people who were to be enrolled and of whom there is no reference.

    Args:
        expected: everybody who presented themselves, such as the TEST_SET of a partition.
        enrolled: those who have at least one signature in the gallery.

    Raises:
        ProtocolError: if nobody was expected, or somebody is enrolled who was not.

    >>> failure_to_enrol(["ann", "bob", "cat", "dan"], ["ann", "cat", "dan"])
    0.25
    """
    people, found = set(expected), set(enrolled)
    if not people:
        raise ProtocolError("failure to enrol is undefined: nobody was expected")
    if found - people:
        raise ProtocolError(f"enrolled, but not expected: {', '.join(sorted(found - people)[:5])}")
    return 1 - len(found) / len(people)


def failure_to_acquire(attempts: int, acquired: int) -> float:
    """Return the FTA: the share of probes that gave no signature, such as videos in which nobody was found.

    Raises:
        ProtocolError: if there was no attempt, or more were acquired than attempted.

    >>> failure_to_acquire(200, 190)
    0.05
    """
    if attempts < 1 or not 0 <= acquired <= attempts:
        raise ProtocolError(f"expected attempts, and no more acquired than that; got {attempts}, {acquired}")
    return (attempts - acquired) / attempts


def false_reject_rate(fnmr: float, fta: float) -> float:
    """Return the FRR of a transaction of one attempt: FTA + (1 - FTA) x FNMR.

    >>> round(false_reject_rate(0.1, 0.05), 3)
    0.145
    """
    return fta + (1 - fta) * fnmr


def false_accept_rate(fmr: float, fta: float) -> float:
    """Return the FAR of a transaction of one attempt: (1 - FTA) x FMR.

    >>> false_accept_rate(0.1, 0.5)
    0.05
    """
    return (1 - fta) * fmr


def missing_people(expected: Sequence[str], enrolled: Collection[str]) -> list[str]:
    """Name those who were expected and are not enrolled, in the order expected.

    >>> missing_people(["ann", "bob"], ["ann"])
    ['bob']
    """
    found = set(enrolled)
    return [person for person in dict.fromkeys(expected) if person not in found]
