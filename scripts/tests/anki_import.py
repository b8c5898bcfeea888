#!/usr/bin/env python3
"""Imports exported decks by Anki's own package, in several versions: what is exported, edited, exported and imported again is
updated, and never duplicated or conflicting; recordings arrive whole; right to left is right to left; and decks that Anki
exports are read.

DECK_BINARY is the example `deck`.
"""

import html
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
CACHE = pathlib.Path(os.environ.get("XDG_CACHE_HOME", pathlib.Path.home() / ".cache"), "sluice")
NASTY = "a\tb \"c\" <b>d</b> & {{c1::e::f}} [sound:g.mp3] 'h'\nsecond line"
LEGACY_IMPORTER = "2.1.54"
NONE = {"new": 0, "updated": 0, "conflicting": 0}


def versions():
    lines = (HERE / "anki" / "versions.txt").read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


class Anki:
    """One version with one collection."""

    def __init__(self, version, folder):
        self.version, self.folder = version, folder
        self.packages = CACHE / "anki" / version
        if not self.packages.is_dir():
            raise SystemExit(f"Anki {version} is missing: type  scripts/setup.sh --tests")

    def run(self, what, *arguments):
        command = [sys.executable, str(HERE / "anki" / "importer.py"), str(self.folder / "collection.anki2"), what, *map(str, arguments)]
        environment = dict(os.environ, PYTHONPATH=str(self.packages), PYTHONWARNINGS="ignore")
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
        if done.returncode != 0:
            raise SystemExit(f"Anki {self.version} cannot do {what} {arguments}:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout)


def deck(*arguments, cards=None):
    given = json.dumps({"deck": "Sluice::Test", "cards": cards}).encode() if cards is not None else b""
    done = subprocess.run([os.environ["DECK_BINARY"], *map(str, arguments)], input=given, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"deck {arguments}: {done.stderr.decode()}")
    return done.stdout


def sound(folder, name, content):
    path = folder / name
    path.write_bytes(content)
    return str(path)


def sample(folder):
    at = 1_780_000_000_000
    made = {"changed_at": at, "direction": "left_to_right"}
    return [
        {**made, "id": "ru", "source": "Собака идёт домой.", "transliteration": "Sobaka idjot domoj.", "translation": "The dog is going home.",
         "language": "ru", "grammar": ["Present tense.", "Accusative of direction."],
         "vocabulary": [{"word": "собака", "root": "собака", "meaning": "dog", "gender": "f."}],
         "audio": sound(folder, "sluice-0a.mp3", b"ID3 the dog" * 500)},
        {**made, "id": "ar", "source": "كَتَبَ الوَلَدُ رِسَالَةً", "transliteration": "kataba l-waladu risālatan", "translation": "The boy wrote a letter.",
         "language": "ar", "direction": "right_to_left", "audio": sound(folder, "sluice-0b.ogg", b"OggS the letter" * 500)},
        {**made, "id": "zh", "source": "我喜欢喝茶。", "translation": "I like tea.", "language": "zh"},
        {**made, "id": "es", "source": "#deck:no es un encabezado, \"¿verdad?\"", "translation": "not a header", "language": "es"},
        # The same recording as another card has.
        {**made, "id": "ka", "source": "ძაღლი", "translation": "dog", "language": "ka", "audio": str(folder / "sluice-0a.mp3")},
        {**made, "id": "nasty", "source": NASTY, "translation": NASTY, "grammar": [NASTY], "vocabulary": [{"word": NASTY}], "language": "es"},
    ]


def expect(value, wanted, what):
    if value != wanted:
        raise SystemExit(f"{what}: {value!r} instead of {wanted!r}")


def expect_counts(report, wanted, what):
    """The importer that Anki was born with reports nothing: what it did is told by the collection alone."""
    if report:
        expect({name: report.get(name) for name in {**NONE, **wanted}}, {**NONE, **wanted}, what)
        if report["missing_notetype"] or report["missing_deck"] or report["empty_first_field"]:
            raise SystemExit(f"{what}: {report}")


def check_state(found, cards, what):
    """The collection has each of the cards once, as it is now."""
    expect(len(found["notes"]), len(cards), f"{what}: notes")
    expect(found["notetypes"], ["Sluice phrase"], f"{what}: note types")
    expect(found["missing_media"], [], f"{what}: what Anki's check of its media misses")
    notes = {note["fields"]["Id"]: note for note in found["notes"]}
    sides = json.loads(deck("preview", cards=cards))
    for card, shown in zip(cards, sides):
        note, name = notes[card["id"]], f"{what}: {card['id']}"
        expect(note["cards"], 1, f"{name}: cards")
        expect(note["deck"], "Sluice::Test", f"{name}: deck")
        translation = html.unescape(note["fields"]["Translation"].replace("<br>", "\n"))
        expect(translation, card["translation"].replace("\t", " "), f"{name}: translation")
        direction = "rtl" if card["direction"] == "right_to_left" else "ltr"
        if f'lang="{card["language"]}" dir="{direction}"' not in note["front"]:
            raise SystemExit(f"{name}: not {direction}: {note['front']}")
        if shown["front"] not in note["front"]:
            raise SystemExit(f"{name}: the preview is another one:\n{shown['front']}\n{note['front']}")
        audio = pathlib.Path(card["audio"]) if card.get("audio") else None
        expect(note["front_sounds"] + note["back_sounds"], [audio.name] if audio else [], f"{name}: sounds")
        if audio:
            expect(found["media"].get(audio.name), audio.read_bytes().hex(), f"{name}: the recording")


def edited(cards, folder):
    cards = json.loads(json.dumps(cards))
    cards[0].update(translation="The dog goes home.", changed_at=cards[0]["changed_at"] + 5_000)
    cards[1].update(audio=sound(folder, "sluice-0c.ogg", b"OggS another voice" * 500), changed_at=cards[1]["changed_at"] + 5_000)
    added = {**cards[2], "id": "zh-2", "source": "茶", "translation": "tea", "changed_at": cards[2]["changed_at"] + 5_000}
    return [*cards, added]


def export(folder, name, form, cards):
    path = folder / f"{name}.{'csv' if form == 'csv' else 'apkg'}"
    path.write_bytes(deck(form, cards=cards))
    return path


def go_round(version, form, other, work):
    """Export, import; again; edit, export, import; and in the other form."""
    what = f"Anki {version}, {form}"
    folder = work / f"{version}-{form}"
    folder.mkdir()
    anki, cards = Anki(version, folder), sample(folder)
    first = anki.run("package", export(folder, "first", form, cards))
    expect_counts(first["report"], {"new": 6}, f"{what}, first")
    check_state(first, cards, f"{what}, first")
    again = anki.run("package", export(folder, "again", form, cards))
    expect_counts(again["report"], {"duplicate": 6}, f"{what}, again")
    check_state(again, cards, f"{what}, again")
    expect(again["notes"], first["notes"], f"{what}: nothing changed")
    cards = edited(cards, folder)
    second = anki.run("package", export(folder, "second", form, cards))
    expect_counts(second["report"], {"new": 1, "updated": 2, "duplicate": 4}, f"{what}, edited")
    check_state(second, cards, f"{what}, edited")
    if other:
        crossed = anki.run("package", export(folder, "other", other, cards))
        expect_counts(crossed["report"], {"duplicate": 7}, f"{what}, then {other}")
        check_state(crossed, cards, f"{what}, then {other}")
    print(f"    {what}: 6 new, 6 again, 2 updated and 1 new")
    return anki, folder, cards


def by_csv(anki, folder, cards):
    what = f"Anki {anki.version}, csv"
    cards = json.loads(json.dumps(cards))
    cards[2].update(translation="I like to drink tea.", changed_at=cards[2]["changed_at"] + 9_000)
    done = anki.run("csv", export(folder, "third", "csv", cards))
    expect(done["report"]["new"], 0, f"{what}: new")
    expect(done["report"]["conflicting"], 0, f"{what}: conflicting")
    check_state(done, cards, what)
    print(f"    {what}: updated")
    return cards


def read_back(anki, folder, cards):
    """What Anki exports is a deck to avoid."""
    anki.run("export", folder / "exported")
    wanted = sorted(" ".join(card["source"].split()) for card in cards)
    for name in ("exported.legacy.apkg", "exported.latest.apkg", "exported.txt", "second.apkg", "third.csv"):
        fronts = json.loads(deck("read", folder / name))
        found = sorted(fronts["texts"])
        expect(found, wanted, f"reading {name} of {anki.version}")
        expect(len(found), fronts["notes"], f"reading {name} of {anki.version}: notes")
    print(f"    Anki {anki.version}: its own exports are read")


def main():
    with tempfile.TemporaryDirectory(prefix="sluice-anki-") as folder:
        work = pathlib.Path(folder)
        for version in versions():
            if version == LEGACY_IMPORTER:
                go_round(version, "package_legacy", None, work)
                continue
            go_round(version, "package", "package_legacy", work)
            anki, place, cards = go_round(version, "package_legacy", "package", work)
            cards = by_csv(anki, place, cards)
            read_back(anki, place, cards)


if __name__ == "__main__":
    main()
