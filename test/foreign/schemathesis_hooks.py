"""The administrator keeps the address to sign in with: nobody could go on otherwise."""

import os

import schemathesis


@schemathesis.hook
def before_call(context, case, kwargs):
    is_administrator = str((case.path_parameters or {}).get("id")).lower() == os.environ["ADMINISTRATOR_ID"]
    if is_administrator and isinstance(case.body, dict):
        case.body.pop("email", None)
