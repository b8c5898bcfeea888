#!/usr/bin/env python3
"""Reviews the cards of the demo as a person would, by the API of the running server, and saves the deck of them.

usage: demo-cards.py PORT REVIEW.json DECK.apkg

A card is edited as REVIEW.json says, and approved if that settles each doubt of it: by another value, by the same one, or by leaving empty
what nobody needs. A card that is not in the file, or in doubt all the same, stays in the review queue. What is approved already stays as it is.
"""
import json
import os
import sys
import urllib.error
import urllib.request

PATIENCE_SECONDS = 60


class Server:
    def __init__(self, port):
        self.url = f"http://127.0.0.1:{port}"

    def ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json"} if data else {}
        request = urllib.request.Request(self.url + path, data=data, method=method, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
                return answer.read()
        except urllib.error.HTTPError as error:
            raise SystemExit(f"demo-cards: {method} {path}: {error.code} {error.read().decode(errors='replace')}") from error
        except OSError as error:
            raise SystemExit(f"demo-cards: the server at {self.url} does not answer: {error}") from error

    def json(self, method, path, body=None):
        return json.loads(self.ask(method, path, body))


def words_of(phrase, reviewed):
    """The words of the card that the review has, with what it says of them. What stays in doubt of them goes."""
    words = []
    for word in phrase["vocabulary"]:
        given = reviewed.get(word["word"])
        if given is None:
            continue
        change = {"word": word["word"], **given}
        for name, field in word.items():
            if name not in change and isinstance(field, dict) and field["state"] != "sure":
                change[name] = ""
        words.append(change)
    return words


def is_settled(path, phrase, reviewed):
    """Whether the review has said what is to be in the field with this path, such as vocabulary.0.meaning, and that is in it."""
    first, *rest = path.split(".")
    if first == "vocabulary":
        word = phrase["vocabulary"][int(rest[0])]
        return (word[rest[1]] or {}).get("text", "") in ("", reviewed["words"][word["word"]].get(rest[1], ""))
    return first in ("translation", "transliteration") and (phrase[first] or {}).get("text") == reviewed.get(first)


def review(server, phrase, reviewed):
    """Whether the card is approved."""
    change = {name: reviewed[name] for name in ("translation", "transliteration", "grammar") if name in reviewed}
    change["vocabulary"] = words_of(phrase, reviewed["words"])
    path = f"/api/v1/phrases/{phrase['id']}"
    edited = server.json("PATCH", path, change)
    open_doubts = [doubt for doubt in edited["doubts"] if not is_settled(doubt, edited, reviewed)]
    if open_doubts:
        print(f"    {edited['text']['text']}: left to you ({', '.join(open_doubts)})")
        return False
    server.json("POST", f"{path}/approve")
    return True


def save_deck(server, out):
    export = server.json("POST", "/api/v1/phrase-exports", {"form": "package", "deck": "Sluice"})
    content = server.ask("GET", export["href"])
    with open(f"{out}.part", "wb") as file:
        file.write(content)
    os.replace(f"{out}.part", out)


def main(port, review_file, out):
    server = Server(port)
    with open(review_file, encoding="utf-8") as file:
        reviews = json.load(file)
    waiting = server.json("GET", "/api/v1/phrases?status=pending_review&limit=100")["items"]
    known = [phrase for phrase in waiting if phrase["text"]["text"] in reviews]
    approved = sum(review(server, phrase, reviews[phrase["text"]["text"]]) for phrase in known)
    counts = server.json("GET", "/api/v1/phrases?limit=1")["counts"]
    if counts.get("approved", 0) > 0:
        save_deck(server, out)
    print(f"    {approved} cards approved, {counts.get('pending_review', 0)} left to you")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
