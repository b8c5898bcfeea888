"""What Schemathesis does not know by itself; api_contract.py names this file to it."""

import os

import schemathesis

# Bytes of a resumable upload are sent as they are.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")


@schemathesis.hook
def before_call(context, case, kwargs):
    """Keeps the token that is used: a new password or a suspension of its account, whose id is in the list of accounts, revokes
    it, and every answer after that would be a 401. Another account is changed instead."""
    parameters = case.path_parameters
    if case.operation.path.startswith("/api/v1/admin/accounts/") and parameters.get("owner") == os.environ["SLUICE_OWN_ACCOUNT"]:
        parameters["owner"] = os.environ["SLUICE_OTHER_ACCOUNT"]
