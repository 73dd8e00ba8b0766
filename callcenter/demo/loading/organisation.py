"""Sites, floors, posts, teams and skills."""

from collections import Counter

from sqlalchemy import update

from callcenter.demo.company import Post as PlannedPost
from callcenter.demo.loading.rows import Story, insert_for_ids
from callcenter.kernel.db import db
from callcenter.people.models import Floor, Post, Site, Skill, SkillKind, Team

ADDRESSES = {
    "HF": "18 Bamboo Street, Hefei",
    "CD": "6 Hibiscus Road, Chengdu",
    "LX": "Rua do Cais 40, Lisboa",
}
LANGUAGES = {
    "zh": ("LANG-ZH", "Mandarin", "普通话"),
    "en": ("LANG-EN", "English", "英语"),
    "pt": ("LANG-PT", "Portuguese", "葡萄牙语"),
}


def load_organisation(story: Story) -> None:
    """Put the company's frame in place, before any people."""
    _load_sites(story)
    _load_posts(story)
    _load_teams(story)
    _load_skills(story)


def _load_sites(story: Story) -> None:
    sites = story.company.sites
    ids = insert_for_ids(
        Site,
        [
            {
                "code": site.code,
                "name": site.name.en,
                "zone": site.zone,
                "country": site.country,
                "currency": site.currency,
                "address": ADDRESSES[site.code],
            }
            for site in sites
        ],
    )
    story.ids.sites.update(zip((site.code for site in sites), ids, strict=True))
    floors = story.company.floors
    ids = insert_for_ids(
        Floor,
        [
            {"site_id": story.ids.sites[floor.site], "name": floor.name.en}
            for floor in floors
        ],
    )
    story.ids.floors.update(zip((floor.code for floor in floors), ids, strict=True))


def places_by_site(story: Story) -> dict[tuple[str, str], int]:
    """How many places each post has at each site, vacancies spread over the sites.

    A post that nobody holds yet is at the first site.
    """
    filled = Counter(
        (person.post, person.site)
        for person in story.company.employees
        if person.left_on is None
    )
    everywhere = {(person.post, person.site) for person in story.company.employees}
    sites = [site.code for site in story.company.sites]
    places = {}
    for post in story.company.posts:
        held = [site for site in sites if (post.code, site) in everywhere]
        held = held or sites[:1]
        vacant = post.places - sum(filled[post.code, site] for site in held)
        for k, site in enumerate(held):
            share = vacant // len(held) + (k < vacant % len(held))
            places[post.code, site] = filled[post.code, site] + share
    return places


def _load_posts(story: Story) -> None:
    """One post a site; each reports to its boss at the same site, else to the first."""
    places = places_by_site(story)
    by_code = {post.code: post for post in story.company.posts}
    ids = insert_for_ids(
        Post,
        [
            {
                "title": by_code[code].title.en,
                "title_zh": by_code[code].title.zh,
                "description": _job(by_code[code]),
                "is_front_line": by_code[code].is_agent,
                "headcount": headcount,
                "site_id": story.ids.sites[site],
            }
            for (code, site), headcount in places.items()
        ],
    )
    known = story.ids.posts
    known.update(zip(places, ids, strict=True))
    for (code, site), post_id in known.items():
        boss = by_code[code].reports_to
        if boss is None:
            continue
        first = next(key for key in known if key[0] == boss)
        db.session.execute(
            update(Post)
            .where(Post.id == post_id)
            .values(reports_to_id=known.get((boss, site), known[first]))
        )


def _job(post: PlannedPost) -> str:
    """The job description in both languages: what for, then the duties."""
    lines = [post.description.en]
    lines += [f"- {duty.en}" for duty in post.duties]
    lines += ["", post.description.zh]
    lines += [f"- {duty.zh}" for duty in post.duties]
    return "\n".join(lines)


def _load_teams(story: Story) -> None:
    teams = story.company.teams
    ids = insert_for_ids(
        Team,
        [
            {
                "code": team.code,
                "name": team.name.en,
                "site_id": story.ids.sites[team.site],
            }
            for team in teams
        ],
    )
    story.ids.teams.update(zip((team.code for team in teams), ids, strict=True))


def _load_skills(story: Story) -> None:
    rows = [
        {
            "code": skill.code,
            "name": skill.name.en,
            "name_zh": skill.name.zh,
            "kind": SkillKind.CONTACT,
        }
        for skill in story.company.skills
    ]
    rows += [
        {"code": code, "name": name, "name_zh": name_zh, "kind": SkillKind.LANGUAGE}
        for code, name, name_zh in LANGUAGES.values()
    ]
    ids = insert_for_ids(Skill, rows)
    story.ids.skills.update(zip((row["code"] for row in rows), ids, strict=True))
