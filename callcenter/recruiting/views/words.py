"""What the room's things are called in the reader's language."""

from collections.abc import Mapping

from callcenter.kernel import clock
from callcenter.kernel.actor import Scope
from callcenter.kernel.text import _, language
from callcenter.people.models import Post
from callcenter.recruiting.models import (
    Application,
    ApplicationState,
    Event,
    Requisition,
    StageKind,
)
from callcenter.web import filters


def post_title(post: Post) -> str:
    """What a post is called in the reader's language."""
    return post.title_zh if language() == "zh_CN" and post.title_zh else post.title


def post_and_site(post: Post) -> str:
    """A post with the site it belongs to; the site must be loaded."""
    title = post_title(post)
    return f"{title} · {post.site.name}" if post.site else title


def requisition_title(requisition: Requisition) -> str:
    """Post and project, as people speak of a requisition."""
    post = post_title(requisition.post)
    if requisition.project is None:
        return f"{post} · {requisition.site.name}"
    return f"{post} · {requisition.project.name}"


def requisition_and_day(requisition: Requisition) -> str:
    """A requisition with the day on which its people are needed, to choose from."""
    day = filters.day(requisition.due_on, "day_month")
    return f"{requisition_title(requisition)} · {day}"


def pay_band(requisition: Requisition) -> str | None:
    """From what to what is paid, and for what; None where nobody wrote it."""
    low, high = requisition.pay_low, requisition.pay_high
    if low is None or high is None:
        return None
    currency = requisition.currency
    ends = [filters.money(each, currency) for each in dict.fromkeys((low, high))]
    return f"{' – '.join(ends)} {requisition.pay_basis.label}"


def is_reached(requisition: Requisition, scope: Scope) -> bool:
    """Whether a scope reaches the requisition."""
    return (
        scope.is_everything
        or requisition.site_id in scope.site_ids
        or requisition.project_id in scope.project_ids
    )


def day_at(event: Event) -> str:
    """When an event is, by the clock of its site."""
    zone = event.site.zone
    day = filters.day(event.starts_at, "weekday_day", zone)
    return f"{day}, {filters.time_range(event.starts_at, event.ends_at, zone)}"


def next_stage(
    application: Application, stages: Mapping[StageKind, int]
) -> StageKind | None:
    """The stage that comes next; None in the last, and where it has ended."""
    if application.state is not ApplicationState.ACTIVE:
        return None
    later = [each for each in stages if each.position > application.stage.position]
    return later[0] if later else None


def is_late(application: Application) -> bool:
    """Whether the candidate stays longer in this stage than planned."""
    is_active = application.state is ApplicationState.ACTIVE
    return is_active and application.due_at < clock.now()


def chain_words(steps: tuple[str, ...]) -> str:
    """Who decides, one after the other."""
    return " → ".join(str(STEP_NAMES[name]()) for name in steps)


STEP_NAMES = {
    "hr": lambda: _("HR"),
    "operations": lambda: _("Head of operations"),
    "general": lambda: _("General manager"),
}
