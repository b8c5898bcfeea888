#!/usr/bin/env python3
"""Decks that the product itself makes, of what a person gave it, are imported by Anki's own package in several versions: exported,
edited, exported and imported again, by the command line and by the server, in both forms. Cards are updated, never duplicated or
conflicting; their recordings play; Arabic is right to left.

SLUICE_BINARY is the release binary.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.request
import zipfile

from anki_import import LEGACY_IMPORTER, Anki, expect, expect_counts, versions
from paid_once import Program, check

MADE_SECONDS = 180
DECK = "Sluice::Tried"
PHRASES = "/api/v1/phrases"
CLIP = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "sluice/corpus/raposa.wav")
TRANSLATED = "Where is my tea?"


class Product:
    """A server for one person, and the command line beside it."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("SLUICE_") or name == "SLUICE_MODELS"}
        self.environment = dict(kept, SLUICE_DATA=str(folder / "data"))
        self.server = Program(folder, "server", "/api/v1/health", [binary, "serve", "--single-user"], self.environment)
        self.server.start()

    def add(self, text, language):
        return self.server.done("POST", PHRASES, {"text": text, "language": language})["items"][0]["id"]

    def add_clip(self, path, language):
        return self.server.send(f"{PHRASES}/files", {"language": language}, path.name, path.read_bytes())["id"]

    def cards(self):
        return self.server.done("GET", f"{PHRASES}?limit=100")["items"]

    def made(self):
        """Waits until nothing is being made."""
        until = time.monotonic() + MADE_SECONDS
        while any(card["status"] == "processing" or card["work"] for card in self.cards()):
            check(time.monotonic() < until, f"cards are made within {MADE_SECONDS} s")
            time.sleep(0.2)

    def approve(self):
        waiting = [card["id"] for card in self.cards() if card["status"] == "pending_review"]
        if waiting:
            self.server.done("POST", f"{PHRASES}/batch", {"action": "approve", "ids": waiting})

    def bytes_of(self, href):
        with urllib.request.urlopen(f"http://127.0.0.1:{self.server.port}{href}") as answer:
            return answer.read()

    def run(self, *arguments):
        done = subprocess.run([self.binary, "capture", *map(str, arguments), "--json"], env=self.environment, capture_output=True,
                              text=True, stdin=subprocess.DEVNULL, timeout=MADE_SECONDS, check=False)
        check(done.returncode == 0, f"sluice capture {arguments}: {done.stderr} {done.stdout}")
        return json.loads(done.stdout)

    def by_command(self, name):
        path = self.folder / name
        self.run("export", "--all", "--name", DECK, "--deck", path)
        return path

    def by_server(self, name, form):
        export = self.server.done("POST", "/api/v1/phrase-exports", {"form": form, "deck": DECK, "all": True})
        path = self.folder / name
        path.write_bytes(self.bytes_of(export["href"]))
        return path

    def state(self):
        """What a person sees of each card: texts, both sides, the recording."""
        return [{"card": card, "sides": self.server.done("GET", f"{PHRASES}/{card['id']}/preview"),
                 "sound": self.bytes_of(card["audio"]["href"])} for card in self.cards()]


def plays(path):
    """Seconds of it that can be decoded to the end."""
    subprocess.run(["ffmpeg", "-nostdin", "-v", "error", "-xerror", "-i", path, "-f", "null", "-"], check=True)
    shown = subprocess.run(["ffprobe", "-v", "error", "-show_entries", "format=duration", "-of", "csv=p=0", path],
                           capture_output=True, text=True, check=True)
    return float(shown.stdout)


def check_state(anki, found, wanted, what):
    """The collection has each card once, as the product shows it, and its recording plays."""
    expect(len(found["notes"]), len(wanted), f"{what}: notes")
    expect(found["notetypes"], ["Sluice phrase"], f"{what}: note types")
    expect(found["missing_media"], [], f"{what}: missing media")
    notes = {note["fields"]["Id"]: note for note in found["notes"]}
    for one in wanted:
        card, note = one["card"], notes[one["card"]["id"]]
        name = f"{what}: {card['text']['text']}"
        expect((note["cards"], note["deck"]), (1, DECK), f"{name}: cards and deck")
        expect(note["fields"]["Translation"], (card["translation"] or {"text": ""})["text"], f"{name}: translation")
        check(one["sides"]["front"] in note["front"], f"{name}: its front is the preview's: {note['front']}")
        direction = card["language"]["dir"]
        check(f'dir="{direction}"' in note["front"], f"{name}: its front is {direction}: {note['front']}")
        # Anki's own renderer says what it would play.
        sounds = note["front_sounds"] + note["back_sounds"]
        expect(len(sounds), 1, f"{name}: recordings")
        expect(found["media"].get(sounds[0]), one["sound"].hex(), f"{name}: the recording")
        seconds = plays(anki.folder / "collection.media" / sounds[0])
        check(seconds > 0.3, f"{name}: it plays for {seconds} s")


def go_round(version, name, steps, work):
    """Imports one deck after another into one collection."""
    folder = work / f"{version}-{name}"
    folder.mkdir()
    anki, told = Anki(version, folder), []
    for path, wanted, counts in steps:
        what = f"Anki {version}, {name}, {path.name}"
        done = anki.run("package", path)
        expect_counts(done["report"], counts, what)
        check_state(anki, done, wanted, what)
        told.append(", ".join(f"{count} {kind}" for kind, count in counts.items()))
    print(f"    Anki {version}, {name}: {'; '.join(told)}")


def says_that_anki_is_old(package, work):
    """What programs see that know nothing of the newer form: a collection of the oldest one, with one note for people."""
    folder = work / "old"
    folder.mkdir()
    with zipfile.ZipFile(package) as archive:
        (folder / "collection.anki2").write_bytes(archive.read("collection.anki2"))
    for version in versions():
        found = Anki(version, folder).run("state")
        check(len(found["notes"]) == 1 and "Update Anki" in found["notes"][0]["front"], f"Anki {version} shows what to do: {found['notes']}")
    print("    the newer form tells older programs what to do")


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-anki-product-") as folder:
        work = pathlib.Path(folder)
        product = Product(os.environ["SLUICE_BINARY"], work)
        tea = product.add("Где мой чай?", "ru")
        letter = product.add("كَتَبَ الوَلَدُ رِسَالَةً", "ar")
        clip = product.add_clip(CLIP, "es")
        product.made()
        product.approve()
        first = product.state()
        check(next(one for one in first if one["card"]["id"] == clip)["card"]["audio"]["own"], "a clip keeps its speaker's voice")
        firsts = product.by_command("first.apkg"), product.by_server("first-legacy.apkg", "package_legacy")

        product.server.done("PATCH", f"{PHRASES}/{tea}", {"translation": TRANSLATED})
        product.server.done("PATCH", f"{PHRASES}/{letter}", {"text": "كَتَبَ الوَلَدُ كِتَابًا"})
        product.made()
        product.approve()
        # The deck of what is new or changed, as a person makes it with one line.
        changed = work / "changed.apkg"
        product.run("Me gusta el té.", "--language", "es", "--approve", "--name", DECK, "--deck", changed)
        product.made()
        second = product.state()
        seconds = product.by_command("second.apkg"), product.by_server("second-legacy.apkg", "package_legacy")
        before, after = ({one["card"]["id"]: one for one in state} for state in (first, second))
        expect(after[tea]["card"]["translation"]["text"], TRANSLATED, "what was typed")
        check(before[letter]["sound"] != after[letter]["sound"], "another text has another sound")
        expect(len(second), 4, "cards after the edit")

        [latest, legacy], [latest_after, legacy_after] = firsts, seconds
        new, same, edit = {"new": 3}, {"duplicate": 3}, {"new": 1, "updated": 2}
        for version in versions():
            if version == LEGACY_IMPORTER:
                go_round(version, "older form", [(legacy, first, new), (legacy, first, same), (legacy_after, second, {**edit, "duplicate": 1})], work)
                continue
            go_round(version, "newer form", [(latest, first, new), (latest, first, same), (changed, second, edit),
                                             (latest_after, second, {"duplicate": 4})], work)
            go_round(version, "older form", [(legacy, first, new), (legacy_after, second, {**edit, "duplicate": 1}),
                                             (latest_after, second, {"duplicate": 4})], work)
        says_that_anki_is_old(latest, work)


if __name__ == "__main__":
    main()
