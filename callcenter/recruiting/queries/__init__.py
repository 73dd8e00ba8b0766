"""Reading what this room holds, within the reader's reach."""

from callcenter.recruiting.queries.requisitions import (
    find_leaver,
    find_requisition,
    find_site_of_post,
    get_requisition,
    get_site,
    history_of,
    in_scope,
    named,
    offered_posts,
    offered_projects,
    offered_sites,
    open_requisitions,
    requisitions_by_id,
    visible_requisitions,
)

__all__ = [
    "find_leaver",
    "find_requisition",
    "find_site_of_post",
    "get_requisition",
    "get_site",
    "history_of",
    "in_scope",
    "named",
    "offered_posts",
    "offered_projects",
    "offered_sites",
    "open_requisitions",
    "requisitions_by_id",
    "visible_requisitions",
]
