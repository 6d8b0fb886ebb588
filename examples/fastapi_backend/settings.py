"""The settings, all from the environment, checked at once when the process starts."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, tzinfo
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from vapi_async._http.base_url import REGIONS

T = TypeVar("T")
_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")


class SettingsError(ValueError):
    """The environment lacks something, or has what cannot be used; one line for each."""


@dataclass(frozen=True)
class Settings:
    """What the application needs to know. Secrets are not in its repr.

    Attributes:
        api_key: VAPI_API_KEY, the private key.
        server_secrets: VAPI_SERVER_SECRET, what Vapi proves itself with; several with commas while it is rotated, the
            first is the one that new assistants get.
        backend_token: BACKEND_TOKEN, the bearer token of those who may use the REST API of this backend.
        public_url: PUBLIC_URL, where Vapi reaches this backend, such as https://voice.example.com.
        phone_number_id: VAPI_PHONE_NUMBER_ID, the number that calls are placed from.
        credential_id: VAPI_CREDENTIAL_ID, a bearer credential at Vapi that sends the secret; without one the secret
            stands in the assistant.
        region: VAPI_REGION, "us" or "eu"; the key is of that region.
        timeout: VAPI_TIMEOUT, seconds for each phase of a request.
        deadline: VAPI_DEADLINE, seconds for a request with all its retries.
        time_zone: TIME_ZONE, where the appointments take place.
        database: DATABASE, the file of the SQLite database.
        log_level: LOG_LEVEL.
    """

    api_key: str = field(repr=False)
    server_secrets: tuple[str, ...] = field(repr=False)
    backend_token: str = field(repr=False)
    public_url: str
    phone_number_id: str
    credential_id: str | None = None
    region: str = "us"
    timeout: float = 10.0
    deadline: float = 30.0
    time_zone: tzinfo = UTC
    database: str = "backend.sqlite3"
    log_level: str = "INFO"

    @property
    def webhook_url(self) -> str:
        """Where Vapi sends its messages."""
        return f"{self.public_url}/vapi"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be logged."""
        return (self.api_key, *self.server_secrets, self.backend_token)

    @classmethod
    def from_env(cls, environ: Mapping[str, str] = os.environ) -> Settings:
        """Read the settings.

        Raises:
            SettingsError: something is missing or cannot be used; names all of it, and shows no values.
        """
        reader = _Reader(environ)
        values: dict[str, Any] = {
            "api_key": reader.required("VAPI_API_KEY", str, "the private key from the dashboard"),
            "server_secrets": reader.required("VAPI_SERVER_SECRET", _texts, "one secret, or several with commas"),
            "backend_token": reader.required("BACKEND_TOKEN", _token, "a random text of 16 characters or more"),
            "public_url": reader.required("PUBLIC_URL", _https, "an https URL, such as https://voice.example.com"),
            "phone_number_id": reader.required("VAPI_PHONE_NUMBER_ID", str, "the id of a phone number"),
            "credential_id": reader.optional("VAPI_CREDENTIAL_ID", str, "the id of a credential"),
            "region": reader.optional("VAPI_REGION", _one_of(*REGIONS), " or ".join(REGIONS)),
            "timeout": reader.optional("VAPI_TIMEOUT", _seconds, "a number of seconds, more than 0"),
            "deadline": reader.optional("VAPI_DEADLINE", _seconds, "a number of seconds, more than 0"),
            "time_zone": reader.optional("TIME_ZONE", ZoneInfo, "the name of a time zone, such as Europe/Madrid"),
            "database": reader.optional("DATABASE", str, "the path of a file"),
            "log_level": reader.optional("LOG_LEVEL", _one_of(*_LEVELS), " or ".join(_LEVELS)),
        }
        if reader.problems:
            raise SettingsError("\n".join(reader.problems))
        return cls(**{name: value for name, value in values.items() if value is not None})


class _Reader:
    """Reads variables and collects what is wrong with them."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self.problems: list[str] = []

    def required(self, name: str, convert: Callable[[str], T], what: str) -> T | None:
        if not self._environ.get(name, "").strip():
            self.problems.append(f"{name} is not set: {what}")
            return None
        return self.optional(name, convert, what)

    def optional(self, name: str, convert: Callable[[str], T], what: str) -> T | None:
        text = self._environ.get(name, "").strip()
        try:
            return convert(text) if text else None
        except (ValueError, KeyError, OSError):  # ZoneInfo raises all three
            self.problems.append(f"{name} cannot be used: it has to be {what}")
            return None


def _texts(text: str) -> tuple[str, ...]:
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ValueError
    return found


def _token(text: str) -> str:
    if len(text) < 16:
        raise ValueError
    return text


def _https(text: str) -> str:
    if not text.startswith("https://") or any(sign in text for sign in "?# "):
        raise ValueError
    return text.rstrip("/")


def _seconds(text: str) -> float:
    if not 0 < float(text) < 3600:
        raise ValueError
    return float(text)


def _one_of(*allowed: str) -> Callable[[str], str]:
    def check(text: str) -> str:
        if text not in allowed:
            raise ValueError
        return text

    return check
