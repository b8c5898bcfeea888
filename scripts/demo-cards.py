#!/usr/bin/env python3
"""Reviews the cards of the demo as a person would, by the API of the running server, and saves the deck of them.

usage: demo-cards.py PORT REVIEW.json DECK.apkg

A card is edited as REVIEW.json says, and approved if that settles each doubt of it: by another value, by the same one, or by leaving empty
what nobody needs. What was heard in a clip is in doubt, too: whoever reviews it listens to it and writes what it says, which REVIEW.json has
with "heard". A card that is not in the file, or in doubt all the same, stays in the review queue. What is approved already stays as it is.
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


def words_of(phrase, reviewed, is_another):
    """The words of the card that the review has, with what it says of them; where the phrase is another one now, also those that were
    not in it. What stays in doubt of them goes."""
    known = {word["word"]: word for word in phrase["vocabulary"]}
    words = []
    for text in reviewed if is_another else [text for text in known if text in reviewed]:
        change = {"word": text, **reviewed[text]}
        for name, field in known.get(text, {}).items():
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


def review_of(phrase, reviews):
    """What the review says of a card, by its phrase, or of a clip by what it says in truth; none if it says nothing of it."""
    text = phrase["text"]["text"]
    if text in reviews:
        return text, reviews[text]
    heard = [(said, reviewed) for said, reviewed in reviews.items() if reviewed.get("heard")]
    return heard[0] if phrase["source"] == "audio" and len(heard) == 1 else None


def review(server, phrase, said, reviewed):
    """Whether the card is approved."""
    change = {name: reviewed[name] for name in ("translation", "transliteration", "grammar") if name in reviewed}
    change["vocabulary"] = words_of(phrase, reviewed["words"], phrase["text"]["text"] != said)
    path = f"/api/v1/phrases/{phrase['id']}"
    text = phrase["text"]
    if reviewed.get("heard") and (text["text"] != said or text["state"] != "sure"):
        done = "confirms it" if text["text"] == said else f"writes: {said}"
        print(f"    The clip was heard as \"{text['text']}\", which is in doubt: whoever listens to it {done}")
        change["text"] = said
    edited = server.json("PATCH", path, change)
    open_doubts = [doubt for doubt in edited["doubts"] if not is_settled(doubt, edited, reviewed)]
    if open_doubts:
        print(f"    {edited['text']['text']}: left to you ({', '.join(open_doubts)})")
        return False
    server.json("POST", f"{path}/approve")
    return True


def has_cards(server):
    """Whether a deck would have any: approved ones, also those that were in one before, and not those that are left out."""
    return any(server.json("GET", f"/api/v1/phrases?status={status}&excluded=false&limit=1")["items"]
               for status in ("approved", "exported"))


def save_deck(server, out):
    """Writes the deck of all of them: whoever deleted its file gets it again."""
    export = server.json("POST", "/api/v1/phrase-exports", {"form": "package", "deck": "Sluice", "all": True})
    content = server.ask("GET", export["href"])
    with open(f"{out}.part", "wb") as file:
        file.write(content)
    os.replace(f"{out}.part", out)


def main(port, review_file, out):
    server = Server(port)
    with open(review_file, encoding="utf-8") as file:
        reviews = json.load(file)
    waiting = server.json("GET", "/api/v1/phrases?status=pending_review&limit=100")["items"]
    known = [(phrase, *found) for phrase in waiting if (found := review_of(phrase, reviews))]
    approved = sum(review(server, *one) for one in known)
    counts = server.json("GET", "/api/v1/phrases?limit=1")["counts"]
    if has_cards(server):
        save_deck(server, out)
    print(f"    {approved} cards approved, {counts.get('pending_review', 0)} left to you")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        raise SystemExit(__doc__)
    main(*sys.argv[1:])
