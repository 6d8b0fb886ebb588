"""A FastAPI backend for Vapi to start from: places calls, answers the assistant's tools, keeps what calls came to.

The parts, from the outside in:

    __main__   the command line                     app        puts the application together
    settings   what is read from the environment    routes     the REST API of this backend
    errors     VapiError -> HTTP status             events     a handler for each server message
    logs       JSON lines, without secrets          tools      what the assistant can do
    service    what is asked of Vapi                store      customers, appointments, calls: SQLite
    story      one call by the REST API             demo       the same against a sandbox
"""
