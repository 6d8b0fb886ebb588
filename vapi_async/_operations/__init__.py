"""From the arguments of a method to a prepared request. The files, from the top; each imports only those below it.

list_request        the requests of one list call
raw_request         requests that the contract does not know
arguments           the request of one operation, with the helpers below
argument_hints      what to write instead of an argument that does not exist
operation           what the generated modules say of each operation, its marks included
request_options     the keywords that every method takes
multipart, media_type, query, missing_attributes

Whatever can be wrong with an argument is found here, before anything is sent.
"""

from __future__ import annotations
