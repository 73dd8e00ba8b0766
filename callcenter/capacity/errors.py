"""What this room refuses."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _l


class PlanExists(Conflict):
    """A project has one capacity plan."""

    code = "capacity.plan_exists"

    def default_message(self) -> object:
        """What to do instead."""
        return _l(
            "This project has a capacity plan. Copy one of its scenarios instead."
        )


class PlanHasNoPeople(Conflict):
    """Without people nothing is known of how they stay."""

    code = "capacity.plan_has_no_people"

    def default_message(self) -> object:
        """What is missing, and the way out."""
        return _l(
            "Nobody has worked here yet, so nothing is known of how people stay. "
            "Enter or import employees first."
        )


class ScenarioClosed(Conflict):
    """Only drafts change."""

    code = "capacity.scenario_closed"

    def default_message(self) -> object:
        """What to do instead."""
        return _l("This scenario was approved and does not change. Copy it instead.")


class ScenarioNameTaken(Invalid):
    """The scenarios of a plan bear different names."""

    code = "capacity.scenario_name_taken"

    def default_message(self) -> object:
        """What is the case."""
        return _l("Another scenario of this plan has that name.")


class WeekNotInPlan(Invalid):
    """The week or the column is none of the plan's."""

    code = "capacity.week_not_in_plan"

    def default_message(self) -> object:
        """What is the case."""
        return _l("That week is not part of this plan. Load the page again.")
