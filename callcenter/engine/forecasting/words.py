"""The names of methods and findings; their wording is the caller's."""

from enum import StrEnum


class Method(StrEnum):
    """How a forecast is made."""

    NAIVE = "naive"
    """The last day of the same type that was not wild, here and below."""
    MEAN4 = "mean4"
    """The mean of the last four days of the same type."""
    MEDIAN6 = "median6"
    """The median of the last six days of the same type."""
    PROFILE = "profile"
    """A robust level and day-type effects, spread by robust shares."""
    SVD_LEVEL = "svd-level"
    """The same totals, spread by shares seen through a few common patterns."""
    STRUCTURE = "structure"
    """Totals of weekday, level, month, year, closings and events; spread by shares."""
    COMBINATION = "combination"
    """All of these, weighted by what each missed in the back-test."""


class FindingKind(StrEnum):
    """What was found."""

    GAP = "gap"
    """Open intervals without a value; `size` is their share of the day."""
    OUTLIER = "outlier"
    """A day far from its level; `size` is actual / expected."""
    LEVEL_SHIFT = "level-shift"
    """A lasting change from this day on; `size` is after / before."""
    DUPLICATE = "duplicate"
    """The counts of an earlier day once more; `size` is how many days earlier."""
