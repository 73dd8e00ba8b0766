"""What swaps, their states and their ends are called on the pages."""

from collections.abc import Mapping

from callcenter.kernel.text import _l
from callcenter.scheduling.models.swaps import (
    SwapAnswer,
    SwapLoss,
    SwapState,
    SwapWant,
)

STATE_NAMES: Mapping[SwapState, tuple[object, str]] = {
    SwapState.ASKED: (_l("waits for answers"), "info"),
    SwapState.WAITING: (_l("waits for a supervisor"), "info"),
    SwapState.DONE: (_l("made"), "success"),
    SwapState.DECLINED: (_l("declined"), "neutral"),
    SwapState.REJECTED: (_l("rejected"), "danger"),
    SwapState.WITHDRAWN: (_l("taken back"), "neutral"),
    SwapState.LOST: (_l("came to nothing"), "warning"),
}

LOSS_NAMES: Mapping[SwapLoss, object] = {
    SwapLoss.TAKEN: _l("Somebody else was faster: a shift of it went another way."),
    SwapLoss.CHANGED: _l("A shift of it was changed in the meantime."),
    SwapLoss.RULES: _l("By now it would break a work rule."),
    SwapLoss.LATE: _l("The time to agree is over."),
}

ANSWER_NAMES: Mapping[SwapAnswer, tuple[object, str]] = {
    SwapAnswer.WAITING: (_l("no answer yet"), "info"),
    SwapAnswer.AGREED: (_l("agrees"), "success"),
    SwapAnswer.DECLINED: (_l("declines"), "danger"),
}

WANT_NAMES: Mapping[SwapWant, object] = {
    SwapWant.ANYTHING: _l("Anything"),
    SwapWant.EARLIER: _l("Earlier"),
    SwapWant.LATER: _l("Later"),
    SwapWant.OTHER_DAY: _l("Another day"),
}
