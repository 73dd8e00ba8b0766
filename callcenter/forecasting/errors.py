"""The ways in which this room says no."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l


class NoHistory(Conflict):
    """There are no facts to forecast from."""

    code = "forecasting.no_history"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "None of these queues has a full day of facts before the first day of the "
            "forecast. Import their contacts first."
        )


class ForecastNotReady(Conflict):
    """The forecast is still being made, or could not be made."""

    code = "forecasting.not_ready"

    def default_message(self) -> object:
        """What stands in the way."""
        return _l("This forecast has no figures yet.")


class ForecastClosed(Conflict):
    """Only drafts change."""

    code = "forecasting.closed"

    def default_message(self) -> object:
        """What to do instead."""
        return _l(
            "This forecast was approved and does not change any more. "
            "Make a new one instead."
        )


class DayClosed(Invalid):
    """Nothing can be expected while the queue is closed."""

    code = "forecasting.day_closed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("The queue is closed on that day or in those hours.")


class NoSuchDay(Invalid):
    """The day or the hours lie outside the forecast."""

    code = "forecasting.no_such_day"

    def default_message(self) -> object:
        """What is the case."""
        return _l("That day or those hours are not part of this forecast.")


class ChoiceTakenBack(Conflict):
    """Somebody took the choice back before."""

    code = "forecasting.choice_taken_back"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This choice was taken back already.")


class ChangedMeanwhile(Conflict):
    """Somebody else changed the same since it was shown."""

    code = "forecasting.changed_meanwhile"

    def default_message(self) -> object:
        """What to do."""
        return _l("Somebody changed this meanwhile. Look again and save once more.")


class NothingToSimulate(Conflict):
    """Nobody waits in the queue, or nothing comes on that day."""

    code = "forecasting.nothing_to_simulate"

    def default_message(self) -> object:
        """What is the case."""
        return _l(
            "There is nothing to simulate: the queue is closed on that day, its "
            "handling time is not known, or it holds work that may wait."
        )


class NoContacts(Conflict):
    """There are no contacts to estimate from."""

    code = "forecasting.no_contacts"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "The queue has no contacts of its own in the last four weeks. Import call "
            "records, not only sums of intervals."
        )


class NoSkillGroups(Conflict):
    """Fewer than two queues share agents, or one has nobody."""

    code = "forecasting.no_skill_groups"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "At least two queues with contacts on that day, and people in the "
            "project's teams with the skill of each, are needed. Give people skills, "
            "or queues a skill that somebody has."
        )


class TooMuchShrinkage(Invalid):
    """Nobody would be left on contacts."""

    code = "forecasting.too_much_shrinkage"

    def default_message(self) -> object:
        """What the rule is."""
        return _l(
            "All shrinkage together must stay below 90 percent at every hour of the "
            "week."
        )


class ImportRefused(Invalid):
    """Rows of an outside forecast break a rule; ``context['faults']`` names them."""

    code = "forecasting.import_refused"

    def default_message(self) -> object:
        """What is the case."""
        return _l("Some rows of the file break a rule; nothing was stored.")


class OutdatedStudy(Conflict):
    """What a result rests on has changed since it was found."""

    code = "forecasting.outdated_study"

    def default_message(self) -> object:
        """What is the case, and both ways on."""
        return _l(
            "What this rests on has changed since it was simulated. Go back, load the "
            "page again, and simulate once more or take the margin all the same."
        )


class NothingToRestaff(Conflict):
    """Only what rules on days that have not begun can be worked out again."""

    code = "forecasting.nothing_to_restaff"

    def default_message(self) -> object:
        """What is the case."""
        return _l(
            "This forecast rules on no day that is still to come, so there are no "
            "requirements to work out again."
        )
