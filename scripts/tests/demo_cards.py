#!/usr/bin/env python3
"""The deck of the demo is there after each run of it, also if its file was deleted when all of its cards were exported already.

Needs no server: the API is answered here.
"""

import importlib.util
import json
import pathlib
import tempfile

SCRIPT = pathlib.Path(__file__).parents[1] / "demo-cards.py"


def loaded():
    spec = importlib.util.spec_from_file_location("demo_cards", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class Answers:
    """A server with cards of these statuses, as `review` sees it."""

    def __init__(self, statuses, excluded=()):
        self.statuses, self.excluded, self.asked = statuses, excluded, []

    def json(self, method, path, body=None):
        self.asked.append((method, path, body))
        if path == "/api/v1/phrase-exports":
            found = [status for status in self.statuses if status == "approved" or body.get("all")]
            if not found:
                raise SystemExit("demo-cards: 409 no_cards")
            return {"href": "/deck"}
        status = path.partition("status=")[2].partition("&")[0]
        items = [one for one in self.statuses if one == status and one not in self.excluded]
        return {"items": items, "counts": {one: self.statuses.count(one) for one in self.statuses}}

    def ask(self, method, path, body=None):
        return b"PK deck"


def main():
    demo = loaded()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        (folder / "review.json").write_text(json.dumps({}))
        for number, (server, is_there) in enumerate([
            (Answers(["approved"]), True),
            (Answers(["exported", "exported"]), True),
            (Answers([]), False),
            (Answers(["exported"], excluded=["exported"]), False),
        ]):
            deck = folder / f"{number}.apkg"
            demo.Server = lambda port, server=server: server
            demo.main(8080, folder / "review.json", str(deck))
            assert deck.exists() == is_there, (server.statuses, server.asked)
    print("demo_cards: the deck is made again whenever there are cards for it")


if __name__ == "__main__":
    main()
