"""The frame of pages, the component page, and the addresses that belong to it."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from callcenter.app import create_app
from callcenter.web.pages import is_local
from tools import vendor

PAGE = "/_components"


@pytest.fixture
def page(client):
    return client.get(PAGE)


class TestComponentPage:
    def test_shows_itself_in_development(self, page):
        assert page.status_code == 200

    def test_is_not_there_in_production(self, config, tmp_path):
        app = create_app(replace(config, environment="production", var=tmp_path))

        assert "components_page" not in app.view_functions

    def test_says_everything_in_chinese(self, client):
        text = client.get(PAGE, headers={"Accept-Language": "zh-CN"}).text

        assert 'lang="zh-CN"' in text
        assert "搜索" in text or "跳到正文" in text

    def test_answers_htmx_with_the_list_alone(self, client):
        headers = {"HX-Request": "true", "HX-Target": "people"}

        response = client.get(PAGE, headers=headers)

        assert response.text.lstrip().startswith('<div class="table-area" id="people"')
        assert "HX-Target" in response.headers["Vary"]

    def test_answers_a_history_restore_with_the_whole_page(self, client):
        headers = {
            "HX-Request": "true",
            "HX-Target": "people",
            "HX-History-Restore-Request": "true",
        }

        assert "<!doctype html>" in client.get(PAGE, headers=headers).text

    def test_exports_its_list(self, client):
        response = client.get(PAGE + "?export=csv&team=Harbour")

        assert len(response.text.splitlines()) == 41
        assert "attachment" in response.headers["Content-Disposition"]

    def test_keeps_to_the_content_security_policy(self, page):
        assert not re.search(r"<[^>]+\s(style|on\w+)=", page.text)

    def test_prints_none_for_nothing_nowhere(self, page):
        assert not re.search(r">\s*None\s*<", page.text)

    def test_names_only_icons_that_the_sprite_holds(self, page):
        sprite = Path("callcenter/web/static/icons.svg").read_text("utf-8")
        held = set(re.findall(r'<symbol id="([\w-]+)"', sprite))

        used = set(re.findall(r'icons\.svg\?v=\w+#([\w-]+)"', page.text))

        assert used <= held

    def test_has_an_own_label_for_every_box(self, page):
        boxes = re.findall(r"<(?:input|select|textarea)[^>]*>", page.text)
        ids = [
            match.group(1)
            for box in boxes
            if "hidden" not in box and (match := re.search(r'\sid="([^"]+)"', box))
        ]

        assert len(ids) == len(set(ids))


class TestTemplates:
    def test_use_only_icons_that_the_sprite_holds(self):
        names = {icon for f in manifest() for icon in f.get("icons", ())}
        pattern = re.compile(r"icon\(\s*\"([\w-]+)\"|icon_name=\"([\w-]+)\"")
        used = {
            one or other
            for path in Path("callcenter").rglob("*.html")
            for one, other in pattern.findall(path.read_text("utf-8"))
        }

        assert used <= names

    def test_write_no_style_and_no_script_into_their_tags(self):
        forbidden = re.compile(r"<[a-z][^>]*\s(style|on[a-z]+)=", re.IGNORECASE)
        guilty = [
            str(path)
            for path in Path("callcenter").rglob("*.html")
            if forbidden.search(path.read_text("utf-8"))
            and "mail" not in path.as_posix()
        ]

        assert guilty == []


class TestAssets:
    def test_carry_a_hash_and_may_be_kept_for_a_year(self, client, page):
        address = re.search(r'href="(/static/app\.css\?v=\w+)"', page.text)

        with client.get(address.group(1)) as response:
            kept = response.headers["Cache-Control"]

        assert "max-age=31536000" in kept
        assert "immutable" in kept

    def test_without_a_hash_are_asked_for_again(self, client):
        with client.get("/static/app.css") as response:
            assert "no-cache" in response.headers["Cache-Control"]

    def test_let_the_service_worker_serve_the_whole_site(self, client):
        with client.get("/static/sw.js") as response:
            assert response.headers["Service-Worker-Allowed"] == "/"

    def test_are_what_their_recorded_sums_say(self):
        assert vendor.check(manifest()) == 0

    def test_of_an_ordinary_page_stay_within_300_kilobytes(self, client):
        refused = client.get("/there-is-no-such-page")
        addresses = re.findall(r'(?:href|src)="(/static/[^"#]+)', refused.text)
        weights = [weight(client, each) for each in set(addresses)]

        assert len(weights) + 1 <= 8
        assert sum(weights) + len(refused.data) <= 300_000

    def test_come_from_this_host_only(self, page):
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', page.text)


class TestErrorPages:
    def test_say_what_happened_and_the_way_out(self, client):
        response = client.get("/there-is-no-such-page")

        assert response.status_code == 404
        assert 'href="/"' in response.text
        assert "<code>" in response.text

    def test_are_a_message_among_others_for_htmx(self, client):
        response = client.get("/there-is-no-such-page", headers={"HX-Request": "true"})

        assert 'data-toast="danger"' in response.text
        assert "<!doctype" not in response.text


class TestPreferences:
    def test_of_language_hold_on_the_next_page(self, client):
        client.post("/preferences", data={"locale": "zh_CN", "next": PAGE})

        assert 'lang="zh-CN"' in client.get(PAGE).text

    def test_of_colours_hold_on_the_next_page(self, client):
        client.post("/preferences", data={"theme": "dark", "next": PAGE})

        assert 'data-theme="dark"' in client.get(PAGE).text

    def test_lead_back_to_the_page_at_hand(self, client):
        response = client.post("/preferences", data={"theme": "dark", "next": PAGE})

        assert response.status_code == 303
        assert response.location == PAGE

    @pytest.mark.parametrize("target", ["//evil.test", "https://evil.test", "/\\evil"])
    def test_lead_to_no_other_host(self, target):
        assert not is_local(target)

    def test_take_no_nonsense(self, client):
        client.post("/preferences", data={"theme": "pink", "next": PAGE})

        assert 'data-theme="auto"' in client.get(PAGE).text


def weight(client, address: str) -> int:
    with client.get(address) as response:
        return len(response.data)


def manifest() -> list[dict]:
    text = Path("callcenter/web/vendor.json").read_text("utf-8")
    return json.loads(text)["files"]
