"""How schemathesis calls a Talkoot service: with fresh tokens, and often about things that exist.

TALKOOT_FUZZ names a JSON file, written anew while a run lasts:
  session   token of the person who calls, or null
  services  token of each service for the service under test, by name
  ids       for each path parameter, ids that exist
"""

import hashlib
import json
import os
import re
import time

import schemathesis

MUNICIPALITY = re.compile(r"^[a-z0-9][a-z0-9-]{2,63}$")
_read = {"at": 0.0, "setting": {}}


def setting():
    if time.monotonic() - _read["at"] > 2:
        with open(os.environ["TALKOOT_FUZZ"], encoding="utf8") as file:
            _read.update(at=time.monotonic(), setting=json.load(file))
    return _read["setting"]


@schemathesis.auth(refresh_interval=None)
class Tokens:
    """Each operation says whom it is for: a person's session, or services by name."""

    def get(self, case, ctx):
        services = case.operation.definition.raw.get("x-talkoot-services")
        if services:
            return setting()["services"].get(services[0])
        return setting()["session"]

    def set(self, case, data, ctx):
        if data:
            case.headers = {**(case.headers or {}), "Authorization": f"Bearer {data}"}


def chosen(value, known):
    """One that exists for three of four well-formed values, the same one for the same value."""
    digest = hashlib.sha256(value.encode()).digest()
    return known[digest[1] % len(known)] if digest[0] % 4 else value


@schemathesis.hook
def map_path_parameters(ctx, path_parameters):
    for name, value in (path_parameters or {}).items():
        known = setting()["ids"].get(name)
        if not known:
            continue
        if isinstance(value, int) or (isinstance(value, str) and MUNICIPALITY.match(value)):
            path_parameters[name] = chosen(str(value), known)
    return path_parameters
