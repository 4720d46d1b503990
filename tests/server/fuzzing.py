"""Requests made of an OpenAPI document, right ones and wrong ones, sent to a server one after the other."""

import random
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from unittest import SkipTest

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, GenerationMode

from tests.server.server_process import Server

ANSWER_SECONDS = 30.0
"""How long a server on a loaded machine may take to begin an answer; streams of events are left once it has."""


@dataclass
class Answered:
    """How many cases were sent, how many answers there were of each status, and what was wrong, in lines."""

    cases: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)


class Fuzzer:
    """Sends cases of a document's operations.

    Args:
        server: what is sent to.
        document: the OpenAPI document.
        known: values by the name of a parameter or field; each request that has one is sent once more with them.
        never: values that are put into fields of these names, whatever was drawn: what would leave this computer.
        always: fields that every object sent to a path has, by the path, for the same reason.
    """

    def __init__(
        self,
        server: Server,
        document: dict[str, Any],
        *,
        known: Mapping[str, list[Any]],
        never: Mapping[str, Any],
        always: Mapping[str, Mapping[str, Any]],
    ) -> None:
        self._url = server.url + document.get("servers", [{"url": ""}])[0]["url"].rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False
        self._operations = [found.ok() for found in schemathesis.openapi.from_dict(document).get_all_operations()]
        self._known, self._never, self._always = known, never, always
        self._random = random.Random(7)
        self.answered = Answered()

    def send(self, cases: int) -> Answered:
        """Send about that many cases, spread over the operations, the same ones each time."""
        asking = [(each, mode) for each in self._operations for mode in _modes(each)]
        while self.answered.cases < cases and asking:
            share = -(-(cases - self.answered.cases) // len(asking))
            # Whoever had less to say than half its share has said everything.
            asking = [(each, mode) for each, mode in asking if self._of(each, mode, share) >= share // 2]
        return self.answered

    def _of(self, operation: Any, mode: GenerationMode, cases: int) -> int:
        before = self.answered.cases

        @settings(
            max_examples=-(-cases // 2),
            derandomize=True,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=tuple(HealthCheck),
        )
        @given(operation.as_strategy(generation_mode=mode))
        def sent(case: Case) -> None:
            self._restrain(case)
            self._send(case)
            if self._season(case):
                self._send(case)

        with suppress(SkipTest, Unsatisfiable):  # nothing wrong can be said to what takes anything
            sent()
        return self.answered.cases - before

    def _send(self, case: Case) -> None:
        self.answered.cases += 1
        asked = case.as_transport_kwargs(base_url=self._url)
        try:
            with self._session.request(**asked, stream=True, timeout=ANSWER_SECONDS, allow_redirects=False) as answer:
                self._judge(case, asked, answer)
        except (requests.exceptions.InvalidHeader, requests.exceptions.InvalidURL, UnicodeEncodeError):
            self.answered.cases -= 1  # this client cannot even say it
        except requests.exceptions.RequestException as error:
            self._problem(case, asked, f"{type(error).__name__}: {error}"[:200])

    def _judge(self, case: Case, asked: Mapping[str, Any], answer: requests.Response) -> None:
        self.answered.statuses[answer.status_code] += 1
        streams = answer.headers.get("content-type", "").startswith("text/event-stream")
        text = "" if streams else answer.content[:300].decode("utf-8", "replace")
        if answer.status_code >= 500:
            self._problem(case, asked, f"{answer.status_code} {text}")
        elif answer.status_code >= 400 and '"error"' not in text:
            self._problem(case, asked, f"{answer.status_code} without a sentence: {text}")

    def _problem(self, case: Case, asked: Mapping[str, Any], what: str) -> None:
        said = {name: asked[name] for name in ("params", "json", "data") if asked.get(name)}
        self.answered.problems.append(f"{case.method} {asked['url'][len(self._url) :][:200]} {said!r:.400}: {what}")

    def _restrain(self, case: Case) -> None:
        """Take out what must not be said."""
        if isinstance(case.body, dict):
            case.body.update(self._always.get(case.path, {}))
        _overwrite(case.query, self._never)
        _overwrite(case.body, self._never)

    def _season(self, case: Case) -> bool:
        """Put in what there is, and what is at the edge of what can be; whether there was a place for it."""
        seasoned = False
        for values in (case.path_parameters, case.query, case.body):
            for name in values if isinstance(values, dict) else ():
                if name in self._known:
                    values[name] = self._random.choice(self._known[name])
                    seasoned = True
        return seasoned


def _modes(operation: Any) -> list[GenerationMode]:
    """Wrong requests only where there is something to be wrong: any text is right for an id in a path."""
    described = operation.definition.raw
    typed = [each for each in described.get("parameters", ()) if each.get("schema", {}).get("type") != "string"]
    takes_json = "application/json" in described.get("requestBody", {}).get("content", ())
    return list(GenerationMode) if typed or takes_json else [GenerationMode.POSITIVE]


def _overwrite(values: Any, never: Mapping[str, Any]) -> None:
    """Replace fields by their names, at any depth."""
    if isinstance(values, dict):
        for name, value in values.items():
            if name in never:
                values[name] = never[name]
            else:
                _overwrite(value, never)
    elif isinstance(values, list):
        for value in values:
            _overwrite(value, never)
