"""Reading facts, contacts, imports and names."""

from typing import TYPE_CHECKING

from callcenter.lazily import lazily

if TYPE_CHECKING:
    from callcenter.acd.queries.contacts import (
        contact_statement,
        get_contact,
        in_queues_of,
        visits_of_customer,
    )
    from callcenter.acd.queries.facts import (
        agents_of_project,
        has_facts,
        interval_history,
        last_fact_day,
    )
    from callcenter.acd.queries.figures import (
        Answer,
        Grain,
        Question,
        answer,
        get_metric,
        names_of,
    )
    from callcenter.acd.queries.imports import (
        count_unknown_names,
        find_same_delivery,
        get_import,
        get_project_by_code,
        get_source_name,
        imports,
        mappings,
        problems,
        source_names,
        unknown_names,
    )


__all__ = [
    "Answer",
    "Grain",
    "Question",
    "agents_of_project",
    "answer",
    "contact_statement",
    "count_unknown_names",
    "find_same_delivery",
    "get_contact",
    "get_import",
    "get_metric",
    "get_project_by_code",
    "get_source_name",
    "has_facts",
    "imports",
    "in_queues_of",
    "interval_history",
    "last_fact_day",
    "mappings",
    "names_of",
    "problems",
    "source_names",
    "unknown_names",
    "visits_of_customer",
]

lazily(__name__)
