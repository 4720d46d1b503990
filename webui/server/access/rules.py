"""Who may do what: a rule for every address that this server answers to. The only place that says so.

Read a line as: whoever is at least this role may send this method to this address, and what the address names must be
theirs. An administrator may do everything, and so may do what no rule speaks of; everybody else may do nothing that no
rule allows. Rules stand in the order of the application's routes where two of them take one address (a test compares),
and a test fails for a route without a rule.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

from starlette.routing import compile_path

from webui.access.kinds import Kind
from webui.access.roles import Role

VIEWER, GUEST, USER, ADMIN = Role.VIEWER, Role.GUEST, Role.USER, Role.ADMIN
ANYBODY = None
"""Also those who are not let in yet."""

_ANY_METHOD = "*"


@dataclass(frozen=True)
class Rule:
    """One line of the table.

    `methods`: those that it speaks of, with spaces between; GET also stands for HEAD. `path`: as the route has it.
    `least`: the smallest role that may; None is open to everybody. `owns`: for a part of the path, of what kind the
    thing is that it names, and that must be theirs.
    """

    methods: str
    path: str
    least: Role | None
    owns: Mapping[str, Kind] = field(default_factory=lambda: MappingProxyType({}))

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        return compile_path(self.path)[0]

    @cached_property
    def _methods(self) -> frozenset[str]:
        methods = self.methods.split()
        return frozenset([*methods, "HEAD"] if "GET" in methods else methods)

    def match(self, method: str, path: str) -> Mapping[str, str] | None:
        """The parts of the path by name; None where this rule speaks of something else."""
        if _ANY_METHOD not in self._methods and method not in self._methods:
            return None
        found = self._pattern.match(path)
        return found.groupdict() if found else None


JOB = {"job": Kind.JOB}
SERIES = {"series": Kind.SERIES}
PICTURE = {"picture": Kind.PICTURE}
BROUGHT = {"picture": Kind.INPUT}
RECORDING = {"trajectory": Kind.TRAJECTORY}
FORWARD = {"forward": Kind.FORWARD}

# fmt: off
COMING_IN = (
    Rule("GET POST",  "/login",                                                       ANYBODY),
    Rule("GET",       "/login/login.js",                                              ANYBODY),
    Rule("POST",      "/logout",                                                      ANYBODY),
    Rule("GET",       "/api/v1/me",                                                   VIEWER),
)
MAKING = (
    Rule("GET",       "/api/v1/events",                                               VIEWER),
    Rule("GET",       "/api/v1/jobs/{job}/events",                                    GUEST,  JOB),
    Rule("GET POST",  "/api/v1/jobs",                                                 GUEST),
    Rule("GET DELETE", "/api/v1/jobs/{job}",                                          GUEST,  JOB),
    Rule("POST",      "/api/v1/jobs/{job}/skip",                                      GUEST,  JOB),
    Rule("GET",       "/api/v1/jobs/{job}/frames/{batch}/{step}/{picture}.jpg",       GUEST,  JOB),
    Rule("GET POST",  "/api/v1/series",                                               USER),
    Rule("GET DELETE", "/api/v1/series/{series}",                                     USER,   SERIES),
    Rule("GET",       "/api/v1/prompt/names",                                         GUEST),
    Rule("POST",      "/api/v1/prompt/check",                                         GUEST),
    Rule("POST",      "/api/v1/infotext",                                             GUEST),
    Rule("GET",       "/api/v1/health",                                               VIEWER),
    Rule("GET",       "/api/v1/samplers",                                             GUEST),
)
SHOWN = (  # what somebody who only looks on is shown
    Rule("GET",       "/api/v1/shown/{job}/{rest:path}",                              VIEWER),
)
PICTURES = (
    Rule("GET",       "/api/v1/images/{picture}/trajectory",                          GUEST,  PICTURE),
    Rule("GET",       "/api/v1/images",                                               GUEST),
    Rule("GET",       "/api/v1/images/{picture}/parameters",                          GUEST,  PICTURE),
    Rule("GET",       "/api/v1/images/{picture:path}",                                GUEST,  PICTURE),
    Rule("GET",       "/api/v1/films/{picture}",                                      GUEST,  PICTURE),
    Rule("POST",      "/api/v1/pictures",                                             GUEST),
    Rule("POST",      "/api/v1/pictures/{picture}/preprocess",                        GUEST,  BROUGHT),
    Rule("GET",       "/api/v1/pictures/{picture:path}",                              GUEST,  BROUGHT),
)
RECORDINGS = (
    Rule("GET",       "/api/v1/trajectories/{trajectory}/strips/{view}.png",          GUEST,  RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/steps/{step}/attention",     GUEST,  RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/steps/{step}/attention.png", GUEST,  RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/steps/{step}/{view}.{format_}", GUEST, RECORDING),
    Rule("POST",      "/api/v1/forward",                                              USER),
    Rule("GET",       "/api/v1/forward/{forward}/{kind}.png",                         USER,   FORWARD),
    Rule("GET",       "/api/v1/forward/{forward}/levels/{level}.jpg",                 USER,   FORWARD),
    Rule("GET",       "/api/v1/trajectories",                                         GUEST),
    Rule("POST",      "/api/v1/trajectories",                                         USER),
    Rule("DELETE",    "/api/v1/trajectories",                                         ADMIN),
    Rule("GET DELETE", "/api/v1/trajectories/{trajectory}",                           GUEST,  RECORDING),
    Rule("PATCH",     "/api/v1/trajectories/{trajectory}",                            USER,   RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/file",                       GUEST,  RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/family",                     GUEST,  RECORDING),
    Rule("GET",       "/api/v1/trajectories/{trajectory}/export",                     USER,   RECORDING),
)
MODELS = (
    Rule("GET",       "/api/v1/models",                                               GUEST),
    Rule("GET",       "/api/v1/models/tasks",                                         ADMIN),
    Rule("GET POST",  "/api/v1/models/downloads",                                     ADMIN),
    Rule("DELETE",    "/api/v1/models/downloads/{task}",                              ADMIN),
    Rule("POST",      "/api/v1/models/downloads/{task}/retry",                        ADMIN),
    Rule("GET POST",  "/api/v1/models/merges",                                        ADMIN),
    Rule("DELETE",    "/api/v1/models/merges/{task}",                                 ADMIN),
    Rule("POST",      "/api/v1/models/merges/{task}/retry",                           ADMIN),
    Rule("GET",       "/api/v1/models/conversions",                                   ADMIN),
    Rule("DELETE",    "/api/v1/models/conversions/{task}",                            ADMIN),
    Rule("POST",      "/api/v1/models/conversions/{task}/retry",                      ADMIN),
    Rule("GET PATCH", "/api/v1/models/{model}",                                       ADMIN),
    Rule("GET",       "/api/v1/models/{model}/preview",                               ADMIN),
    Rule("POST",      "/api/v1/models/{model}/convert",                               ADMIN),
)
ADMINISTRATION = (
    Rule("GET POST DELETE", "/api/v1/share",                                          ADMIN),
    Rule("DELETE",    "/api/v1/share/guests/{guest}",                                 ADMIN),
    Rule("GET PATCH", "/api/v1/settings/recording",                                   ADMIN),
    Rule("GET PATCH", "/api/v1/settings/models",                                      ADMIN),
)
EXTENSIONS = (
    Rule("*",         "/api/v1/extensions/{name}/routes/{path:path}",                 USER),
    Rule("GET",       "/api/v1/extensions/index",                                     ADMIN),
    Rule("POST",      "/api/v1/extensions/offers",                                    ADMIN),
    Rule("DELETE",    "/api/v1/extensions/offers/{offer}",                            ADMIN),
    Rule("POST",      "/api/v1/extensions/install",                                   ADMIN),
    Rule("GET",       "/api/v1/extensions/tasks",                                     ADMIN),
    Rule("DELETE",    "/api/v1/extensions/tasks/{task}",                              ADMIN),
    Rule("POST",      "/api/v1/extensions/{name}/update",                             ADMIN),
    Rule("POST",      "/api/v1/extensions/{name}/rollback",                           ADMIN),
    Rule("DELETE",    "/api/v1/extensions/{name}",                                    ADMIN),
    Rule("GET",       "/api/v1/extensions",                                           ADMIN),
    Rule("GET",       "/api/v1/extensions/controls",                                  USER),
    Rule("GET PATCH", "/api/v1/extensions/themes",                                    ADMIN),
    Rule("GET",       "/api/v1/extensions/themes.css",                                USER),
    Rule("GET",       "/api/v1/extensions/{name}",                                    ADMIN),
    Rule("POST",      "/api/v1/extensions/{name}/enable",                             ADMIN),
    Rule("POST",      "/api/v1/extensions/{name}/disable",                            ADMIN),
    Rule("GET",       "/api/v1/extensions/{name}/log",                                ADMIN),
    Rule("GET",       "/api/v1/extensions/{name}/preview",                            ADMIN),
    Rule("GET",       "/api/v1/extensions/{name}/assets/{path:path}",                 USER),
    Rule("GET PATCH", "/api/v1/extensions/{name}/settings",                           ADMIN),
)
APIS_OF_OTHERS = (
    Rule("POST",      "/v1/images/generations",                                       USER),
    Rule("POST",      "/v1/images/edits",                                             USER),
    Rule("POST",      "/v1/images/variations",                                        USER),
    Rule("GET",       "/v1/models",                                                   USER),
    Rule("GET",       "/v1/models/{model:path}",                                      USER),
    Rule("*",         "/v1/{rest:path}",                                              USER),  # says: nothing here
    Rule("*",         "/mcp",                                                         USER),
    Rule("GET",       "/internal/ping",                                               ANYBODY),
    Rule("POST",      "/internal/progress",                                           USER),
    Rule("GET",       "/internal/pending-tasks",                                      USER),
)
A1111 = (
    Rule("POST",      "/sdapi/v1/txt2img",                                           USER),
    Rule("POST",      "/sdapi/v1/img2img",                                           USER),
    Rule("POST",      "/sdapi/v1/extra-single-image",                                USER),
    Rule("POST",      "/sdapi/v1/extra-batch-images",                                USER),
    Rule("POST",      "/sdapi/v1/png-info",                                          USER),
    Rule("POST",      "/sdapi/v1/interrogate",                                       USER),
    Rule("POST",      "/sdapi/v1/interrupt",                                         USER),
    Rule("POST",      "/sdapi/v1/skip",                                              USER),
    Rule("POST",      "/sdapi/v1/refresh-checkpoints",                               USER),
    Rule("POST",      "/sdapi/v1/refresh-vae",                                       USER),
    Rule("POST",      "/sdapi/v1/refresh-loras",                                     USER),
    Rule("POST",      "/sdapi/v1/refresh-embeddings",                                USER),
    Rule("GET",       "/sdapi/v1/progress",                                          USER),
    Rule("GET",       "/sdapi/v1/options",                                           USER),
    Rule("GET",       "/sdapi/v1/samplers",                                          USER),
    Rule("GET",       "/sdapi/v1/schedulers",                                        USER),
    Rule("GET",       "/sdapi/v1/upscalers",                                         USER),
    Rule("GET",       "/sdapi/v1/latent-upscale-modes",                              USER),
    Rule("GET",       "/sdapi/v1/sd-models",                                         USER),
    Rule("GET",       "/sdapi/v1/sd-vae",                                            USER),
    Rule("GET",       "/sdapi/v1/loras",                                             USER),
    Rule("GET",       "/sdapi/v1/embeddings",                                        USER),
    Rule("GET",       "/sdapi/v1/hypernetworks",                                     USER),
    Rule("GET",       "/sdapi/v1/face-restorers",                                    USER),
    Rule("GET",       "/sdapi/v1/realesrgan-models",                                 USER),
    Rule("GET",       "/sdapi/v1/prompt-styles",                                     USER),
    Rule("GET",       "/sdapi/v1/scripts",                                           USER),
    Rule("GET",       "/sdapi/v1/script-info",                                       USER),
    Rule("GET",       "/sdapi/v1/extensions",                                        USER),
    Rule("GET",       "/sdapi/v1/memory",                                            USER),
    Rule("GET",       "/sdapi/v1/cmd-flags",                                         USER),
    Rule("GET",       "/sdapi/v1/openapi.json",                                      USER),
    Rule("POST",      "/sdapi/v1/options",                                           ADMIN),
    Rule("POST",      "/sdapi/v1/unload-checkpoint",                                 ADMIN),
    Rule("POST",      "/sdapi/v1/reload-checkpoint",                                 ADMIN),
    Rule("*",         "/controlnet/{rest:path}",                                     USER),  # says: nothing here
)
DESCRIPTION = (
    Rule("GET",       "/api/v1/openapi.json",                                         GUEST),
    Rule("*",         "/api/{rest:path}",                                             ADMIN),  # says: nothing here
)
# Each role has a page of its own, with only the handlers that it may call (webui/ui/page_roles.py).
PAGE = (
    Rule("GET",       "/",                                                            VIEWER),
    Rule("GET",       "/hub.js",                                                      VIEWER),
    Rule("GET",       "/page/{name}",                                                 ANYBODY),  # and for the login
    Rule("GET",       "/config",                                                      VIEWER),
    Rule("GET",       "/svelte/{path:path}",                                          VIEWER),
    Rule("GET",       "/static/{path:path}",                                          VIEWER),
    Rule("GET",       "/assets/{path:path}",                                          VIEWER),
    Rule("GET",       "/favicon.ico",                                                 VIEWER),
    Rule("GET",       "/theme.css",                                                   VIEWER),
    Rule("GET",       "/robots.txt",                                                  VIEWER),
    Rule("GET",       "/manifest.json",                                               VIEWER),
    Rule("GET",       "/gradio_api/theme.css",                                        VIEWER),
    Rule("GET",       "/gradio_api/app_id",                                           VIEWER),
    Rule("GET",       "/gradio_api/startup-events",                                   VIEWER),
    Rule("GET",       "/gradio_api/heartbeat/{session_hash}",                         VIEWER),
    Rule("POST",      "/gradio_api/run/{api_name}",                                   GUEST),
    Rule("POST",      "/gradio_api/queue/join",                                       GUEST),
    Rule("GET",       "/gradio_api/queue/data",                                       GUEST),
    Rule("POST",      "/gradio_api/cancel",                                           GUEST),
    Rule("POST",      "/gradio_api/reset",                                            GUEST),
    Rule("POST",      "/gradio_api/component_server",                                 ADMIN),
    Rule("POST",      "/gradio_api/upload",                                           ADMIN),
    Rule("GET",       "/gradio_api/upload_progress",                                  ADMIN),
)
# What Gradio brings and our page does not use: other ways to files, other programs, and into its handlers.
UNUSED = (
    Rule("GET",       "/openapi.json",                                                ADMIN),
    Rule("POST",      "/login/",                                                      ADMIN),
    Rule("GET",       "/logout",                                                      ADMIN),
    Rule("HEAD",      "/",                                                            ADMIN),
    Rule("GET",       "/config/",                                                     ADMIN),
    Rule("GET",       "/pwa_icon",                                                    ADMIN),
    Rule("GET",       "/pwa_icon/{size}",                                             ADMIN),
    Rule("GET",       "/monitoring",                                                  ADMIN),
    Rule("GET",       "/monitoring/{rest:path}",                                      ADMIN),
    Rule("*",         "/gradio_api/{rest:path}",                                      ADMIN),
)
# fmt: on

RULES = (
    *COMING_IN, *MAKING, *SHOWN, *PICTURES, *RECORDINGS, *MODELS, *ADMINISTRATION, *EXTENSIONS, *APIS_OF_OTHERS,
    *A1111, *DESCRIPTION, *PAGE, *UNUSED,
)  # fmt: skip

UNKNOWN = Rule(_ANY_METHOD, "/{rest:path}", ADMIN)
"""What holds where no rule speaks."""


@dataclass(frozen=True)
class Found:
    """The rule for a request, and what its path names."""

    rule: Rule
    names: Mapping[str, str]

    @property
    def ids(self) -> Sequence[tuple[Kind, str]]:
        """What the path names that must be theirs."""
        return [(kind, self.names[part]) for part, kind in self.rule.owns.items()]


def rule_for(method: str, path: str, rules: Iterable[Rule] = RULES) -> Found:
    """The first rule that speaks of a request."""
    for rule in rules:
        names = rule.match(method, path)
        if names is not None:
            return Found(rule, names)
    return Found(UNKNOWN, {})
