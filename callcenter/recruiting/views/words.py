"""What the room's things are called in the reader's language."""

from callcenter.kernel.actor import Scope
from callcenter.kernel.text import _, language
from callcenter.people.models import Post
from callcenter.recruiting.models import Requisition
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


def chain_words(steps: tuple[str, ...]) -> str:
    """Who decides, one after the other."""
    return " → ".join(str(STEP_NAMES[name]()) for name in steps)


STEP_NAMES = {
    "hr": lambda: _("HR"),
    "operations": lambda: _("Head of operations"),
    "general": lambda: _("General manager"),
}
