"""Imports files into a collection by Anki's own package, whichever version is on the path, and prints what is there then.

Arguments: the collection, then one of `package`, `csv`, `state`, `export`, and a file unless it is `state`. `export FILE` writes
all notes as FILE.legacy.apkg, FILE.latest.apkg and FILE.txt, as far as the version can.
"""

import json
import pathlib
import sys

from anki import lang
from anki.collection import Collection


def import_package(col, path):
    """The importer's report: how many notes are new, updated, duplicate, conflicting."""
    try:
        from anki.collection import ImportAnkiPackageRequest
    except ImportError:
        from anki.buildinfo import version
        if version == "2.1.54":
            return import_as_ever(col, path)
        return counts(col.import_anki_package(path))
    return counts(col.import_anki_package(ImportAnkiPackageRequest(package_path=path)))


def import_as_ever(col, path):
    from anki.importing.apkg import AnkiPackageImporter
    AnkiPackageImporter(col, path).run()
    return {}


def import_csv(col, path):
    from anki.collection import ImportCsvRequest
    try:
        metadata = col.get_csv_metadata(path=path, delimiter=None)
    except TypeError:
        metadata = col.get_csv_metadata(path, None)
    if not metadata.HasField("global_notetype") or not metadata.guid_column:
        raise SystemExit(f"the headers are not understood: {metadata}")
    return counts(col.import_csv(ImportCsvRequest(path=path, metadata=metadata)))


def counts(answer):
    log = answer.log
    names = ("new", "updated", "duplicate", "conflicting", "first_field_match", "missing_notetype", "missing_deck", "empty_first_field")
    return {name: len(getattr(log, name, ())) for name in names}


def state(col):
    media = pathlib.Path(col.media.dir())
    return {
        "notes": [note(col, id) for id in col.find_notes("")],
        "notetypes": sorted(found.name for found in col.models.all_names_and_ids() if found.name.startswith("Sluice")),
        "decks": sorted(found.name for found in col.decks.all_names_and_ids()),
        "media": {path.name: path.read_bytes().hex() for path in sorted(media.iterdir())},
        "missing_media": sorted(col.media.check().missing),
    }


def note(col, id):
    note = col.get_note(id)
    card = note.cards()[0]
    return {
        "guid": note.guid, "mod": note.mod, "fields": dict(note.items()), "cards": len(note.cards()),
        "deck": col.decks.name(card.did), "front": card.question(), "back": card.answer(),
        "front_sounds": [tag.filename for tag in card.question_av_tags() if hasattr(tag, "filename")],
        "back_sounds": [tag.filename for tag in card.answer_av_tags() if hasattr(tag, "filename")],
    }


def export(col, path):
    col.export_note_csv(out_path=f"{path}.txt", limit=None, with_html=True, with_tags=True, with_deck=True, with_notetype=True, with_guid=True)
    for name, legacy in (("legacy", True), ("latest", False)):
        target = f"{path}.{name}.apkg"
        try:
            from anki.collection import ExportAnkiPackageOptions
            options = ExportAnkiPackageOptions(with_scheduling=False, with_deck_configs=False, with_media=True, legacy=legacy)
            col.export_anki_package(out_path=target, options=options, limit=None)
        except ImportError:
            col.export_anki_package(out_path=target, limit=None, with_scheduling=False, with_media=True, legacy_support=legacy)
    return {}


def main():
    collection, what, *rest = sys.argv[1:]
    # Anki prints what it finds slow.
    answer, sys.stdout = sys.stdout, sys.stderr
    # The old importer writes a log in the language of the user.
    lang.set_lang("en")
    col = Collection(collection)
    try:
        act = {"package": import_package, "csv": import_csv, "export": export}.get(what)
        report = act(col, rest[0]) if act else {}
        json.dump({"report": report, **state(col)}, answer)
    finally:
        col.close()


if __name__ == "__main__":
    main()
