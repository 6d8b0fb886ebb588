"""Custom language models: a server that Vapi asks for chat completions, in OpenAI's form."""

from __future__ import annotations
