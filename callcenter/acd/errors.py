"""Refusals of this room."""

from callcenter.kernel.errors import Invalid
from callcenter.kernel.text import _l


class FileRefused(Invalid):
    """A whole file is of no use; ``context`` holds the connector's code and facts."""

    code = "acd.file_refused"


class RowsRefused(Invalid):
    """Some rows break a rule, and all or nothing was asked for."""

    code = "acd.rows_refused"

    def default_message(self) -> object:
        """What to do."""
        return _l(
            "Some rows break a rule, so nothing was stored. Correct them, or keep "
            "the good part."
        )


class UnknownMetric(Invalid):
    """No installed room knows a figure of that code."""

    code = "acd.unknown_metric"

    def default_message(self) -> object:
        """What to do."""
        return _l("There is no such figure. Choose one from the dictionary.")


class BadQuestion(Invalid):
    """The figures cannot be answered as asked, for the reason in the message."""

    code = "acd.bad_question"


class CountedOtherwise(Invalid):
    """A queue would be counted from contacts and from counted intervals at once."""

    code = "acd.counted_otherwise"

    def default_message(self) -> object:
        """Why it was refused."""
        return _l(
            "The queue is counted from another kind of source on these days already, "
            "so this would count it twice."
        )


class WrongTarget(Invalid):
    """A name can be mapped to a queue of its project or to an employee only."""

    code = "acd.wrong_target"

    def default_message(self) -> object:
        """What to do."""
        return _l("Choose a queue of this project or an employee.")
