"""The command line: `vapi-async`, or `python -m vapi_async`; the extra `[cli]`.

`main` runs `root`, which has a group for each resource of the client. `resources` makes the commands of a group from
the methods of the resource, `parameters` their arguments from the signature of the method; `values` reads what is
typed. `execution` makes the client, `results` shows what a method returned, in a form of `output`. What is written by
hand stands beside them: `place`, `tail`, `export`, and `stage`, what `--sandbox` finds.
"""
