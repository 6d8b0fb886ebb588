"""One request, from the prepared request to its response. The files, from the top; each imports only those below it.

session             sends prepared requests for a client; what everything that sends is given
request_loop        attempts, and the waits between them
answers             from the body of a success to a value
response_body       a body that is read while it comes
failures            makes the errors of one request
strict              answers that must match the contract
loop_resources      what is held per event loop
options             what copies of a client have each for themselves
shared_state        what copies of a client share
rate_limiter        who waits after a 429, and who goes next
rate_estimate       what was learned of the limit
patience            bulk work, which waits for longer than single calls
transport/          sending a request once, on connections of several kinds
content_coding      undoing gzip and deflate
hooks, prepared_request, credentials, retry, retry_after, retry_budget, error_text, base_url, clock

Only `transport` knows HTTP libraries.
"""

from __future__ import annotations
