// The MCP server cannot be told another address: loaded before it, this sends to the sandbox what is for the API.
"use strict";
const { fetch: original } = globalThis;
globalThis.fetch = (url, options) => original(String(url).replace("https://api.vapi.ai", process.env.SANDBOX_URL), options);
