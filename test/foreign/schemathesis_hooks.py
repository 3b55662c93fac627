"""The administrator keeps address, role and access: nobody could go on otherwise."""

import os
import uuid

import schemathesis


def is_administrator(id):
    return str(id).lower() == os.environ["ADMINISTRATOR_ID"]


@schemathesis.hook
def before_call(context, case, kwargs):
    parameters = case.path_parameters or {}
    if is_administrator(parameters.get("id")) and isinstance(case.body, dict):
        case.body.pop("email", None)
    if is_administrator(parameters.get("user_id")):
        parameters["user_id"] = str(uuid.uuid4())
