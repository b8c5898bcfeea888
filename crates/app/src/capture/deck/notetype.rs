//! The note type of all cards. Everything here is frozen once it was released: Anki compares the note type of a package with
//! the one that it has, by these ids. A changed text of the template or of the style needs a later [`CHANGED_AT`]; another
//! field needs another note type, with another id and other GUIDs.

use serde_json::{Value, json};

/// The id of the note type.
pub const ID: i64 = 1_764_201_600_137;
/// Its name.
pub const NAME: &str = "Sluice phrase";
/// When template or style were changed last, in seconds since 1970.
pub const CHANGED_AT: i64 = 1_764_201_600;

/// Its fields with their ids. The last two are spare ones: to add a field later is a change of shape.
pub const FIELDS: [(&str, i64); 11] = [
    ("Source", 6_104_390_012_201),
    ("Transliteration", 6_104_390_012_202),
    ("Translation", 6_104_390_012_203),
    ("Grammar", 6_104_390_012_204),
    ("Vocabulary", 6_104_390_012_205),
    ("Audio", 6_104_390_012_206),
    ("Language", 6_104_390_012_207),
    ("Direction", 6_104_390_012_208),
    // AnkiConnect can neither see nor set a GUID: it finds notes by this field.
    ("Id", 6_104_390_012_209),
    ("Extra 1", 6_104_390_012_210),
    ("Extra 2", 6_104_390_012_211),
];

/// How many of them have values. The spare ones are the learner's own where an update can leave out fields: in CSV, and by
/// AnkiConnect.
pub(super) const WRITTEN: usize = 9;

/// The id of the template.
const TEMPLATE_ID: i64 = 6_104_390_012_301;
/// The name of the template.
pub const TEMPLATE: &str = "Recognition";

/// The front.
pub const FRONT: &str = r#"<div class="source" lang="{{Language}}" dir="{{Direction}}">{{Source}}</div>"#;

/// The back.
pub const BACK: &str = r#"{{FrontSide}}
<hr id="answer">
{{#Transliteration}}<div class="transliteration" dir="auto">{{Transliteration}}</div>{{/Transliteration}}
{{#Translation}}<div class="translation" dir="auto">{{Translation}}</div>{{/Translation}}
{{#Grammar}}<div class="grammar" dir="auto">{{Grammar}}</div>{{/Grammar}}
{{#Vocabulary}}<div class="vocabulary" dir="auto">{{Vocabulary}}</div>{{/Vocabulary}}
{{#Audio}}<div class="audio">{{Audio}}</div>{{/Audio}}"#;

/// The style of both sides.
pub const CSS: &str = r#".card { font-family: "Noto Sans", system-ui, sans-serif; font-size: 20px; line-height: 1.5; text-align: center; color: #1c1b1f; background: #fff; }
.card.nightMode, .nightMode .card { color: #e6e1e5; background: #1c1b1f; }
.source { font-size: 34px; line-height: 1.6; unicode-bidi: isolate; }
.source[dir="rtl"] { direction: rtl; font-family: "Noto Naskh Arabic", "Amiri", "Geeza Pro", "Traditional Arabic", serif; font-size: 40px; line-height: 1.9; }
.source[dir="ltr"] { direction: ltr; }
.transliteration { font-style: italic; opacity: 0.8; }
.translation { font-size: 24px; margin: 0.4em 0; }
.grammar, .vocabulary { max-width: 36em; margin: 0.8em auto 0; text-align: start; font-size: 17px; }
.audio { margin-top: 0.8em; }
"#;

/// The note type in the form of schema 11.
pub(super) fn schema_11() -> Value {
    let fields: Vec<Value> = (0..).zip(FIELDS).map(|(ord, (name, id)): (i64, _)| field(ord, name, id)).collect();
    json!({
        "id": ID, "name": NAME, "type": 0, "mod": CHANGED_AT, "usn": -1, "sortf": 0, "did": null,
        "tmpls": [{
            "name": TEMPLATE, "ord": 0, "qfmt": FRONT, "afmt": BACK, "bqfmt": "", "bafmt": "", "did": null,
            "bfont": "", "bsize": 0, "id": TEMPLATE_ID,
        }],
        "flds": fields, "css": CSS, "latexPre": LATEX_BEFORE, "latexPost": "\\end{document}", "latexsvg": false,
        "req": [[0, "any", [0]]], "tags": [], "vers": [],
    })
}

/// What Anki itself puts before LaTeX. No card has any.
const LATEX_BEFORE: &str = "\\documentclass[12pt]{article}\n\\special{papersize=3in,5in}\n\\usepackage[utf8]{inputenc}\n\
                            \\pagestyle{empty}\n\\begin{document}\n";

fn field(ord: i64, name: &str, id: i64) -> Value {
    json!({
        "name": name, "ord": ord, "id": id, "sticky": false, "rtl": false, "font": "Arial", "size": 20, "media": [],
        "description": "", "plainText": false, "collapsed": ord > 5, "excludeFromSearch": false,
    })
}
