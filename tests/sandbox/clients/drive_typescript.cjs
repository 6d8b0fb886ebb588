// Drives the official TypeScript SDK through the steps that come on standard input; one JSON object for each comes out.
// Arguments: the sandbox's address. Run in the folder that has the SDK in its node_modules.
"use strict";
const { createRequire } = require("node:module");
const { VapiClient } = createRequire(`${process.cwd()}/package.json`)("@vapi-ai/server-sdk");

const base = process.argv[2];
const WITHIN = 60_000;
const known = {};

const camel = (name) => name.replace(/_+([a-z0-9])/g, (_, letter) => letter.toUpperCase());
const at = (value, path) => path.split(".").reduce((found, part) => found[part], value);

function filled(value) {
    if (Array.isArray(value)) return value.map(filled);
    if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, filled(v)]));
    if (typeof value !== "string") return value;
    return value.replace(/\$(\w+)\.([\w.]+\w|\w)/g, (_, name, path) => String(at(known[name], path)));
}

async function asked({ method, path, body }) {
    const headers = { authorization: "Bearer sandbox", "content-type": "application/json" };
    const answer = await fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
    return answer.json();
}

async function waited({ path }) {
    const until = Date.now() + WITHIN;
    while (Date.now() < until) {
        const found = await asked({ method: "GET", path });
        if (found.status === "ended") return found;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(`${path} does not end`);
}

// Of a union the SDK wants the body alone to create, and beside the id to update.
function request(given) {
    const { request: body, ...rest } = given;
    const named = Object.fromEntries(Object.entries(rest).map(([name, value]) => [camel(name), value]));
    if (typeof named.file === "string") named.file = new File(["1 euro"], named.file, { type: "text/plain" });
    if (!body) return named;
    return named.id ? { ...named, body } : { ...body, ...named };
}

async function take(client, method, given) {
    if (method === "http") return asked(filled(given));
    if (method === "wait") return waited(filled(given));
    const path = method.split(".").map(camel);
    const last = path.pop();
    const place = path.reduce((found, part) => found && found[part], client);
    // It has no such method, or, other than the Python SDK, no way to send a body that it does not know.
    if (!place || typeof place[last] !== "function" || given.request_options) return undefined;
    return { answer: await place[last](request(filled(given))) };
}

async function main() {
    let text = "";
    for await (const piece of process.stdin) text += piece;
    const client = new VapiClient({ token: "sandbox", environment: base, baseUrl: base });
    for (const [method, given, ...name] of JSON.parse(text)) {
        const result = { step: method, ok: true, problem: "" };
        try {
            const taken = await take(client, method, given);
            if (taken === undefined) result.missing = true;
            for (const each of name) known[each] = method === "http" || method === "wait" ? taken : taken && taken.answer;
        } catch (error) {
            Object.assign(result, { ok: false, problem: String(error.stack || error).slice(0, 600) });
        }
        console.log(JSON.stringify(result));
    }
}

main();
