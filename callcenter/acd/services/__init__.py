"""Storing contacts, counting facts, mapping names."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.acd.services.agent_time import recount as recount_agent_time
    from callcenter.acd.services.facts import mark_dirty
    from callcenter.acd.services.imports import (
        adopt_uploads,
        discard_uploads,
        folder_of,
        folder_of_uploads,
        paths_of,
        plan_import,
        refuse,
        spool_of,
        with_own_names,
    )
    from callcenter.acd.services.live import push
    from callcenter.acd.services.mapping_names import (
        create_queue,
        ignore_name,
        map_agent,
        map_queue,
        save_mapping,
    )
    from callcenter.acd.services.preview import (
        Preview,
        Suggestion,
        guess_format,
        preview,
        suggest,
    )
    from callcenter.acd.services.recounting import (
        next_dirty_project,
        recount_dirty_days,
        recount_facts,
        recount_repeats,
        retarget,
    )
    from callcenter.acd.services.running import Progress, carry_out, load_import
    from callcenter.acd.services.shell import (
        delete_old_uploads,
        finish_killed,
        recount_all,
    )
    from callcenter.acd.services.tally import Tally


__all__ = [
    "Preview",
    "Progress",
    "Suggestion",
    "Tally",
    "adopt_uploads",
    "carry_out",
    "create_queue",
    "delete_old_uploads",
    "discard_uploads",
    "finish_killed",
    "folder_of",
    "folder_of_uploads",
    "guess_format",
    "ignore_name",
    "load_import",
    "map_agent",
    "map_queue",
    "mark_dirty",
    "next_dirty_project",
    "paths_of",
    "plan_import",
    "preview",
    "push",
    "recount_agent_time",
    "recount_all",
    "recount_dirty_days",
    "recount_facts",
    "recount_repeats",
    "refuse",
    "retarget",
    "save_mapping",
    "spool_of",
    "suggest",
    "with_own_names",
]

lazily(__name__)
