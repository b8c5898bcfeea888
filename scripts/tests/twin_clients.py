#!/usr/bin/env python3
"""Tests the provider twin with the official clients of OpenAI and ElevenLabs: what they parse is what they get, and errors
raise their own types.

SLUICE_BINARY is the release binary.
"""

import atexit
import base64
import json
import math
import os
import pathlib
import socket
import subprocess
import tempfile
import time
import urllib.request

import elevenlabs
import openai
from elevenlabs.core.api_error import ApiError

START_SECONDS = 30
TEXT = "The lamp was lit before dusk. Ships passed the rock."
VOICE = "JBFqnCBsd6RMkjVDRZzb"


def start(binary, folder):
    """The twin on a free port; returns its address."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{probe.getsockname()[1]}"
    with open(folder / "twin.log", "wb") as log:
        process = subprocess.Popen(
            [binary, "twin", "--listen", url.removeprefix("http://"), "--seed", "7"],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    atexit.register(process.kill)
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and process.poll() is None:
        try:
            ask(url, "")
            return url
        except OSError:
            time.sleep(0.02)
    raise SystemExit("the twin did not start:\n" + (folder / "twin.log").read_text()[-2000:])


def ask(url, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(f"{url}/twin{path}", data=data)) as answer:
        text = answer.read()
    return json.loads(text) if text else None


def fail(url, provider, operation, fault, count=1):
    ask(url, "/faults", [{"match": {"provider": provider, "operation": operation, "count": count}, "fault": fault}])


def raises(kind, call):
    try:
        call()
    except kind as error:
        return error
    raise SystemExit(f"{kind.__name__} was not raised")


def check(what, truth):
    if not truth:
        raise SystemExit(f"not so: {what}")


def test_chat(client):
    messages = [{"role": "user", "content": TEXT}]
    reply = client.chat.completions.create(model="gpt-4o-mini", messages=messages)
    check("a chat quotes what was written", "The lamp was lit before dusk." in reply.choices[0].message.content)
    check("a chat has its usage", reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens)
    pieces = list(client.chat.completions.create(
        model="gpt-4o-mini", messages=messages, stream=True, stream_options={"include_usage": True}))
    streamed = "".join(piece.choices[0].delta.content or "" for piece in pieces if piece.choices)
    check("a stream has the same text", streamed == reply.choices[0].message.content)
    check("a stream ends with its usage", pieces[-1].usage.total_tokens == reply.usage.total_tokens)
    schema = {
        "type": "object", "additionalProperties": False, "required": ["sentences"],
        "properties": {"sentences": {"type": "array", "items": {
            "type": "object", "additionalProperties": False, "required": ["text", "mood"],
            "properties": {"text": {"type": "string"}, "mood": {"type": "string", "enum": ["calm", "stormy"]}}}}},
    }
    shape = {"type": "json_schema", "json_schema": {"name": "quotes", "strict": True, "schema": schema}}
    reply = client.chat.completions.create(model="gpt-4o-mini", messages=messages, response_format=shape)
    answer = json.loads(reply.choices[0].message.content)
    check("a structured answer quotes", all(one["text"] in TEXT for one in answer["sentences"]))
    check("a structured answer chooses", {one["mood"] for one in answer["sentences"]} <= {"calm", "stormy"})
    loose = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": {"type": "object", "properties": {}}}}
    error = raises(openai.BadRequestError, lambda: client.chat.completions.create(
        model="gpt-4o-mini", messages=messages, response_format=loose))
    check("a schema that is not strict is named", error.param == "response_format")


def test_media(client):
    with client.audio.speech.with_streaming_response.create(
            model="tts-1", voice="alloy", input=TEXT, response_format="wav") as answer:
        sound = answer.read()
    check("speech is WAV", sound.startswith(b"RIFF"))
    heard = client.audio.transcriptions.create(
        model="whisper-1", file=("speech.wav", sound), response_format="verbose_json",
        timestamp_granularities=["word", "segment"])
    check("what was spoken is heard", heard.text == TEXT)
    check("words have times", heard.words[0].word == "The" and heard.words[-1].end <= float(heard.duration))
    check("segments have times", [one.start for one in heard.segments] == sorted(one.start for one in heard.segments))
    plain = client.audio.transcriptions.create(model="gpt-4o-mini-transcribe", file=("speech.wav", sound))
    check("the plain form has the text", plain.text == TEXT)
    image = client.images.generate(model="gpt-image-1", prompt="a lamp", size="1024x1024").data[0]
    check("an image is PNG", base64.b64decode(image.b64_json).startswith(b"\x89PNG"))
    # The client asks for base64, and decodes it.
    vectors = client.embeddings.create(model="text-embedding-3-small", input=[TEXT, "a bell"], dimensions=256).data
    check("vectors have the size that was asked for", [len(one.embedding) for one in vectors] == [256, 256])
    check("vectors have length 1", math.isclose(math.fsum(x * x for x in vectors[0].embedding), 1, abs_tol=1e-4))
    check("there are models", any(model.id == "whisper-1" for model in client.models.list()))


def test_errors(url, client):
    messages = [{"role": "user", "content": TEXT}]
    once = client.with_options(max_retries=0)
    chat = lambda of=once: of.chat.completions.create(model="gpt-4o-mini", messages=messages)
    raises(openai.AuthenticationError, lambda: chat(once.with_options(api_key="bad-key")))
    raises(openai.NotFoundError, lambda: once.chat.completions.create(model="no-such-model", messages=messages))
    for fault, kind in [
            ({"kind": "rate_limit", "retry_after": 1}, openai.RateLimitError),
            ({"kind": "status", "status": 503}, openai.InternalServerError),
            ("html", openai.InternalServerError),
            ("reset_before", openai.APIConnectionError),
            ("reset_after", openai.APIConnectionError),
            ("truncated_body", openai.APIConnectionError),
    ]:
        fail(url, "openai", "chat", fault)
        raises(kind, chat)
    fail(url, "openai", "chat", {"kind": "delay", "ms": 2000})
    raises(openai.APITimeoutError, lambda: chat(once.with_options(timeout=0.2)))
    ask(url, "/reset", {})
    fail(url, "openai", "chat", {"kind": "status", "status": 500}, count=2)
    chat(client.with_options(max_retries=2))
    check("the client's repetitions are counted", ask(url, "/requests")["openai"]["chat"] == 3)
    check("only what was answered is charged", ask(url, "/bill")["count"] == 1)


def test_elevenlabs(url):
    client = elevenlabs.ElevenLabs(api_key="key", base_url=f"{url}/elevenlabs")
    sound = b"".join(client.text_to_speech.convert(VOICE, text=TEXT, output_format="mp3_44100_128"))
    timed = client.text_to_speech.convert_with_timestamps(VOICE, text=TEXT)
    check("speech is the same with times", base64.b64decode(timed.audio_base_64) == sound)
    check("every character has its time", "".join(timed.alignment.characters) == TEXT)
    times = timed.alignment.character_start_times_seconds
    check("times go on", len(times) == len(TEXT) and times == sorted(times))
    check("there are voices", VOICE in [voice.voice_id for voice in client.voices.search().voices])
    check("the account has characters", client.user.subscription.get().character_count == 2 * len(TEXT))
    heard = client.speech_to_text.convert(model_id="scribe_v1", file=("speech.mp3", sound))
    check("what was spoken is heard", heard.text == TEXT)
    check("words are words", " ".join(word.text for word in heard.words if word.type == "word") == TEXT)
    check("there are models", any(model.can_do_text_to_speech for model in client.models.list()))
    bad = elevenlabs.ElevenLabs(api_key="bad-key", base_url=f"{url}/elevenlabs")
    error = raises(ApiError, lambda: bad.user.subscription.get())
    check("a bad key is named", error.status_code == 401 and error.body["detail"]["status"] == "invalid_api_key")
    error = raises(ApiError, lambda: client.text_to_speech.convert_with_timestamps("no-such-voice", text=TEXT))
    check("an unknown voice is named", error.status_code == 404)


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-twin-") as folder:
        url = start(os.environ["SLUICE_BINARY"], pathlib.Path(folder))
        client = openai.OpenAI(api_key="key", base_url=f"{url}/openai/v1")
        test_chat(client)
        test_media(client)
        test_errors(url, client)
        ask(url, "/reset", {})
        test_elevenlabs(url)
    print("the official clients understand the twin")


if __name__ == "__main__":
    main()
