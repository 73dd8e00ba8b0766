"""Requisitions: written, approved by those who must, closed; kept from others."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from callcenter.access.models import AuditEntry, ScopeKind
from callcenter.access.services import build_actor
from callcenter.kernel import clock
from callcenter.kernel.actor import acting
from callcenter.kernel.db import db, transaction
from callcenter.people.models import EmploymentKind, PayBasis
from callcenter.recruiting import queries, services
from callcenter.recruiting.errors import RequisitionInvalid, RequisitionSettled
from callcenter.recruiting.models import (
    Requisition,
    RequisitionReason,
    RequisitionState,
)
from callcenter.workflow import services as workflow
from callcenter.workflow.models import Request, Verdict
from callcenter.workflow.queries import kind_of
from tests.factories.access import make_user
from tests.factories.people import make_employee, make_post, make_site
from tests.factories.projects import make_project
from tests.factories.recruiting import make_requisition


def wanted(post, **values):
    return {
        "project_id": None,
        "post_id": post.id,
        "employment_kind": EmploymentKind.FULL_TIME,
        "headcount": 12,
        "due_on": clock.now().date() + timedelta(days=45),
        "reason": RequisitionReason.GROWTH,
        "conditions": "Standard Mandarin",
        "note": "",
        "pay_basis": PayBasis.MONTH,
        "pay_low": Decimal(5000),
        "pay_high": Decimal("6500.50"),
        "channel_budget": Decimal(20_000),
        **values,
    }


def typed(post, site, **values):
    due_on = clock.now().date() + timedelta(days=45)
    return {
        "site_id": site.id,
        "project_id": "",
        "post_id": post.id,
        "employment_kind": "full_time",
        "headcount": "12",
        "due_on": due_on.isoformat(),
        "reason": "growth",
        "replaces": "",
        "conditions": "Standard Mandarin",
        "pay_basis": "month",
        "pay_low": "5000",
        "pay_high": "6500",
        "channel_budget": "20000",
        "note": "",
        **values,
    }


def actor_of(role, **scope):
    return build_actor(make_user(role, **scope))


def sent(requisition, actor):
    found = queries.find_requisition(requisition.id)
    with acting(actor):
        return services.send_requisition(found, actor=actor)


def decide(request, actor, verdict=Verdict.APPROVE):
    with acting(actor):
        workflow.decide(request, verdict=verdict, actor=actor, note="because")


@pytest.fixture
def site(app):
    return make_site()


@pytest.fixture
def front_line(app):
    return make_post(title="Agent", title_zh="客服专员", is_front_line=True)


class TestWriting:
    def test_keeps_what_is_asked_for_as_a_draft(self, site, front_line):
        row = Requisition(asked_by_id=make_user().id)

        services.write_requisition(row, site=site, **wanted(front_line))

        assert row.state is RequisitionState.DRAFT
        assert (row.currency, row.pay_high) == (site.currency, Decimal("6500.50"))

    @pytest.mark.parametrize(
        ("values", "field"),
        [
            ({"due_on": date(2020, 1, 1)}, "due_on"),
            ({"pay_low": None}, "pay_low"),
            ({"pay_high": None}, "pay_high"),
            ({"pay_low": Decimal(9000)}, "pay_high"),
        ],
    )
    def test_refuses_what_does_not_fit_together(self, site, front_line, values, field):
        row = Requisition(asked_by_id=make_user().id)

        with pytest.raises(RequisitionInvalid) as refusal:
            services.write_requisition(row, site=site, **wanted(front_line, **values))

        assert refusal.value.context["field"] == field

    def test_names_who_is_replaced(self, site, front_line):
        leaver = make_employee()
        row = Requisition(asked_by_id=make_user().id)
        reason = RequisitionReason.REPLACEMENT

        services.write_requisition(
            row,
            site=leaver_site(leaver),
            replaces=leaver.number,
            **wanted(front_line, reason=reason),
        )

        assert row.replaces_id == leaver.id

    def test_refuses_to_replace_somebody_unknown(self, site, front_line):
        values = wanted(front_line, reason=RequisitionReason.REPLACEMENT)
        row = Requisition(asked_by_id=make_user().id)

        with pytest.raises(RequisitionInvalid) as refusal:
            services.write_requisition(row, site=site, replaces="E99", **values)

        assert refusal.value.context["field"] == "replaces"

    def test_refuses_the_post_of_another_site(self, site):
        post = make_post(site_id=make_site().id)
        row = Requisition(asked_by_id=make_user().id)

        with pytest.raises(RequisitionInvalid) as refusal:
            services.write_requisition(row, site=site, **wanted(post))

        assert refusal.value.context["field"] == "post_id"

    def test_cannot_change_what_was_sent(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.WAITING)

        with pytest.raises(RequisitionSettled):
            services.write_requisition(row, site=site, **wanted(front_line))


def leaver_site(employee):
    from callcenter.people.models import Site

    return db.session.get(Site, employee.site_id)


class TestApproval:
    def steps(self, request):
        return [step.permission for step in kind_of(request).steps]

    def test_the_front_line_needs_hr_and_operations(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)

        request = sent(row, actor_of("planner"))

        assert self.steps(request) == [
            "recruiting.approve_as_hr",
            "recruiting.approve_as_operations",
        ]

    def test_other_posts_need_the_general_manager_too(self, site):
        row = make_requisition(site, make_post(), state=RequisitionState.DRAFT)

        request = sent(row, actor_of("planner"))

        assert self.steps(request)[-1] == "recruiting.approve_as_general_manager"
        assert len(self.steps(request)) == 3

    def test_who_asks_has_agreed(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)

        request = sent(row, actor_of("recruiter"))

        assert self.steps(request) == ["recruiting.approve_as_operations"]

    def test_somebody_else_always_decides(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)

        request = sent(row, actor_of("administrator"))

        assert len(self.steps(request)) == 2

    def test_opens_with_the_last_approval(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        request = sent(row, actor_of("planner"))

        decide(request, actor_of("recruiter"))
        assert queries.find_requisition(row.id).state is RequisitionState.WAITING
        decide(request, actor_of("operations_manager"))

        opened = queries.find_requisition(row.id)
        assert opened.state is RequisitionState.OPEN
        assert opened.opened_at is not None

    def test_a_refusal_lets_it_be_changed_and_sent_again(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        asker = actor_of("planner")
        request = sent(row, asker)
        decide(request, actor_of("recruiter"), Verdict.REJECT)
        assert queries.find_requisition(row.id).state is RequisitionState.REJECTED

        again = sent(row, asker)

        assert again.id != request.id
        assert queries.find_requisition(row.id).request_id == again.id

    def test_taking_the_request_back_gives_the_draft_back(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        asker = actor_of("planner")
        request = sent(row, asker)

        workflow.withdraw(request, actor=asker)

        assert queries.find_requisition(row.id).state is RequisitionState.DRAFT

    def test_cannot_be_sent_twice(self, site, front_line):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        asker = actor_of("planner")
        sent(row, asker)

        with pytest.raises(RequisitionSettled):
            sent(row, asker)

    def test_decisions_on_other_things_are_let_pass(self, app):
        services.carry_out_decision(Request(kind="scheduling.leave", subject="leave:1"))


class TestClosing:
    def test_only_an_open_one_is_closed(self, site, front_line):
        draft = make_requisition(site, front_line, state=RequisitionState.DRAFT)

        with pytest.raises(RequisitionSettled):
            services.close_requisition(draft)

    def test_an_approved_one_is_not_thrown_away(self, site, front_line):
        row = make_requisition(site, front_line)

        with pytest.raises(RequisitionSettled):
            services.delete_requisition(row)


class TestPages:
    def test_from_draft_to_recruiting(self, app, sign_in_as, site, front_line):
        planner = sign_in_as("planner")
        answer = planner.post(
            "/recruiting/requisitions/new", data=typed(front_line, site)
        )
        page = answer.location
        assert planner.post(f"{page}/send").status_code == 303
        for role in ("recruiter", "operations_manager"):
            request = db.session.query(Request).one()
            decided = sign_in_as(role).post(
                f"/requests/{request.id}/decide", data={"verdict": "approve"}
            )
            assert decided.status_code == 303
            db.session.expire_all()

        assert "Recruiting" in planner.get(page).text

    def test_keeps_what_was_typed_and_names_the_field(
        self, sign_in_as, site, front_line
    ):
        client = sign_in_as("recruiter")

        answer = client.post(
            "/recruiting/requisitions/new",
            data=typed(front_line, site, pay_low="9000", headcount="0"),
        )

        assert answer.status_code == 422
        assert "Standard Mandarin" in answer.text
        assert "headcount-error" in answer.text

    def test_money_is_for_whoever_may_see_it(self, sign_in_as, site, front_line):
        row = make_requisition(site, front_line, channel_budget=Decimal(7777))
        address = f"/recruiting/requisitions/{row.id}"

        assert "7,777" in sign_in_as("finance").get(address).text
        assert "7,777" not in sign_in_as("planner").get(address).text

    def test_who_may_not_see_money_does_not_change_it(
        self, sign_in_as, site, front_line
    ):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        data = typed(front_line, site, pay_low="1", pay_high="2", headcount="3")

        sign_in_as("planner").post(f"/recruiting/requisitions/{row.id}/edit", data=data)

        db.session.expire_all()
        found = db.session.get(Requisition, row.id)
        assert (found.headcount, found.pay_low) == (3, Decimal(5000))

    def test_a_save_on_top_of_a_newer_one_is_refused(
        self, sign_in_as, site, front_line
    ):
        row = make_requisition(site, front_line, state=RequisitionState.DRAFT)
        client = sign_in_as("recruiter")
        address = f"/recruiting/requisitions/{row.id}/edit"
        db.session.expire_all()
        seen = client.get(address).text.split('name="seen" type="hidden" value="')[1]
        seen = seen.split('"')[0]
        first = client.post(address, data=typed(front_line, site, seen=seen))
        second = client.post(
            address, data=typed(front_line, site, seen=seen, headcount="99")
        )

        assert (first.status_code, second.status_code) == (303, 422)
        assert "Somebody else changed this" in second.text

    def test_another_sites_requisition_is_not_there(self, sign_in_as, site, front_line):
        row = make_requisition(site, front_line)
        elsewhere = sign_in_as(
            "recruiter", scope_kind=ScopeKind.SITE, scope_id=make_site().id
        )

        for tail in ("", "/edit"):
            address = f"/recruiting/requisitions/{row.id}{tail}"
            assert elsewhere.get(address).status_code == 404
        assert elsewhere.post(f"{address[:-5]}/close").status_code == 404

    def test_a_projects_people_see_its_requisitions(self, sign_in_as, site, front_line):
        project = make_project()
        row = make_requisition(site, front_line, project_id=project.id)
        client = sign_in_as(
            "finance", scope_kind=ScopeKind.PROJECT, scope_id=project.id
        )

        assert client.get(f"/recruiting/requisitions/{row.id}").status_code == 200

    def test_agents_have_no_business_here(self, sign_in_as):
        assert sign_in_as("agent").get("/recruiting/requisitions").status_code == 403

    def test_the_search_finds_them(self, sign_in_as, site, front_line):
        make_requisition(site, front_line)

        found = sign_in_as("recruiter").get("/search?q=Agent").text

        assert "Requisition, Recruiting" in found

    def test_the_first_page_says_who_is_wanted(self, sign_in_as, site, front_line):
        make_requisition(site, front_line)

        assert "People wanted" in sign_in_as("recruiter").get("/").text

    def test_changes_are_in_the_audit_trail(self, sign_in_as, site, front_line):
        row = make_requisition(site, front_line)
        client = sign_in_as("recruiter")

        client.post(f"/recruiting/requisitions/{row.id}/close")
        twice = client.post(f"/recruiting/requisitions/{row.id}/close")

        assert twice.status_code == 303
        with transaction():
            entries = queries.history_of(row.id)
            changes = [each.changes for each in db.session.scalars(entries)]
        assert "closed" in changes[0]
        assert db.session.query(AuditEntry).count() >= 1
