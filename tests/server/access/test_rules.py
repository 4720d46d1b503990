"""The table of rules is whole: it speaks of every route, and of the one that answers."""

import re

import pytest
from starlette.routing import compile_path

from tests.server.access.app_routes import VERBS, AppRoute, words_of
from webui.access.kinds import Kind
from webui.access.roles import Role
from webui.server.access.rules import RULES, UNKNOWN, UNUSED, rule_for

UNNAMED = frozenset(
    "name path rest file model task offer guest format_ view step batch level picture kind index".split()
)
"""Parts of paths that name nothing of anybody's, or a place within a thing that is named beside them."""


def _methods(route: AppRoute) -> list[str]:
    return sorted(route.methods & set(VERBS)) if route.methods else list(VERBS)


def test_every_route_has_a_rule_of_its_own(routes: list[AppRoute]) -> None:
    assert len(routes) > 150
    missing = []
    for route in routes:
        for method in _methods(route):
            rule = rule_for(method, route.sample()).rule
            closed = rule in UNUSED  # Gradio's own, which nobody but an administrator reaches
            if rule.path != route.path and not closed:
                missing.append(f"{method} {route.path}: the rule that holds is {rule.path}")
    assert not missing


def test_no_rule_speaks_of_a_route_that_is_not_there(routes: list[AppRoute]) -> None:
    there = {route.path for route in routes}
    assert not [rule.path for rule in RULES if rule.path not in there and rule not in UNUSED]


def test_the_rule_that_holds_is_that_of_the_route_that_answers(routes: list[AppRoute]) -> None:
    """For paths in which a part is a word that other routes have there: `/models/tasks` is no model's name."""
    compiled = [(route, compile_path(route.path)[0]) for route in routes]
    words = words_of(routes)
    wrong = []
    for route in routes:
        first = route.path.split("{")[0]
        near = [(other, pattern) for other, pattern in compiled if other.path.startswith(first[:12])]
        for name, convertor in route.parts:
            for word in [*words, "a.png", *(["a/b", "a/x/b", ""] if convertor == "path" else [])]:
                path = route.sample(**{name: word})
                for method in _methods(route):
                    answers = _answering(near, method, path)
                    rule = rule_for(method, path).rule
                    if answers is not None and rule.path != answers.path and rule not in UNUSED:
                        wrong.append(f"{method} {path}: {answers.path} answers, {rule.path} holds")
    assert not wrong


def _answering(routes: list[tuple[AppRoute, re.Pattern[str]]], method: str, path: str) -> AppRoute | None:
    matching = (route for route, pattern in routes if pattern.match(path))
    return next((route for route in matching if not route.methods or method in route.methods), None)


def test_whatever_names_a_thing_must_be_theirs() -> None:
    for rule in RULES:
        parts = set(re.findall(r"\{(\w+)", rule.path))
        unjudged = parts - set(rule.owns) - (UNNAMED if rule.owns else UNNAMED - {"picture"})
        judged = rule.least not in (None, Role.ADMIN) and not rule.path.startswith(("/gradio_api/", "/api/v1/shown/"))
        assert rule.owns.keys() <= parts, rule.path
        assert not judged or not unjudged, rule.path


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/api/v1/jobs/x", Kind.JOB),
        ("/api/v1/series/x", Kind.SERIES),
        ("/api/v1/images/x", Kind.PICTURE),
        ("/api/v1/pictures/x", Kind.INPUT),
        ("/api/v1/trajectories/x/file", Kind.TRAJECTORY),
        ("/api/v1/forward/x/strip.png", Kind.FORWARD),
        ("/api/v1/explore/pictures/x/0.jpg", Kind.POINTS),
    ],
)
def test_ids_in_addresses_are_of_their_kind(path: str, kind: Kind) -> None:
    assert list(rule_for("GET", path).ids) == [(kind, "x")]


def test_what_no_rule_speaks_of_is_for_administrators_alone() -> None:
    for method, path in (("GET", "/nothing"), ("PUT", "/api/v1/jobs"), ("BREW", "/"), ("GET", "//"), ("GET", "")):
        assert rule_for(method, path).rule.least is Role.ADMIN
    assert rule_for("GET", "/nothing").rule is UNKNOWN


def test_only_coming_in_is_open_to_everybody() -> None:
    assert {rule.path for rule in RULES if rule.least is None} == {
        "/login", "/login/login.js", "/login/state", "/logout", "/page/{name}", "/internal/ping",
    }  # fmt: skip


def test_of_gradios_ways_to_call_a_handler_only_the_one_that_pages_use_is_open_to_guests() -> None:
    open_to_guests = {rule.path for rule in RULES if rule.path.startswith("/gradio_api/") and rule.least is Role.GUEST}
    assert open_to_guests == {"/gradio_api/run/{api_name}"}
