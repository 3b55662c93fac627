"""Uses a client that openapi-python-client generated: python openapi_python_client_calls.py FOLDER URL EMAIL PASSWORD

Prints what came of each call as a line of JSON: its name, the status, and the parsed answer with its class.
"""

import json
import sys
from pathlib import Path
from uuid import uuid4

folder, url, email, password = sys.argv[1:]
sys.path.insert(0, str(Path(folder).parent))

from generated import AuthenticatedClient, Client  # noqa: E402
from generated.api.auth import list_accounts, login, logout, refresh_session, register  # noqa: E402
from generated.api.users import create_user, delete_user, get_me, get_user, list_users, update_user  # noqa: E402
from generated.models import (  # noqa: E402
    ClearableUserField,
    CreateUserRequest,
    LoginRequest,
    LogoutRequest,
    RefreshSessionRequest,
    RegisterRequest,
    UpdateUserRequest,
    UserSort,
)


def show(name, response):
    parsed = response.parsed
    answer = None if parsed is None else {"class": type(parsed).__name__, **parsed.to_dict()}
    print(json.dumps({"name": name, "status": response.status_code, "answer": answer}))
    return parsed


anyone = Client(base_url=url)
mine = f"{uuid4()}@example.com"
other = f"{uuid4()}@example.com"

registered = show("register", register.sync_detailed(client=anyone, body=RegisterRequest(email=mine, password="correct horse battery", name="Ada")))
show("register again", register.sync_detailed(client=anyone, body=RegisterRequest(email=mine, password="correct horse battery")))
show("register badly", register.sync_detailed(client=anyone, body=RegisterRequest(email="a@b-.com", password="short")))
show("wrong password", login.sync_detailed(client=anyone, body=LoginRequest(email=mine, password="wrong")))
show("refresh", refresh_session.sync_detailed(client=anyone, body=RefreshSessionRequest(refresh_token=registered.refresh_token)))
show("not signed in", get_me.sync_detailed(client=AuthenticatedClient(base_url=url, token="none")))

user = AuthenticatedClient(base_url=url, token=registered.token)
show("me", get_me.sync_detailed(client=user))
show("me in time", get_me.sync_detailed(client=user, x_request_timeout_ms=5_000, x_request_id="python-1"))
show("forbidden", create_user.sync_detailed(client=user, body=CreateUserRequest(email=other)))

signed_in = show("login", login.sync_detailed(client=anyone, body=LoginRequest(email=email, password=password)))
admin = AuthenticatedClient(base_url=url, token=signed_in.token)
key = str(uuid4())
grace = CreateUserRequest(email=other, name="Grace")
created = show("create", create_user.sync_detailed(client=admin, body=grace, idempotency_key=key))
show("create again", create_user.sync_detailed(client=admin, body=grace, idempotency_key=key))
show("reused key", create_user.sync_detailed(client=admin, body=CreateUserRequest(email=mine), idempotency_key=key))
show("list", list_users.sync_detailed(client=admin, q=other, sort=UserSort.EMAIL_ASC, limit=5))
show("accounts", list_accounts.sync_detailed(client=admin, limit=1))
show("update", update_user.sync_detailed(created.id, client=admin, body=UpdateUserRequest(name="Grace Hopper")))
show("clear", update_user.sync_detailed(created.id, client=admin, body=UpdateUserRequest(clear=[ClearableUserField.NAME])))
show("get", get_user.sync_detailed(created.id, client=admin))
show("delete", delete_user.sync_detailed(created.id, client=admin))
show("gone", get_user.sync_detailed(created.id, client=admin))
show("logout", logout.sync_detailed(client=admin, body=LogoutRequest()))
show("signed out", get_me.sync_detailed(client=admin))
