"""The settings: what is needed, what is checked, and that secrets stay hidden."""

from __future__ import annotations

from pathlib import Path

import pytest

from examples.fastapi_backend import settings as module
from examples.fastapi_backend.settings import Settings, SettingsError

ENVIRON = {
    "VAPI_API_KEY": "key-1234",
    "VAPI_SERVER_SECRET": "new-secret, old-secret",
    "BACKEND_TOKEN": "a-token-of-some-length",
    "PUBLIC_URL": "https://voice.example.com/",
    "VAPI_PHONE_NUMBER_ID": "number-1",
}


def test_the_needed_ones_are_enough() -> None:
    settings = Settings.from_env(ENVIRON)
    assert settings.webhook_url == "https://voice.example.com/vapi"
    assert settings.server_secrets == ("new-secret", "old-secret")
    assert (settings.region, settings.timeout, settings.database) == ("us", 10.0, "backend.sqlite3")


def test_all_that_is_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({"VAPI_API_KEY": " "})
    named = [line.split()[0] for line in str(caught.value).splitlines()]
    assert named == list(ENVIRON)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PUBLIC_URL", "http://voice.example.com"),
        ("BACKEND_TOKEN", "short"),
        ("VAPI_SERVER_SECRET", ","),
        ("VAPI_REGION", "mars"),
        ("VAPI_TIMEOUT", "-1"),
        ("VAPI_TIMEOUT", "soon"),
        ("VAPI_TIMEOUT", "nan"),
        ("TIME_ZONE", "Nowhere/Town"),
        ("TIME_ZONE", "../etc"),
        ("LOG_LEVEL", "LOUD"),
    ],
)
def test_what_cannot_be_used_is_named_without_its_value(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} cannot be used: it has to be ") as caught:
        Settings.from_env(ENVIRON | {name: value})
    assert len(value) < 4 or value not in str(caught.value)


def test_secrets_are_not_shown() -> None:
    settings = Settings.from_env(ENVIRON)
    assert not [secret for secret in settings.secrets if secret in repr(settings)]


def test_the_sample_file_names_every_variable() -> None:
    folder = Path(module.__file__).parent
    sample = (folder / ".env.example").read_text()
    source = (folder / "settings.py").read_text()
    names = [
        line.split('"')[3] for line in source.splitlines() if "reader.required(" in line or "reader.optional(" in line
    ]
    assert len(names) == 12
    assert [name for name in names if f"{name}=" not in sample] == []
