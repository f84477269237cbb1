"""What the document cannot say: where a case begins, and which refusals are right all the same.

Every case of the phases without a memory begins with the app as the seed has it, so that what one
case does (reset, faults, a clock that is moved) is not felt by the next, and each can be repeated
alone. In the stateful phase one step builds on the other; there only the faults are taken away
before a request that they would meet.
"""

import http.client
import json
import os
import re

import schemathesis
from schemathesis.core.failures import AcceptedNegativeData
from schemathesis.openapi.checks import RejectedPositiveData

BASE = os.environ["MOCK_CALLS_URL"]

# Every case needs it once or more, so this is to be quick.
server = http.client.HTTPConnection(BASE.removeprefix("http://"), timeout=10)
BEARER = {"Authorization": "Bearer " + os.environ["MOCK_CALLS_TOKEN"]}

KEY = {"apikey": "mock-rest-api-key", "onBehalfOf": "cometchat-uid-5"}
RING = {"receiver": "cometchat-uid-4", "receiverType": "user", "type": "audio"}
FAULT = {"then": {"drop": True}, "times": 0}
# A receiver of each type, and paths where hardly anything else would do.
RECEIVERS = {"user": "cometchat-uid-4", "group": "cometchat-guid-1"}
FITTING = {
    ("PATCH", "/v3/calls/{sessionId}/type"): {"sessionId": "rings"},
    ("DELETE", "/v3/groups/{guid}/bannedusers/{uid}"): {"guid": "closed", "uid": "blocker"},
    ("DELETE", "/__mock/apps/{appId}"): {"appId": "another"},
}

# Refusals of data that fits its schema, by their code: what they are about is in the state.
VALIDATION = ("ERR_BAD_REQUEST", "MOCK_BAD_REQUEST")

# The same with a code of validation, by what is wrong, and why no schema says it.
DETAILS = {
    # Needed with a key and not with a token: a parameter cannot depend on the security scheme.
    "onBehalfOf": "The onBehalfOf header is required.",
    # The id of any call that there is, or else a name; which calls there are is no schema's.
    "sessionId": "The sessionId must be that of a call, or a name of",
    # Needed with a key, while a user's token joins without a body.
    "participants": "At least one of admins, moderators, participants and usersToBan is required.",
    # Who may do it follows from the call.
    "status": "Only the ",
    # One field asks for two others, where the webhook has none yet.
    "username": "The username field is required when useBasicAuth is true.",
    "password": "The password field is required when useBasicAuth is true.",
    # JSON Schema takes 1.0 for an integer; the vendor's API is given integers.
    "joinedAt": "The joinedAt must be an integer.",
}
MESSAGES = (
    # The form was right; it is the calls, groups and users that do not fit together.
    "Nothing was changed. ",
    # A recording cannot end before the call began.
    "it cannot end at",
    # As above, of 1.0.
    "invalid type: floating point `",
    # Two fields that are compared with one another.
    "the first of uniform must be the shorter one",
    # How far that is follows from where the clock stands.
    "the clock goes no further than the year 3554",
    # Headers and bodies depend on the status.
    "then.respond.body: an answer with the status",
)


@schemathesis.hook
def before_call(context, case, kwargs):
    path = case.operation.path
    if case.meta is not None and case.meta.phase.name.value == "stateful":
        if path.startswith("/v3"):
            ask("DELETE", "/__mock/faults")
        return
    ask("POST", "/__mock/reset")
    if "/snapshots/{name}" in path:
        # They outlive a reset.
        ask("PUT", "/__mock/snapshots/kept")
    if "/faults/{id}" in path:
        ask("POST", "/__mock/faults", body=FAULT)
    if "{number}" in path or "{delivery}" in path:
        ask("POST", "/v3/calls", headers=KEY, body=RING)
    if path == "/__mock/apps/{appId}":
        # Whoever names an app makes it.
        ask("GET", "/__mock/clock?appId=another")
    if path.endswith("/verify") and isinstance(case.body, dict):
        shorten(case.body)
    if case.meta is not None and case.meta.generation.mode.is_positive:
        make_fit(case)


def make_fit(case):
    """Of what the schema allows, what is allowed together, so that more than refusals is seen."""
    asks_for = (case.method.upper(), case.operation.path)
    # Of receivers the dictionaries have users alone, and most of those are on a call.
    if asks_for == ("POST", "/v3/calls"):
        case.body["receiver"] = RECEIVERS[case.body["receiverType"]]
    if case.meta.phase.name.value != "coverage":
        return
    # The dictionaries have no say in this phase. Empty counts as absent, and a key needs it.
    if not case.headers.get("onBehalfOf"):
        case.headers["onBehalfOf"] = "cometchat-uid-1"
    case.path_parameters.update(FITTING.get(asks_for, {}))


def shorten(body):
    """What is waited for does not come: any time is long enough."""
    if isinstance(body.get("within"), str) and re.match("[0-9]", body["within"]):
        body["within"] = "20ms"


def ask(method, path, headers=BEARER, body=None):
    headers = {"Content-Type": "application/json", **headers}
    body = body and json.dumps(body)
    try:
        server.request(method, path, headers=headers, body=body)
        answer = server.getresponse()
    except (http.client.RemoteDisconnected, ConnectionError):
        # A connection that is not used for long is closed.
        server.close()
        server.request(method, path, headers=headers, body=body)
        answer = server.getresponse()
    text = answer.read()
    assert answer.status == 200, f"{method} {path}: {answer.status} {text}"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    if isinstance(failure, RejectedPositiveData):
        return not is_right(response.json()["error"])
    if isinstance(failure, AcceptedNegativeData):
        return not answers_each_for_itself(case, response)
    return True


def is_right(error):
    if error["code"] not in VALIDATION:
        return True
    details = error.get("details", {})
    if details:
        return all(
            name in DETAILS and all(text.startswith(DETAILS[name]) for text in texts)
            for name, texts in details.items()
        )
    return any(message in error["message"] for message in MESSAGES)


def answers_each_for_itself(case, response):
    """An unknown trigger is no reason to refuse those that are known (vendor doc)."""
    if not case.operation.path.endswith("/triggers") or case.operation.method == "get":
        return False
    return any(not result["success"] for result in response.json()["data"].values())
