"""`Webhooks` under "/vapi/" of every framework, served for real."""

from __future__ import annotations

import functools
import sys
import types
from contextlib import AbstractContextManager
from typing import Any

import django
from aiohttp import web
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.urls import path
from fastapi import FastAPI
from flask import Flask
from starlette.applications import Starlette
from starlette.routing import Mount, Route, WebSocketRoute

from tests.webhooks.serving import Address, aiohttp_server, asgi_server, wsgi_server
from vapi_async.webhooks import Webhooks


def fastapi_mounted(hooks: Webhooks) -> Any:
    app = FastAPI()
    app.mount("/vapi", hooks)
    return app


def fastapi_routed(hooks: Webhooks) -> Any:
    app = FastAPI()
    app.router.routes.append(hooks.route("/vapi/"))
    return app


def starlette_routes(hooks: Webhooks) -> Any:
    return Starlette(routes=[Route("/vapi/", hooks), WebSocketRoute("/vapi/", hooks)])


def flask_app(hooks: Webhooks) -> Flask:
    app = Flask(__name__)
    app.add_url_rule("/vapi/", view_func=hooks.flask_view(), methods=["GET", "POST"])
    return app


def aiohttp_app(hooks: Webhooks) -> web.Application:
    app = web.Application()
    app.router.add_route("*", "/vapi/", hooks.aiohttp_handler())
    return app


@functools.cache
def _set_up_django() -> None:
    settings.configure(
        ALLOWED_HOSTS=["*"],
        ROOT_URLCONF="tests_webhooks_urls",
        MIDDLEWARE=["django.middleware.csrf.CsrfViewMiddleware", "django.middleware.common.CommonMiddleware"],
        USE_TZ=True,
        LOGGING_CONFIG=None,
    )
    django.setup()


def django_app(hooks: Webhooks, make: Any) -> Any:
    _set_up_django()
    urls: Any = types.ModuleType("tests_webhooks_urls")
    urls.urlpatterns = [path("vapi/", hooks.django_view())]
    sys.modules["tests_webhooks_urls"] = urls
    from django.urls import clear_url_caches

    clear_url_caches()
    return make()


APPS: dict[str, Any] = {
    "alone": lambda hooks: asgi_server(hooks, lifespan="on"),
    "starlette": lambda hooks: asgi_server(Starlette(routes=[Mount("/vapi", hooks)]), lifespan="on"),
    "routes": lambda hooks: asgi_server(starlette_routes(hooks), lifespan="off"),
    "route": lambda hooks: asgi_server(Starlette(routes=[hooks.route("/vapi/")]), lifespan="off"),
    "fastapi": lambda hooks: asgi_server(fastapi_mounted(hooks), lifespan="off"),
    "fastapi-route": lambda hooks: asgi_server(fastapi_routed(hooks), lifespan="off"),
    "flask": lambda hooks: wsgi_server(flask_app(hooks)),
    "django-asgi": lambda hooks: asgi_server(django_app(hooks, get_asgi_application), lifespan="off"),
    "django-wsgi": lambda hooks: wsgi_server(django_app(hooks, get_wsgi_application)),
    "aiohttp": lambda hooks: aiohttp_server(aiohttp_app(hooks)),
}
WEBSOCKETS = ["alone", "starlette", "routes", "route", "fastapi", "fastapi-route"]


def served(framework: str, hooks: Webhooks) -> AbstractContextManager[Address]:
    """Serve webhooks in a framework."""
    found: AbstractContextManager[Address] = APPS[framework](hooks)
    return found
