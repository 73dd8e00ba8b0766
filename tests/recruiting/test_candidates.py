"""Candidates: written down, recognised, merged, signed up; their numbers kept safe."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from callcenter.access.models import ScopeKind
from callcenter.kernel import clock
from callcenter.kernel.actor import EVERYTHING, SYSTEM, acting
from callcenter.kernel.db import db
from callcenter.recruiting import queries, services
from callcenter.recruiting.errors import (
    AlreadyKnown,
    CandidateInvalid,
    MergeRefused,
    SignUpClosed,
)
from callcenter.recruiting.models import (
    Application,
    Candidate,
    HistoryEntry,
    HistoryKind,
    RequisitionState,
    StageKind,
)
from callcenter.recruiting.services import Person, name_key
from tests.factories.people import make_post, make_site
from tests.factories.recruiting import (
    make_application,
    make_candidate,
    make_event,
    make_requisition,
)

IDENTITY = "11010519491231002X"


@pytest.fixture
def site(app):
    with acting(SYSTEM):
        yield make_site()


def written(site, name="王小明", **values):
    return services.write_down(
        Candidate(), Person(name=name, **values), site=site, has_consent=True
    )


def kinds_of(candidate):
    return [each.kind for each in queries.history_of_candidate(candidate.id)]


class TestNames:
    @pytest.mark.parametrize(
        "spelled", ["王晓明", "Wang Xiaoming", "Xiaoming Wang", "WANG  xiaoming"]
    )
    def test_spellings_of_a_name_are_recognised(self, spelled):
        assert name_key(spelled) == name_key("王小明")

    @pytest.mark.parametrize("other", ["王明", "汪小红", "Wang Xiao"])
    def test_other_names_are_others(self, other):
        assert name_key(other) != name_key("王小明")


class TestWritingDown:
    def test_numbers_reach_the_database_encrypted(self, site):
        row = written(site, phone="138 0013 8000", identity_number=IDENTITY)

        held = db.session.execute(
            text("SELECT phone, identity_number FROM recruiting_candidate")
        ).one()

        assert "13800138000" not in held.phone
        assert IDENTITY not in held.identity_number
        assert row.phone == "+8613800138000"

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"phone": "12"}, "phone"),
            ({"identity_number": "110105194912310021"}, "identity_number"),
            ({"referrer": "E99999"}, "referrer"),
        ],
    )
    def test_refuses_what_cannot_be_right(self, site, values, field):
        with pytest.raises(CandidateInvalid) as refusal:
            written(site, **values)

        assert refusal.value.context["field"] == field

    @pytest.mark.parametrize(
        "values", [{"phone": "+86 138-0013-8000"}, {"identity_number": IDENTITY}]
    )
    def test_a_second_record_with_the_same_number_is_refused(self, site, values):
        first = written(site, phone="13800138000", identity_number=IDENTITY)

        with pytest.raises(AlreadyKnown) as refusal:
            written(site, name="Somebody Else", **values)

        assert refusal.value.context["candidate_id"] == first.id
        assert "王小明" in refusal.value.message

    def test_the_database_itself_keeps_numbers_apart(self, site):
        make_candidate(site, phone_digest="same")

        with pytest.raises(Exception, match=r"(?i)unique"):
            make_candidate(site, phone_digest="same")

    def test_says_where_somebody_out_of_reach_is_known(self, site, sign_in_as):
        make_candidate_with_phone(site)
        here = make_site()
        client = sign_in_as("recruiter", scope_kind=ScopeKind.SITE, scope_id=here.id)

        answer = client.post(
            "/recruiting/candidates/new",
            data={"name": "Wu Di", "phone": "13800138000", "site_id": here.id},
        )

        assert answer.status_code == 422
        assert f"known at {site.name}" in answer.text
        assert "王小明" not in answer.text

    def test_names_spelled_alike_are_pointed_out(self, site):
        one, other = (
            make_candidate(site, name="王小明"),
            make_candidate(site, name="Wang Xiaoming"),
        )
        make_candidate(site, name="李雷")

        assert [each.id for each in queries.alike(one, EVERYTHING)] == [other.id]

    @pytest.mark.parametrize("words", ["小明", "xiaoming", "wxm", "wang", "german"])
    def test_is_found_by_characters_pinyin_initials_and_skills(self, site, words):
        found = make_candidate(site, name="王小明", skills="English, German")
        make_candidate(site, name="李雷")

        hits = db.session.scalars(
            queries.visible_candidates(EVERYTHING).where(queries.named_like(words))
        ).all()

        assert [each.id for each in hits] == [found.id]


def make_candidate_with_phone(site):
    row = written(site, phone="13800138000")
    db.session.commit()
    return row


class TestMerging:
    def test_nothing_of_either_is_lost(self, site):
        kept = make_candidate(site, name="王小明", identity_digest=None, school="")
        other = make_candidate(site, name="王晓明", school="Hefei College")
        services.note(other.id, HistoryKind.NOTE, words="Called on Monday")
        theirs = make_application(make_requisition(site), other)

        services.merge_candidates(kept, other)

        db.session.expire_all()
        assert kept.school == "Hefei College"
        assert kept.identity_digest == other.identity_digest
        assert other.merged_into_id == kept.id
        assert db.session.get(Application, theirs.id).candidate_id == kept.id
        words = [each.words for each in queries.history_of_candidate(kept.id)]
        assert "Called on Monday" in words

    def test_the_further_of_two_applications_is_kept(self, site):
        wanted = make_requisition(site)
        kept, other = make_candidate(site), make_candidate(site, identity_digest=None)
        own = make_application(wanted, kept)
        make_application(wanted, other, stage=StageKind.OFFER)

        services.merge_candidates(kept, other)

        db.session.expire_all()
        assert db.session.get(Application, own.id).stage is StageKind.OFFER
        assert db.session.query(Application).count() == 2

    def test_two_identity_numbers_are_two_people(self, site):
        with pytest.raises(MergeRefused):
            services.merge_candidates(make_candidate(site), make_candidate(site))

    def test_one_and_the_same_is_not_merged(self, site):
        row = make_candidate(site)

        with pytest.raises(MergeRefused):
            services.merge_candidates(row, row)

    def test_the_old_address_leads_to_the_record_that_lives_on(self, site, sign_in_as):
        kept = make_candidate(site, name="Kept One")
        other = make_candidate(site, identity_digest=None)
        client = sign_in_as("recruiter")

        merged = client.post(
            f"/recruiting/candidates/{kept.id}/merge", data={"other_id": other.id}
        )
        twice = client.post(
            f"/recruiting/candidates/{kept.id}/merge", data={"other_id": other.id}
        )

        assert (merged.status_code, twice.status_code) == (303, 303)
        assert "Kept One" in client.get(f"/recruiting/candidates/{other.id}").text


SIGN_UP = {"name": "李雷", "phone": "13900139000", "agrees": "y", "school": "Hefei"}


class TestSigningUp:
    @pytest.fixture
    def event(self, site):
        return make_event(site)

    def test_needs_no_account_and_takes_down_the_consent(self, client, event):
        answer = client.post(f"/recruiting/join/{event.token}", data=SIGN_UP)

        row = db.session.query(Candidate).one()
        assert "Thank you" in answer.text
        assert row.consent_at is not None
        assert (row.event_id, row.channel_id) == (event.id, event.channel_id)
        assert row.is_in_pool

    def test_without_consent_nothing_is_kept(self, client, event):
        data = {**SIGN_UP, "agrees": ""}

        answer = client.post(f"/recruiting/join/{event.token}", data=data)

        assert answer.status_code == 422
        assert "Without your consent" in answer.text
        assert "李雷" in answer.text
        assert db.session.query(Candidate).count() == 0

    def test_twice_is_once(self, client, event):
        for _ in range(2):
            answer = client.post(f"/recruiting/join/{event.token}", data=SIGN_UP)
            assert "Thank you" in answer.text

        assert db.session.query(Candidate).count() == 1
        assert queries.count_sign_ups(event.id) == 1

    def test_nobody_can_overwrite_somebody_known(self, client, event, site):
        known = services.write_down(
            Candidate(), Person(name="李磊", phone="13900139000"), site=site
        )
        db.session.commit()

        answer = client.post(f"/recruiting/join/{event.token}", data=SIGN_UP)

        db.session.expire_all()
        assert "Thank you" in answer.text
        assert "李磊" not in answer.text
        assert db.session.get(Candidate, known.id).name == "李磊"
        assert HistoryKind.SIGNED_UP in kinds_of(known)

    def test_puts_people_forward_for_the_events_requisition(self, client, site):
        event = make_event(site, requisition_id=make_requisition(site).id)

        client.post(f"/recruiting/join/{event.token}", data=SIGN_UP)

        application = db.session.query(Application).one()
        assert application.requisition_id == event.requisition_id
        assert not db.session.query(Candidate).one().is_in_pool

    def test_goes_to_the_pool_once_the_requisition_is_closed(self, client, site):
        wanted = make_requisition(site, state=RequisitionState.CLOSED)
        event = make_event(site, requisition_id=wanted.id)

        client.post(f"/recruiting/join/{event.token}", data=SIGN_UP)

        assert db.session.query(Candidate).one().is_in_pool

    @pytest.mark.parametrize("values", [{"is_open": False}, {"starts_at": None}])
    def test_ends_with_the_event(self, client, site, values):
        long_ago = clock.now() - timedelta(days=30)
        if "starts_at" in values:
            values = {"starts_at": long_ago, "ends_at": long_ago + timedelta(hours=1)}
        event = make_event(site, **values)

        with pytest.raises(SignUpClosed):
            services.sign_up(event, name="A", phone="13900139000")

        assert "closed" in client.get(f"/recruiting/join/{event.token}").text

    def test_an_unknown_address_leads_nowhere(self, client, event):
        assert client.get("/recruiting/join/guessed").status_code == 404

    @pytest.mark.parametrize("phone", ["abc", "123", "<script>"])
    def test_nonsense_is_named_and_kept(self, client, event, phone):
        answer = client.post(
            f"/recruiting/join/{event.token}", data={**SIGN_UP, "phone": phone}
        )

        assert answer.status_code == 422
        assert "not a phone number" in answer.text
        assert "<script>" not in answer.text.split("<main")[1]

    def test_is_limited(self, app, event):
        app.config["RATELIMIT_ENABLED"] = True
        from callcenter.web.extensions import limiter

        limiter.enabled = True
        try:
            client = app.test_client()
            codes = {
                client.post(f"/recruiting/join/{event.token}", data={}).status_code
                for _ in range(125)
            }
        finally:
            limiter.enabled = False
            app.config["RATELIMIT_ENABLED"] = False

        assert 429 in codes

    def test_the_code_leads_to_the_page(self, sign_in_as, event):
        client = sign_in_as("recruiter")

        code = client.get(f"/recruiting/events/{event.id}/qr.svg")
        page = client.get(f"/recruiting/events/{event.id}").text

        assert code.mimetype == "image/svg+xml"
        assert b"<svg" in code.data
        assert f"/recruiting/join/{event.token}" in page


class TestPages:
    def test_personal_data_asks_for_a_purpose_and_is_noted(self, sign_in_as, site):
        row = make_candidate_with_phone(site)
        client = sign_in_as("recruiter")
        address = f"/recruiting/candidates/{row.id}"

        assert "+8613800138000" not in client.get(address).text
        assert client.post(f"{address}/personal-data").status_code == 422
        shown = client.post(
            f"{address}/personal-data", data={"purpose": "To call the candidate"}
        )

        assert "+8613800138000" in shown.text
        trail = db.session.execute(
            text("SELECT action FROM access_audit_entry ORDER BY id DESC")
        ).scalars()
        assert "revealed" in list(trail)

    def test_managers_see_candidates_but_not_their_numbers(self, sign_in_as, site):
        row = make_candidate_with_phone(site)
        client = sign_in_as("operations_manager")
        address = f"/recruiting/candidates/{row.id}"

        assert client.get(address).status_code == 200
        assert client.get(f"{address}/personal-data").status_code == 403
        assert client.get(f"{address}/edit").status_code == 403

    def test_empty_numbers_stay_as_they_are(self, sign_in_as, site):
        row = make_candidate_with_phone(site)

        answer = sign_in_as("recruiter").post(
            f"/recruiting/candidates/{row.id}/edit",
            data={"name": "王大明", "site_id": site.id, "phone": "", "channel_id": ""},
        )

        db.session.expire_all()
        found = queries.get_candidate(row.id, EVERYTHING)
        assert answer.status_code == 303
        assert (found.name, found.phone) == ("王大明", "+8613800138000")

    def test_a_known_phone_leads_to_the_record(self, sign_in_as, site):
        row = make_candidate_with_phone(site)

        answer = sign_in_as("recruiter").post(
            "/recruiting/candidates/new",
            data={"name": "Wu Di", "phone": "13800138000", "site_id": site.id},
        )

        assert answer.status_code == 422
        assert f"/recruiting/candidates/{row.id}" in answer.text

    def test_from_the_pool_to_the_requisition(self, sign_in_as, site):
        wanted = make_requisition(site)
        row = make_candidate(site, name="Pool Person", is_in_pool=True)
        client = sign_in_as("recruiter")
        page = f"/recruiting/requisitions/{wanted.id}"
        assert "Pool Person" in client.get(page).text

        client.post(
            f"/recruiting/candidates/{row.id}/put-forward",
            data={"requisition_id": wanted.id},
        )

        assert "Pool Person" not in client.get(page).text
        assert db.session.query(Application).one().candidate_id == row.id

    def test_notes_are_part_of_the_history(self, sign_in_as, site):
        row = make_candidate(site)
        client = sign_in_as("recruiter")
        address = f"/recruiting/candidates/{row.id}"

        client.post(f"{address}/note", data={"words": "Prefers evenings"})
        client.post(f"{address}/pool", data={"pooled": "1"})

        page = client.get(address).text
        assert "Prefers evenings" in page
        assert "Put into the talent pool" in page
        assert db.session.query(HistoryEntry).count() == 2

    def test_lists_cost_few_statements(self, sign_in_as, site, count_queries):
        for n in range(30):
            make_candidate(site, name=f"Person {n}")
        client = sign_in_as("recruiter")
        client.get("/recruiting/candidates")
        count_queries()

        client.get("/recruiting/candidates")

        assert count_queries() <= 8

    def test_stages_of_a_post_are_set_by_its_site(self, sign_in_as, site):
        post = make_post(site_id=site.id)
        data = {
            "has_screening": "1",
            "days_screening": "4",
            "has_contract": "1",
            "days_contract": "7",
        }
        client = sign_in_as("recruiter")

        refused = client.post(f"/recruiting/stages/{post.id}", data={})
        saved = client.post(f"/recruiting/stages/{post.id}", data=data)

        assert (refused.status_code, saved.status_code) == (422, 303)
        assert queries.stages_of_posts([post.id])[post.id] == {
            StageKind.SCREENING: 4,
            StageKind.CONTRACT: 7,
        }
