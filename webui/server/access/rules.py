"""Who may do what: a rule for every address that this server answers to. The only place that says so.

Read a line as: whoever is at least this role may send these methods to this address, and what the last column names
must be their own. An administrator may do everything, and only an administrator may do what no rule speaks of.

The first rule that fits holds. Tests fail for a route without a rule, for a rule without a route, and where the rule
that holds is another route's than the one that answers.
"""

from collections.abc import Iterable

from webui.access.kinds import Kind
from webui.access.roles import Role
from webui.server.access.rule import ANY_METHOD, Found, Rule

ADMIN, USER, GUEST, VIEWER, ANYBODY = Role.ADMIN, Role.USER, Role.GUEST, Role.VIEWER, None

JOB = {"job": Kind.JOB}
SERIES = {"series": Kind.SERIES}
PICTURE = {"picture": Kind.PICTURE}
BROUGHT = {"picture": Kind.INPUT}
RECORDING = {"trajectory": Kind.TRAJECTORY}
FORWARD = {"forward": Kind.FORWARD}
POINTS = {"points": Kind.POINTS}
LATENTS = {"latents": Kind.LATENTS}

# fmt: off
# Coming in
COMING_IN = (
    Rule(ANYBODY, "GET POST",        "/login"),
    Rule(ANYBODY, "GET",             "/login/login.js"),
    Rule(ANYBODY, "GET",             "/login/state"),
    Rule(ANYBODY, "POST",            "/logout"),
    Rule(VIEWER,  "GET",             "/api/v1/me"),
)

# Making pictures
MAKING = (
    Rule(VIEWER,  "GET",             "/api/v1/events"),
    Rule(GUEST,   "GET",             "/api/v1/jobs/{job}/events", JOB),
    Rule(GUEST,   "GET POST",        "/api/v1/jobs"),
    Rule(GUEST,   "GET DELETE",      "/api/v1/jobs/{job}", JOB),
    Rule(GUEST,   "POST",            "/api/v1/jobs/{job}/skip", JOB),
    Rule(GUEST,   "GET",             "/api/v1/jobs/{job}/frames/{batch}/{step}/{picture}.jpg", JOB),
    Rule(GUEST,   "GET DELETE",      "/api/v1/queue"),
    Rule(USER,    "GET POST",        "/api/v1/series"),
    Rule(USER,    "GET DELETE",      "/api/v1/series/{series}", SERIES),
    Rule(GUEST,   "GET",             "/api/v1/prompt/names"),
    Rule(GUEST,   "POST",            "/api/v1/prompt/check"),
    Rule(USER,    "GET",             "/api/v1/sliders"),
    Rule(ADMIN,   "PUT DELETE",      "/api/v1/sliders/{name:path}"),
    Rule(GUEST,   "POST",            "/api/v1/infotext"),
    Rule(USER,    "GET POST",        "/api/v1/interrogate"),
    Rule(GUEST,   "GET",             "/api/v1/samplers"),
    Rule(VIEWER,  "GET",             "/api/v1/health"),
)

# What is shown to those who only look on, while their link is open; nobody's ids are named there.
SHOWN = (
    Rule(VIEWER,  "GET",             "/api/v1/shown/{job}/frames/{batch}/{step}/{picture}.jpg"),
    Rule(VIEWER,  "GET",             "/api/v1/shown/{job}/pictures/{index}.jpg"),
)

# Pictures that were made, and pictures that are brought to start from
PICTURES = (
    Rule(GUEST,   "GET",             "/api/v1/images"),
    Rule(GUEST,   "GET",             "/api/v1/images/{picture}/trajectory", PICTURE),
    Rule(GUEST,   "GET",             "/api/v1/images/{picture}/parameters", PICTURE),
    Rule(GUEST,   "GET",             "/api/v1/images/{picture:path}", PICTURE),
    Rule(GUEST,   "GET",             "/api/v1/films/{picture}", PICTURE),
    Rule(GUEST,   "POST",            "/api/v1/pictures"),
    Rule(GUEST,   "POST",            "/api/v1/pictures/{picture}/preprocess", BROUGHT),
    Rule(GUEST,   "GET",             "/api/v1/pictures/{picture:path}", BROUGHT),
)

# Recordings of walks, and what is looked at in them
RECORDINGS = (
    Rule(GUEST,   "GET",             "/api/v1/trajectories"),
    Rule(USER,    "POST",            "/api/v1/trajectories"),
    Rule(ADMIN,   "DELETE",          "/api/v1/trajectories"),
    Rule(GUEST,   "GET DELETE",      "/api/v1/trajectories/{trajectory}", RECORDING),
    Rule(USER,    "PATCH",           "/api/v1/trajectories/{trajectory}", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/file", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/family", RECORDING),
    Rule(USER,    "GET",             "/api/v1/trajectories/{trajectory}/export", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/strips/{view}.png", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/steps/{step}/attention", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/steps/{step}/attention.png", RECORDING),
    Rule(GUEST,   "GET",             "/api/v1/trajectories/{trajectory}/steps/{step}/{view}.{format_}", RECORDING),
    Rule(USER,    "POST",            "/api/v1/forward"),
    Rule(USER,    "GET",             "/api/v1/forward/{forward}/{kind}.png", FORWARD),
    Rule(USER,    "GET",             "/api/v1/forward/{forward}/levels/{level}.jpg", FORWARD),
)

# The explorer of latent space
EXPLORING = (
    Rule(USER,    "POST",            "/api/v1/explore/ideas"),
    Rule(USER,    "POST",            "/api/v1/explore/weights"),
    Rule(USER,    "POST",            "/api/v1/explore/vector"),
    Rule(USER,    "GET",             "/api/v1/explore/normal"),
    Rule(USER,    "POST",            "/api/v1/explore/expression"),
    Rule(USER,    "POST",            "/api/v1/explore/beyond"),
    Rule(USER,    "POST",            "/api/v1/explore/neighbours"),
    Rule(USER,    "POST",            "/api/v1/explore/pictures"),
    Rule(USER,    "GET",             "/api/v1/explore/pictures/{points}/{index}.jpg", POINTS),
    Rule(USER,    "GET POST",        "/api/v1/explore/journeys"),
    Rule(USER,    "POST",            "/api/v1/explore/journeys/stop"),
    Rule(USER,    "GET DELETE",      "/api/v1/explore/journeys/{series}", SERIES),
    Rule(USER,    "GET",             "/api/v1/explore/journeys/{series}/film", SERIES),
    Rule(USER,    "POST",            "/api/v1/explore/latents"),
    Rule(USER,    "POST",            "/api/v1/explore/latents/distance"),
    Rule(USER,    "POST",            "/api/v1/explore/latents/nearest"),
    Rule(USER,    "GET",             "/api/v1/explore/latents/{latents}/{kind}.png", LATENTS),
)

# Models: everybody may know their names, whoever administers everything else
MODELS = (
    Rule(GUEST,   "GET",             "/api/v1/models"),
    Rule(ADMIN,   "GET",             "/api/v1/models/tasks"),
    Rule(ADMIN,   "GET POST",        "/api/v1/models/downloads"),
    Rule(ADMIN,   "DELETE",          "/api/v1/models/downloads/{task}"),
    Rule(ADMIN,   "POST",            "/api/v1/models/downloads/{task}/retry"),
    Rule(ADMIN,   "GET POST",        "/api/v1/models/merges"),
    Rule(ADMIN,   "DELETE",          "/api/v1/models/merges/{task}"),
    Rule(ADMIN,   "POST",            "/api/v1/models/merges/{task}/retry"),
    Rule(ADMIN,   "GET",             "/api/v1/models/conversions"),
    Rule(ADMIN,   "DELETE",          "/api/v1/models/conversions/{task}"),
    Rule(ADMIN,   "POST",            "/api/v1/models/conversions/{task}/retry"),
    Rule(ADMIN,   "GET PATCH",       "/api/v1/models/{model}"),
    Rule(ADMIN,   "GET",             "/api/v1/models/{model}/preview"),
    Rule(ADMIN,   "POST",            "/api/v1/models/{model}/convert"),
)

# Settings, and the public link
ADMINISTRATION = (
    Rule(ADMIN,   "GET PATCH",       "/api/v1/settings/recording"),
    Rule(ADMIN,   "GET PATCH",       "/api/v1/settings/models"),
    Rule(ADMIN,   "GET POST DELETE", "/api/v1/share"),
    Rule(ADMIN,   "DELETE",          "/api/v1/share/guests/{guest}"),
)

# Extensions. Their controls are on the page of users; their own addresses do what their authors like.
EXTENSIONS = (
    Rule(ADMIN,   "*",               "/api/v1/extensions/{name}/routes/{path:path}"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/{name}/assets/{path:path}"),
    Rule(USER,    "GET",             "/api/v1/extensions/controls"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/themes.css"),
    Rule(ADMIN,   "GET PATCH",       "/api/v1/extensions/themes"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/index"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/offers"),
    Rule(ADMIN,   "DELETE",          "/api/v1/extensions/offers/{offer}"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/install"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/tasks"),
    Rule(ADMIN,   "DELETE",          "/api/v1/extensions/tasks/{task}"),
    Rule(ADMIN,   "GET DELETE",      "/api/v1/extensions/{name}"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/{name}/enable"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/{name}/disable"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/{name}/update"),
    Rule(ADMIN,   "POST",            "/api/v1/extensions/{name}/rollback"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/{name}/log"),
    Rule(ADMIN,   "GET",             "/api/v1/extensions/{name}/preview"),
    Rule(ADMIN,   "GET PATCH",       "/api/v1/extensions/{name}/settings"),
)

# APIs of other programs: A1111's, OpenAI's, the Model Context Protocol
APIS_OF_OTHERS = (
    Rule(USER,    "GET",             "/sdapi/v1/openapi.json"),
    Rule(USER,    "POST",            "/sdapi/v1/txt2img"),
    Rule(USER,    "POST",            "/sdapi/v1/img2img"),
    Rule(USER,    "GET",             "/sdapi/v1/progress"),
    Rule(USER,    "POST",            "/sdapi/v1/interrupt"),
    Rule(USER,    "POST",            "/sdapi/v1/skip"),
    Rule(USER,    "POST",            "/sdapi/v1/extra-single-image"),
    Rule(USER,    "POST",            "/sdapi/v1/extra-batch-images"),
    Rule(USER,    "POST",            "/sdapi/v1/png-info"),
    Rule(USER,    "POST",            "/sdapi/v1/interrogate"),
    Rule(USER,    "GET",             "/sdapi/v1/options"),
    Rule(ADMIN,   "POST",            "/sdapi/v1/options"),
    Rule(ADMIN,   "POST",            "/sdapi/v1/unload-checkpoint"),
    Rule(ADMIN,   "POST",            "/sdapi/v1/reload-checkpoint"),
    Rule(USER,    "GET",             "/sdapi/v1/samplers"),
    Rule(USER,    "GET",             "/sdapi/v1/schedulers"),
    Rule(USER,    "GET",             "/sdapi/v1/upscalers"),
    Rule(USER,    "GET",             "/sdapi/v1/latent-upscale-modes"),
    Rule(USER,    "GET",             "/sdapi/v1/sd-models"),
    Rule(USER,    "GET",             "/sdapi/v1/sd-vae"),
    Rule(USER,    "GET",             "/sdapi/v1/loras"),
    Rule(USER,    "GET",             "/sdapi/v1/embeddings"),
    Rule(USER,    "GET",             "/sdapi/v1/hypernetworks"),
    Rule(USER,    "GET",             "/sdapi/v1/face-restorers"),
    Rule(USER,    "GET",             "/sdapi/v1/realesrgan-models"),
    Rule(USER,    "POST",            "/sdapi/v1/refresh-checkpoints"),
    Rule(USER,    "POST",            "/sdapi/v1/refresh-vae"),
    Rule(USER,    "POST",            "/sdapi/v1/refresh-loras"),
    Rule(USER,    "POST",            "/sdapi/v1/refresh-embeddings"),
    Rule(USER,    "GET",             "/sdapi/v1/scripts"),
    Rule(USER,    "GET",             "/sdapi/v1/script-info"),
    Rule(USER,    "GET",             "/sdapi/v1/prompt-styles"),
    Rule(USER,    "GET",             "/sdapi/v1/extensions"),
    Rule(USER,    "GET",             "/sdapi/v1/memory"),
    Rule(USER,    "GET",             "/sdapi/v1/cmd-flags"),
    Rule(ANYBODY, "GET",             "/internal/ping"),
    Rule(USER,    "POST",            "/internal/progress"),
    Rule(USER,    "GET",             "/internal/pending-tasks"),
    Rule(USER,    "*",               "/controlnet/{path:path}"),
    Rule(USER,    "POST",            "/v1/images/generations"),
    Rule(USER,    "POST",            "/v1/images/edits"),
    Rule(USER,    "POST",            "/v1/images/variations"),
    Rule(USER,    "GET",             "/v1/models"),
    Rule(USER,    "GET",             "/v1/models/{model:path}"),
    Rule(USER,    "*",               "/v1/{rest:path}"),
    Rule(USER,    "*",               "/mcp"),
)

# What this API has, and what answers that there is nothing
DESCRIPTION = (
    Rule(GUEST,   "GET",             "/api/v1/docs"),
    Rule(GUEST,   "GET",             "/api/v1/openapi.json"),
    Rule(ADMIN,   "*",               "/api/{rest:path}"),
)

# The page. Each role has its own, with only the handlers that it may call (webui/ui/page_roles.py).
PAGE = (
    Rule(VIEWER,  "GET",             "/"),
    Rule(VIEWER,  "GET",             "/hub.js"),
    Rule(ANYBODY, "GET",             "/page/{name}"),
    Rule(VIEWER,  "GET",             "/config"),
    Rule(VIEWER,  "GET",             "/svelte/{path:path}"),
    Rule(VIEWER,  "GET",             "/static/{path:path}"),
    Rule(VIEWER,  "GET",             "/assets/{path:path}"),
    Rule(VIEWER,  "GET",             "/favicon.ico"),
    Rule(VIEWER,  "GET",             "/theme.css"),
    Rule(VIEWER,  "GET",             "/robots.txt"),
    Rule(VIEWER,  "GET",             "/manifest.json"),
    Rule(VIEWER,  "GET",             "/gradio_api/theme.css"),
    Rule(VIEWER,  "GET",             "/gradio_api/app_id"),
    Rule(VIEWER,  "GET",             "/gradio_api/startup-events"),
    Rule(VIEWER,  "GET",             "/gradio_api/heartbeat/{session_hash}"),
    Rule(GUEST,   "POST",            "/gradio_api/run/{api_name}"),
    # Only extensions' tabs queue their handlers; asked for without a page, Gradio's queue fails loudly in the log.
    Rule(ADMIN,   "POST",            "/gradio_api/queue/join"),
    Rule(ADMIN,   "GET",             "/gradio_api/queue/data"),
    Rule(ADMIN,   "POST",            "/gradio_api/cancel"),
    Rule(ADMIN,   "POST",            "/gradio_api/reset"),
)

# What Gradio brings and our page does not use: other ways to files, to other programs, and into its handlers
UNUSED = (
    Rule(ADMIN,   "GET",             "/openapi.json"),
    Rule(ADMIN,   "POST",            "/login/"),
    Rule(ADMIN,   "GET",             "/logout"),
    Rule(ADMIN,   "GET",             "/config/"),
    Rule(ADMIN,   "GET",             "/pwa_icon"),
    Rule(ADMIN,   "GET",             "/pwa_icon/{size}"),
    Rule(ADMIN,   "GET",             "/monitoring"),
    Rule(ADMIN,   "GET",             "/monitoring/{rest:path}"),
    Rule(ADMIN,   "*",               "/gradio_api/{rest:path}"),
)
# fmt: on
RULES = (
    *COMING_IN,
    *MAKING,
    *SHOWN,
    *PICTURES,
    *RECORDINGS,
    *EXPLORING,
    *MODELS,
    *ADMINISTRATION,
    *EXTENSIONS,
    *APIS_OF_OTHERS,
    *DESCRIPTION,
    *PAGE,
    *UNUSED,
)

UNKNOWN = Rule(ADMIN, ANY_METHOD, "/{rest:path}")
"""What holds where no rule speaks."""


def rule_for(method: str, path: str, rules: Iterable[Rule] = RULES) -> Found:
    """The rule for a request, and what its path names."""
    for rule in rules:
        names = rule.match(method, path)
        if names is not None:
            return Found(rule, names)
    return Found(UNKNOWN, {})
