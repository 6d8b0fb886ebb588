"""Drives the official Python SDK through steps that come on standard input, and writes what came of each.

Run by the Python that has that SDK, and nothing else; prints one JSON object for each step:
`{"step", "ok", "problem"}`. A step is right when its method returns, and the answer is what the SDK's own models take:
its methods do not look at that themselves.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
import time
import typing
import urllib.request

import pydantic
from vapi import Vapi

BASE = sys.argv[1]
REFERENCE = re.compile(r"\$(\w+)\.([\w.]+\w|\w)")
WITHIN = 60.0


def main() -> None:
    client, known = Vapi(token="sandbox", base_url=BASE), {}
    for method, arguments, *name in json.load(sys.stdin):
        problem = ""
        try:
            answer = take(client, method, filled(arguments, known))
            known.update(dict.fromkeys(name, answer))
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is told
            problem = f"{type(error).__name__}: {error}"[:600]
        print(json.dumps({"step": method, "ok": not problem, "problem": problem}), flush=True)


def take(client: Vapi, method: str, arguments: dict) -> object:
    if method == "http":
        return asked(**arguments)
    if method == "wait":
        return waited(**arguments)
    place = client
    *path, last = method.split(".")
    for part in path:
        place = getattr(place, part)
    call = getattr(place.with_raw_response, last)
    if "file" in arguments:
        arguments["file"] = (arguments["file"], b"1 euro", "text/plain")
    answered = call(**arguments)
    if inspect.isgenerator(answered) or hasattr(answered, "__enter__"):
        with answered as streamed:
            return list(streamed.data)
    (kind,) = typing.get_args(typing.get_type_hints(call)["return"])
    if kind is type(None):
        return None
    value = answered._response.json()
    pydantic.TypeAdapter(kind).validate_python(value)
    return value


def asked(method: str, path: str, body: object = None) -> object:
    content = None if body is None else json.dumps(body).encode()
    headers = {"authorization": "Bearer sandbox", "content-type": "application/json"}
    request = urllib.request.Request(BASE + path, content, headers, method=method)
    with urllib.request.urlopen(request, timeout=WITHIN) as answer:
        return json.load(answer)


def waited(path: str) -> object:
    until = time.monotonic() + WITHIN
    while time.monotonic() < until:
        found = asked("GET", path)
        if found["status"] == "ended":
            return found
        time.sleep(0.05)
    raise TimeoutError(f"{path} does not end")


def filled(value: object, known: dict) -> object:
    if isinstance(value, dict):
        return {key: filled(member, known) for key, member in value.items()}
    if isinstance(value, list):
        return [filled(each, known) for each in value]
    if not isinstance(value, str):
        return value
    return REFERENCE.sub(lambda match: str(at(known[match[1]], match[2])), value)


def at(value: object, path: str) -> object:
    for part in path.split("."):
        value = value[int(part)] if part.isdigit() else value[part]
    return value


main()
