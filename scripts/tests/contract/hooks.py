"""What Schemathesis does not know by itself; api_contract.py names this file to it."""

import schemathesis

# Bytes of a resumable upload are sent as they are.
schemathesis.serializer.alias("application/offset+octet-stream", "application/octet-stream")
