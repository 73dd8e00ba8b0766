"""Refusals of this room."""

from callcenter.kernel.errors import Conflict, Invalid
from callcenter.kernel.text import _, _l


class RequisitionInvalid(Invalid):
    """What a requisition asks for does not fit together; ``field`` says where."""

    code = "recruiting.requisition_invalid"


class RequisitionSettled(Conflict):
    """The requisition is past the state in which this could be done."""

    code = "recruiting.requisition_settled"

    def default_message(self) -> object:
        """What happened and the way out."""
        return _l(
            "The requisition was sent or closed in the meantime. "
            "Look at its present state."
        )


class CandidateInvalid(Invalid):
    """What was written of a candidate cannot be right; ``field`` says where."""

    code = "recruiting.candidate_invalid"


class AlreadyKnown(Conflict):
    """Somebody with this phone or identity number is a candidate already.

    Carries ``candidate_id``, ``name`` and ``site``; ``is_reached`` says whether the
    asker may see that candidate.
    """

    code = "recruiting.already_known"

    def default_message(self) -> object:
        """Who it is, and what to do."""
        if not self.context.get("is_reached", True):
            return _(
                "A candidate with this number is known at %(site)s. Ask the "
                "recruiters there to put the person forward to you.",
                site=self.context["site"],
            )
        return _(
            "%(name)s has this number already. Open that record instead of "
            "writing a second one.",
            name=self.context["name"],
        )


class MergeRefused(Conflict):
    """These two records cannot become one."""

    code = "recruiting.merge_refused"


class SignUpClosed(Conflict):
    """Nobody can sign up for the event any more."""

    code = "recruiting.sign_up_closed"

    def default_message(self) -> object:
        """What is the case."""
        return _l("Sign-up for this event is closed.")


class AlreadyApplied(Conflict):
    """The candidate stands in the pipeline of that requisition already."""

    code = "recruiting.already_applied"

    def default_message(self) -> object:
        """What is the case."""
        return _l("This candidate was put forward for that requisition before.")


class MoveRefused(Conflict):
    """A rule stands against moving a candidate to that stage."""

    code = "recruiting.move_refused"


class MovedMeanwhile(Conflict):
    """Somebody else moved the candidate since the board was drawn."""

    code = "recruiting.moved_meanwhile"

    def default_message(self) -> object:
        """Where the candidate is now."""
        return _(
            "Somebody else moved %(name)s in the meantime, to: %(stage)s.",
            name=self.context["name"],
            stage=self.context["stage"],
        )
