"""A real collection of Anki that answers as the add-on AnkiConnect does, for tests: the add-on itself needs Anki's windows.

Arguments: the collection, the port, and the add-on's configuration as a JSON file, of which `webCorsOriginList` and `apiKey` count.
Written from the add-on's description, for the actions that the page uses; whichever version of `anki` is on the path does the work.
"""

import base64
import fnmatch
import json
import os
import pathlib
import select
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer

from anki import lang
from anki.collection import Collection

VERSION = 6


class Actions:
    """What pages may ask for, by the add-on's names."""

    def __init__(self, col):
        self.col = col
        self.media = pathlib.Path(col.media.dir())

    def version(self):
        return VERSION

    def createDeck(self, deck):
        return self.col.decks.id(deck)

    def modelNames(self):
        return [found.name for found in self.col.models.all_names_and_ids()]

    def createModel(self, modelName, inOrderFields, cardTemplates, css="", isCloze=False):
        models = self.col.models
        if modelName in self.modelNames():
            raise ValueError("Model name already exists")
        model = models.new(modelName)
        model["css"] = css
        for name in inOrderFields:
            models.add_field(model, models.new_field(name))
        for card in cardTemplates:
            template = models.new_template(card["Name"])
            template.update(qfmt=card["Front"], afmt=card["Back"])
            models.add_template(model, template)
        models.add(model)
        return model

    def findNotes(self, query):
        return list(self.col.find_notes(query))

    def notesInfo(self, notes):
        return [self.info(self.col.get_note(number)) for number in notes]

    def info(self, note):
        fields = {name: {"value": value, "order": order} for order, (name, value) in enumerate(note.items())}
        return {"noteId": note.id, "modelName": note.note_type()["name"], "tags": note.tags, "fields": fields,
                "cards": [card.id for card in note.cards()]}

    def addNote(self, note):
        model = self.col.models.by_name(note["modelName"])
        if model is None:
            raise ValueError(f"model was not found: {note['modelName']}")
        made = self.col.new_note(model)
        for name, value in note["fields"].items():
            if name in made:
                made[name] = value
        made.tags = note.get("tags", [])
        state = made.duplicate_or_empty() if hasattr(made, "duplicate_or_empty") else made.fields_check()
        if state == 1:
            raise ValueError("cannot create note because it is empty")
        if state == 2 and not note.get("options", {}).get("allowDuplicate"):
            raise ValueError("cannot create note because it is a duplicate")
        self.col.add_note(made, self.col.decks.id(note["deckName"]))
        return made.id

    def addNotes(self, notes):
        return [self.addNote(note) for note in notes]

    def updateNoteFields(self, note):
        kept = self.col.get_note(note["id"])
        for name, value in note["fields"].items():
            if name in kept:
                kept[name] = value
        self.col.update_note(kept)

    def storeMediaFile(self, filename, data, deleteExisting=True):
        if deleteExisting:
            self.deleteMediaFile(filename)
        return self.col.media.write_data(filename, base64.b64decode(data))

    def deleteMediaFile(self, filename):
        self.col.media.trash_files([filename])

    def getMediaFilesNames(self, pattern="*"):
        return sorted(name for name in os.listdir(self.media) if fnmatch.fnmatch(name, pattern))

    def importPackage(self, path):
        # The add-on takes paths from where Anki is: in its folder of media.
        path = str(self.media / path)
        try:
            from anki.importing.apkg import AnkiPackageImporter
        except ImportError:
            from anki.collection import ImportAnkiPackageRequest
            self.col.import_anki_package(ImportAnkiPackageRequest(package_path=path))
        else:
            AnkiPackageImporter(self.col, path).run()
        return True

    def answer(self, asked, key):
        action = asked.get("action", "")
        try:
            if key and asked.get("key") != key:
                raise ValueError("valid api key must be provided")
            if action == "multi":
                return {"result": [self.answer(each, key) for each in asked["params"]["actions"]], "error": None}
            if action.startswith("_") or action in ("answer", "info") or not callable(getattr(self, action, None)):
                raise ValueError("unsupported action")
            return {"result": getattr(self, action)(**asked.get("params", {})), "error": None}
        except Exception as error:  # pylint: disable=broad-except
            return {"result": None, "error": str(error)}


class Handler(BaseHTTPRequestHandler):
    """One call after another, each on a connection of its own, and none for pages that are not let in."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        origin, allowed = self.headers.get("Origin"), self.server.config.get("webCorsOriginList", ["http://localhost"])
        if origin is not None and origin not in allowed:
            self.send_response(403)
            self.end_headers()
            return
        text = b"AnkiConnect v.6"
        if body:
            text = json.dumps(self.server.actions.answer(json.loads(body), self.server.config.get("apiKey"))).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Access-Control-Allow-Origin", origin or "http://localhost")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


def main():
    collection, port, config = sys.argv[1:]
    lang.set_lang("en")
    col = Collection(collection)
    server = HTTPServer(("127.0.0.1", int(port)), Handler)
    server.actions, server.config = Actions(col), json.loads(pathlib.Path(config).read_text())
    print("ready", flush=True)
    try:
        # Until the test ends it: what it did is on the disk then.
        server.timeout = 0.2
        while not has_ended():
            server.handle_request()
    finally:
        col.close()


def has_ended():
    """Standard input was closed."""
    return bool(select.select([sys.stdin], [], [], 0)[0]) and not sys.stdin.read(1)


if __name__ == "__main__":
    main()
