"""The ways in which this room says no."""

from datetime import date

from callcenter.kernel.errors import Conflict, Invalid, NotFound
from callcenter.kernel.text import _, _l


class ScheduleBusy(Conflict):
    """The schedule is being solved, or is history."""

    code = "scheduling.schedule_busy"

    def default_message(self) -> object:
        """What stands in the way."""
        return _l("The schedule is being solved or archived; it cannot change now.")


class NothingToPublish(Conflict):
    """A schedule without shifts cannot be published."""

    code = "scheduling.nothing_to_publish"

    def default_message(self) -> object:
        """What is missing."""
        return _l("There is no shift in this schedule yet. Solve it first.")


class PeriodInThePast(Invalid):
    """A schedule cannot be made for days that are over."""

    code = "scheduling.period_in_the_past"

    def default_message(self) -> object:
        """Which days are meant."""
        return _l("These days are over already.")


class NoRequirement(Conflict):
    """There is nothing to schedule against."""

    code = "scheduling.no_requirement"

    def default_message(self) -> object:
        """What to do first."""
        return _l(
            "No agents are required in this period for these queues. "
            "Approve a forecast for them first."
        )


class NoAgents(Conflict):
    """Nobody is there to be scheduled."""

    code = "scheduling.no_agents"

    def default_message(self) -> object:
        """Who is looked for."""
        return _l("Nobody in these teams has a skill that these queues ask for.")


class ShiftOverlap(Conflict):
    """The agent already works then."""

    code = "scheduling.shift_overlap"

    def default_message(self) -> object:
        """What collides."""
        return _l("The agent already has another shift at that time.")


class SeatTaken(Conflict):
    """Somebody else sits there then."""

    code = "scheduling.seat_taken"

    def default_message(self) -> object:
        """What collides."""
        return _l("That seat is taken by somebody else at that time.")


class RulesBroken(Conflict):
    """A change would break work rules, and nobody confirmed that."""

    code = "scheduling.rules_broken"

    def default_message(self) -> object:
        """The way out."""
        return _l("This breaks work rules. Choose another time, or confirm it.")


class CannotUndo(Conflict):
    """The shift was changed again since."""

    code = "scheduling.cannot_undo"

    def default_message(self) -> object:
        """Why not."""
        return _l("The shift was changed again since, so this cannot be undone.")


class FeedNotFound(NotFound):
    """No such calendar, or it was revoked."""

    code = "scheduling.feed_not_found"


class LeaveInvalid(Invalid):
    """Leave that cannot be asked for, whatever others decide."""

    code = "scheduling.leave_invalid"


class LeaveClash(Conflict):
    """Leave on one of the days was asked for before."""

    code = "scheduling.leave_clash"

    def default_message(self) -> object:
        """Which leave stands against it."""
        leave = self.context["leave"]
        return _(
            "You already asked for leave from %(first)s to %(last)s.",
            first=_day(leave.first_day),
            last=_day(leave.last_day),
        )


def _day(value: date) -> str:
    from flask_babel import format_date

    return str(format_date(value, "medium"))


class NobodyOnDuty(Conflict):
    """Nothing is published or expected for the queue on that day."""

    code = "scheduling.nobody_on_duty"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "Publish a schedule with agents for this queue and approve a forecast of "
            "it first: there is nothing to simulate in this time."
        )


class SwapNotPossible(Conflict):
    """A swap that may not be asked for: too late, too many, or against the rules."""

    code = "scheduling.swap_not_possible"

    def default_message(self) -> object:
        """Why not."""
        if "notice_h" in self.context:
            return _(
                "Shifts can be swapped up to %(hours)s hours before they begin.",
                hours=self.context["notice_h"],
            )
        if "findings" in self.context:
            return _l("This swap would break work rules by now. Choose another one.")
        return _l("These shifts cannot be swapped with each other.")


class SwapGone(Conflict):
    """A shift of the swap was changed or taken in the meantime."""

    code = "scheduling.swap_gone"

    def default_message(self) -> object:
        """What has happened."""
        return _l(
            "A shift of this swap was changed in the meantime, or a rule stands "
            "against it now. The swap cannot be made any more."
        )


class OfferInvalid(Invalid):
    """An offer that nobody could take."""

    code = "scheduling.offer_invalid"

    def default_message(self) -> object:
        """What is wrong with it."""
        if self.context.get("field") == "closes_at":
            return _l("It closes after now, and before the time it is about.")
        return _l("The rules let nobody stay longer, or go earlier, at this time.")
