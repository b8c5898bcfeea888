#!/usr/bin/env python3
"""Checks what the remote clients send, and what the provider twin answers, against the providers' own OpenAPI documents.

`every_call` makes every kind of call through a proxy that records it. Then each recorded request is sent again with each kind of
fault, so that the twin's errors are checked as well.

SLUICE_SPECS is the folder with openai.json, openrouter.json, elevenlabs.json, d-id.json and speaches.json. They are not part of
this repository, because not all of them have a licence that allows it: without the folder there is nothing to check against, and
this says so. SLUICE_BINARY is the release binary, CALLS_BINARY the example `every_call`.
"""

import atexit
import collections
import email.parser
import email.policy
import http.client
import http.server
import json
import os
import pathlib
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse

# Both come with openapi-spec-validator.
from jsonschema import Draft202012Validator
from openapi_schema_validator import OAS30ReadValidator, OAS30WriteValidator

START_SECONDS = 30
METHODS = ("get", "post", "put", "patch", "delete")
# Where the twin serves each contract: speaches has OpenAI's paths, and the twin serves those of OpenAI at /v1, too.
PROVIDERS = {"openai": "/openai/v1", "openrouter": "/openrouter/api/v1", "elevenlabs": "/elevenlabs", "d-id": "/d-id", "speaches": ""}

# What is called and stands in no document, with the reason.
UNDOCUMENTED = {
    ("elevenlabs", "get", "/v1/speech-to-text/transcripts/{id}"): "the document leaves it out; the provider's clients call it",
    ("d-id", "get", "/pictures/{file}"): "a link of the twin's own",
    ("d-id", "get", "/results/{file}"): "a link of the twin's own",
}
# What recorded answers of D-ID have beside the document, which forbids more.
SEEN = {
    ("post", "/clips"): {"created_by"},
    ("get", "/talks/{id}"): {"pending_url", "duration", "user_data", "name", "error"},
    ("get", "/clips/{id}"): {"duration", "user_data", "error"},
}
FAULTS = [
    {"kind": "rate_limit", "retry_after": 1}, {"kind": "rate_limit", "quota": True}, "unauthorized", "moderation", "no_credits",
    {"kind": "status", "status": 500}, {"kind": "status", "status": 502}, {"kind": "status", "status": 503},
]

Exchange = collections.namedtuple("Exchange", "method path query kind body status answer_kind answer headers")


class Recorder(http.server.BaseHTTPRequestHandler):
    """Passes requests on to the twin, and keeps them with their answers."""

    protocol_version = "HTTP/1.1"
    target = ""
    seen = []
    lock = threading.Lock()

    def pass_on(self):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        exchange = send(self.target, self.command, self.path, dict(self.headers.items()), body)
        with self.lock:
            self.seen.append(exchange)
        self.send_response(exchange.status)
        for name, value in exchange.headers["answer"]:
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date"):
                self.send_header(name, value)
        self.send_header("content-length", str(len(exchange.answer)))
        self.end_headers()
        self.wfile.write(exchange.answer)

    do_GET = do_POST = do_DELETE = pass_on

    def log_message(self, *_):
        pass


def send(target, method, path, headers, body):
    connection = http.client.HTTPConnection(target, timeout=60)
    # The twin's links name the host that was asked for.
    connection.request(method, path, body=body, headers={k: v for k, v in headers.items() if k.lower() != "host"})
    answer = connection.getresponse()
    content = answer.read()
    kind = next((value for name, value in headers.items() if name.lower() == "content-type"), "")
    where = urllib.parse.urlsplit(path)
    sent = {"request": headers, "answer": answer.getheaders()}
    connection.close()
    return Exchange(method.lower(), where.path, where.query, kind, body, answer.status, answer.getheader("content-type") or "", content, sent)


def modern(schema):
    """A document of 3.1 that still says `nullable`, as validators of 3.1 read it; and of forms that overlap, such as a transcript
    with and without times, any one has to fit."""
    if isinstance(schema, list):
        return [modern(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    schema = {("anyOf" if name == "oneOf" and "anyOf" not in schema else name): modern(value) for name, value in schema.items()}
    if schema.pop("nullable", None) is True:
        return {"anyOf": [schema, {"type": "null"}]}
    return schema


def pattern(path):
    """What fits a documented path. The id of a model has slashes."""
    parts = re.split(r"(\{[^/]*\})", path)
    return re.compile("".join(".+" if part == "{model_id}" else "[^/]+" if part.startswith("{") else re.escape(part) for part in parts))


class Document:
    """What a provider documents: its paths, and how its schemas are read."""

    def __init__(self, name, folder):
        self.name = name
        content = json.loads((folder / f"{name}.json").read_text())
        self.is_old = content["openapi"].startswith("3.0")
        self.content = content if self.is_old else modern(content)
        self.paths = {path: pattern(path) for path in self.content["paths"]}

    def find(self, method, path):
        fits = [known for known, pattern in self.paths.items() if pattern.fullmatch(path) and method in self.content["paths"][known]]
        # /clips/presenters is no /clips/{id}.
        return min(fits, key=lambda known: known.count("{"), default=None)

    def resolved(self, schema):
        while "$ref" in schema:
            target = self.content
            for part in schema["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            schema = target
        return schema

    def properties(self, schema):
        """The fields of an object, in whichever of its forms."""
        schema = self.resolved(schema)
        found = dict(schema.get("properties", {}))
        for form in ("allOf", "anyOf", "oneOf"):
            for part in schema.get(form, []):
                found.update(self.properties(part))
        return found

    def problems(self, schema, value, reads):
        whole = {**schema, "components": self.content.get("components", {})}
        kind = (OAS30ReadValidator if reads else OAS30WriteValidator) if self.is_old else Draft202012Validator
        for error in kind(whole).iter_errors(value):
            best = min(deepest(error), key=lambda one: -len(one.absolute_path))
            place = "/".join(str(part) for part in best.absolute_path)
            yield f"at /{place}: {best.message[:300]}"


def deepest(error):
    if not error.context:
        return [error]
    return [leaf for inner in error.context for leaf in deepest(inner)]


class Checks:
    def __init__(self, documents):
        self.documents = documents
        self.problems = collections.OrderedDict()
        self.checked = collections.Counter()

    def complain(self, where, what):
        self.problems.setdefault(f"{where}: {what}", None)

    def known(self, exchange):
        """The document of an exchange, its path there, and the operation; nothing if that stands in none."""
        name = next(name for name, prefix in PROVIDERS.items() if exchange.path.startswith(prefix + "/"))
        document, path = self.documents[name], exchange.path.removeprefix(PROVIDERS[name])
        found = document.find(exchange.method, path)
        if found is None:
            excuses = [known for known in UNDOCUMENTED if known[:2] == (name, exchange.method)
                       and pattern(known[2]).fullmatch(path)]
            if not excuses:
                self.complain(f"{name} {exchange.method} {path}", "stands in no document")
            return None
        return document, found, document.content["paths"][found][exchange.method]

    def request(self, exchange):
        if (known := self.known(exchange)) is None:
            return
        document, path, operation = known
        where = f"{document.name} {exchange.method} {path}: request"
        self.checked[f"{document.name} {exchange.method} {path}"] += 1
        self.parameters(where, document, path, operation, exchange)
        contents = operation.get("requestBody", {}).get("content")
        if contents is None:
            if exchange.body:
                self.complain(where, "has a body, and none is documented")
            return
        kind = exchange.kind.split(";")[0].strip().lower()
        # FastAPI documents a form with a file as urlencoded if its parameters are dependencies.
        schema = contents.get(kind) or (kind == "multipart/form-data" and contents.get("application/x-www-form-urlencoded"))
        if not schema:
            return self.complain(where, f"is {kind}, and these are documented: {', '.join(contents)}")
        schema = schema["schema"]
        fields = document.properties(schema)
        if kind == "application/json":
            value = json.loads(exchange.body)
        else:
            value = self.form(where, document, fields, exchange)
        for unknown in value.keys() - fields.keys():
            self.complain(where, f"has the field {unknown}, which is not documented")
        for problem in document.problems(schema, value, reads=False):
            self.complain(where, problem)

    def parameters(self, where, document, path, operation, exchange):
        known = [document.resolved(one) for one in document.content["paths"][path].get("parameters", []) + operation.get("parameters", [])]
        query = dict(urllib.parse.parse_qsl(exchange.query))
        documented = {one["name"]: one for one in known if one["in"] == "query"}
        for name, value in query.items():
            if name not in documented:
                self.complain(where, f"has the parameter {name}, which is not documented")
                continue
            for problem in document.problems(documented[name]["schema"], typed(document, documented[name]["schema"], value), reads=False):
                self.complain(where, f"parameter {name} {problem}")
        for name, one in documented.items():
            if one.get("required") and name not in query:
                self.complain(where, f"lacks the parameter {name}")

    def form(self, where, document, fields, exchange):
        """A form as an object. A name that comes more than once, or ends in [], has a list; a file is a text."""
        head = f"Content-Type: {exchange.kind}\r\n\r\n".encode()
        message = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + exchange.body)
        value = {}
        for part in message.iter_parts():
            name = part.get_param("name", header="content-disposition")
            plain = name if name in fields else name.removesuffix("[]")
            if part.get_filename():
                value[plain] = "a file"
                continue
            text = part.get_payload(decode=True).decode()
            schema = document.resolved(fields.get(plain, {}))
            if name.endswith("[]"):
                value.setdefault(plain, []).append(text)
            else:
                value[plain] = typed(document, schema, text)
        return value

    def answer(self, exchange, is_error=False):
        if (known := self.known(exchange)) is None:
            return
        document, path, operation = known
        where = f"{document.name} {exchange.method} {path}: answer {exchange.status}"
        contents = operation["responses"].get(str(exchange.status), {}).get("content", {})
        kind = exchange.answer_kind.split(";")[0].strip().lower()
        if kind == "text/event-stream":
            return self.events(where, document, contents, exchange)
        if kind != "application/json":
            # Sound, and the texts of gateways.
            has_media = any(not known.endswith("json") for known in contents) or any(not one.get("schema") for one in contents.values())
            if not is_error and contents and not has_media:
                self.complain(where, f"is {kind}, and these are documented: {', '.join(contents)}")
            return
        value = json.loads(exchange.answer)
        schema = contents.get("application/json", {}).get("schema")
        if is_error and schema is None:
            schema = self.any_error(document)
        if schema is None:
            if str(exchange.status) not in operation["responses"]:
                self.complain(where, "is not documented")
            return
        if document.name == "d-id" and not is_error:
            value = self.as_documented(value, exchange.method, path)
        for problem in document.problems(schema, value, reads=True):
            self.complain(where, problem)

    def as_documented(self, value, method, path):
        """An answer of D-ID without what was seen in recorded ones: more fields, and a dot before a format."""
        for work in [value, *value.get("talks", [])]:
            if "result_format" in work.get("config", {}):
                work["config"]["result_format"] = work["config"]["result_format"].removeprefix(".")
        return {name: one for name, one in value.items() if name not in SEEN.get((method, path), ())}

    def any_error(self, document):
        """What all errors have: OpenAI names it, the others have it at every status that they list."""
        if document.name == "openai":
            return {"$ref": "#/components/schemas/ErrorResponse"}
        if document.name == "openrouter":
            return {"type": "object", "required": ["error"], "properties": {"error": {
                "type": "object", "required": ["code", "message"], "properties": {"code": {"type": "integer"}, "message": {"type": "string"}}}}}
        if document.name == "d-id":
            refusals = document.content["paths"]["/talks"]["post"]["responses"]["400"]["content"]["application/json"]["schema"]
            gateway = {"type": "object", "required": ["message"], "properties": {"message": {"type": "string"}}}
            return {"anyOf": [refusals, gateway]}
        # ElevenLabs documents 422 alone; all of its errors have a detail.
        return {"type": "object", "required": ["detail"]}

    def events(self, where, document, contents, exchange):
        schema = contents.get("text/event-stream", {}).get("schema")
        lines = [line.removeprefix(b"data:").strip() for line in exchange.answer.splitlines() if line.startswith(b"data:")]
        if not lines or lines[-1] != b"[DONE]":
            self.complain(where, "does not end with [DONE]")
        if schema is None:
            return self.complain(where, "is a stream, and none is documented")
        inner = document.properties(schema).get("data")
        for line in lines[:-1]:
            for problem in document.problems(inner or schema, json.loads(line), reads=True):
                self.complain(where, f"event {problem}")


def typed(document, schema, text):
    """A text of a form or a query as what its schema wants."""
    if not any(document.problems(schema, text, reads=False)):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def start_twin(binary, folder):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        target = f"127.0.0.1:{probe.getsockname()[1]}"
    with open(folder / "twin.log", "wb") as log:
        process = subprocess.Popen([binary, "twin", "--listen", target, "--seed", "7"], stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    atexit.register(process.kill)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            send(target, "GET", "/twin", {}, b"")
            return target
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the twin did not start:\n" + (folder / "twin.log").read_text()[-2000:])


def record(target):
    """Every call, with its answer."""
    Recorder.target = target
    proxy = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    threading.Thread(target=proxy.serve_forever, daemon=True).start()
    subprocess.run([os.environ["CALLS_BINARY"], f"http://127.0.0.1:{proxy.server_port}"], check=True, stdin=subprocess.DEVNULL, timeout=300)
    proxy.shutdown()
    return Recorder.seen


def fail_again(target, exchanges, checks):
    """Sends one request of each kind again with each fault."""
    kinds = {}
    for exchange in exchanges:
        known = checks.known(exchange)
        # At the paths of speaches the twin fails as OpenAI does.
        if known is not None and known[0].name != "speaches":
            kinds.setdefault((known[0].name, exchange.method, known[1]), exchange)
    for exchange in kinds.values():
        path = exchange.path + (f"?{exchange.query}" if exchange.query else "")
        for fault in FAULTS:
            plan = json.dumps([{"match": {}, "fault": fault}]).encode()
            send(target, "POST", "/twin/faults", {"content-type": "application/json"}, plan)
            failed = send(target, exchange.method.upper(), path, exchange.headers["request"], exchange.body)
            if failed.status < 400:
                raise SystemExit(f"the fault {fault} did not reach {exchange.method} {exchange.path}")
            checks.answer(failed, is_error=True)
    return len(kinds)


def missing(documents, checks):
    """What has to have been called: a client that no longer calls it needs no check, but that has to be noticed."""
    expected = {
        "openai": ["get /models", "post /chat/completions", "post /audio/speech", "post /audio/transcriptions", "post /images/generations",
                   "post /embeddings"],
        "openrouter": ["get /key", "post /chat/completions", "post /audio/speech", "post /audio/transcriptions", "post /images",
                       "post /embeddings", "get /generation"],
        "elevenlabs": ["get /v1/user/subscription", "get /v2/voices", "post /v1/text-to-speech/{voice_id}/with-timestamps",
                       "post /v1/speech-to-text"],
        "d-id": ["get /credits", "post /audios", "post /images", "post /talks", "get /talks", "get /talks/{id}", "post /clips", "get /clips",
                 "get /clips/{id}", "get /clips/presenters", "post /expressives", "get /expressives", "get /expressives/{id}",
                 "get /expressives/avatars"],
        "speaches": ["get /v1/models/{model_id}", "post /v1/audio/speech", "post /v1/audio/transcriptions"],
    }
    return [f"{name} {one}" for name in documents for one in expected[name] if not checks.checked[f"{name} {one}"]]


def main():
    specs = pathlib.Path(os.environ.get("SLUICE_SPECS") or "none")
    if not (specs / "openai.json").is_file():
        print("not checked: SLUICE_SPECS names no folder with the providers' documents (docs/twin.md says which)", file=sys.stderr)
        return
    documents = {name: Document(name, specs) for name in PROVIDERS}
    checks = Checks(documents)
    with tempfile.TemporaryDirectory(prefix="sluice-documents-") as folder:
        target = start_twin(os.environ["SLUICE_BINARY"], pathlib.Path(folder))
        exchanges = record(target)
        for exchange in exchanges:
            checks.request(exchange)
            checks.answer(exchange)
        kinds = fail_again(target, exchanges, checks)
    for operation in missing(documents, checks):
        checks.complain(operation, "was not called")
    if checks.problems:
        raise SystemExit("what was sent or answered is not as documented:\n  " + "\n  ".join(checks.problems))
    print(f"{len(exchanges)} exchanges and {kinds * len(FAULTS)} errors of {kinds} operations are as the providers document them")


if __name__ == "__main__":
    main()
