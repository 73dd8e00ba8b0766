"""The ways in which this room says no."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l


class StageNotAllowed(Conflict):
    """A project does not pass from its stage to that one."""

    code = "projects.stage_not_allowed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The project cannot pass from its present stage to that one.")


class StillUsed(Conflict):
    """Something refers to it."""

    code = "projects.still_used"

    def default_message(self) -> object:
        """The way out."""
        return _l(
            "Something still refers to this, so it cannot be deleted. "
            "Close or deactivate it instead."
        )


class CodeTaken(Invalid):
    """Codes name one thing only."""

    code = "projects.code_taken"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This code is taken already.")


class TargetOverlap(Invalid):
    """Two targets of one queue would hold on the same day."""

    code = "projects.target_overlap"

    def default_message(self) -> object:
        """What is the case."""
        return _l("Another target of this queue holds on some of these days.")


class HoursOverlap(Invalid):
    """Two spans of one weekday share an instant."""

    code = "projects.hours_overlap"

    def default_message(self) -> object:
        """What is the case."""
        return _l("Two spans of one day overlap.")


class AssignmentOverlap(Invalid):
    """A team is assigned twice to a project on the same day."""

    code = "projects.assignment_overlap"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The team works on this project on some of these days already.")


class DayTaken(Invalid):
    """The calendar has that day under that name."""

    code = "projects.day_taken"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The calendar has this day under this name already.")


class UnknownCountry(Invalid):
    """Nobody published that country's holidays to us."""

    code = "projects.unknown_country"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The holidays of this country are not known.")


class UnreadableCalendar(Invalid):
    """The file is no calendar that we can read."""

    code = "projects.unreadable_calendar"

    def default_message(self) -> object:
        """The way out."""
        return _l("This is no readable calendar file (.ics).")
