#!/usr/bin/env python3
"""Makes the publisher's edition of Whisper base (Systran/faster-whisper-base) of a newer conversion of the same weights.

    whisper-as-published.py NAME FILE

FILE is rewritten in place; NAME is what it becomes: model.bin, tokenizer.json, vocabulary.txt, or config.json, which is the
same in both. The result is the publisher's byte for byte; whoever calls this compares its SHA-256.
"""

import json
import struct
import sys

# What newer converters add, both false.
ADDED = (b"decoder/alibi_use_positive_positions", b"decoder/scale_alibi")
# The name of a token in 2023, and now.
FORMERLY, NOW = "<|nocaptions|>", "<|nospeech|>"
# Timestamps are tokens from here on; the tokenizer did not list them.
FIRST_TIME = 50364


def model(content):
    """Leaves out two variables, and counts them."""
    for name in ADDED:
        # Length of the name with its zero, name, rank 0, type int8, one byte, false.
        entry = struct.pack("<H", len(name) + 1) + name + b"\0" + struct.pack("<BBIB", 0, 1, 1, 0)
        if content.count(entry) != 1:
            sys.exit(f"{name.decode()} is not in the model as expected")
        content = content.replace(entry, b"")
    # The version, the length of the specification's name, the name, its revision; then the number of variables.
    at = 4 + 2 + struct.unpack_from("<H", content, 4)[0] + 4
    (count,) = struct.unpack_from("<I", content, at)
    return content[:at] + struct.pack("<I", count - len(ADDED)) + content[at + 4 :]


def tokenizer(content):
    """Writes merges as text, and drops what a later tokenizer learnt; the first merge was lost in 2023."""
    read = json.loads(content.decode().replace(NOW, FORMERLY))
    read["added_tokens"] = [token for token in read["added_tokens"] if token["id"] < FIRST_TIME]
    bpe = read["model"]
    del bpe["ignore_merges"], bpe["byte_fallback"]
    bpe["merges"] = [" ".join(pair) for pair in bpe["merges"][1:]]
    bpe["vocab"]["<|endoftext|>"] = 50257
    return json.dumps(read, ensure_ascii=False, indent=2).encode()


def vocabulary(content):
    """One token a line, instead of a list in JSON."""
    tokens = json.loads(content)
    return "".join(f"{FORMERLY if token == NOW else token}\n" for token in tokens).encode()


def main(name, file):
    makers = {"model.bin": model, "tokenizer.json": tokenizer, "vocabulary.txt": vocabulary, "config.json": bytes}
    with open(file, "rb") as source:
        made = makers[name](source.read())
    with open(file, "wb") as target:
        target.write(made)


main(*sys.argv[1:])
