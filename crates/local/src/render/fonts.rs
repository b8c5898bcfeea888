//! The fonts of all images. IBM Plex is embedded in the binary, so that a video looks the same on every machine; system
//! fonts are opened only for a script that Plex does not cover.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use resvg::usvg::fontdb::{Database, ID, Source, Style};
use skrifa::MetadataProvider;

/// The family of Latin text.
pub(crate) const LATIN: &str = "IBM Plex Sans";
/// The family of Arabic text; it covers Latin as well, in the same design.
pub(crate) const ARABIC: &str = "IBM Plex Sans Arabic";

const FILES: [&[u8]; 4] = [
    include_bytes!("../../assets/fonts/IBMPlexSans-Regular.ttf"),
    include_bytes!("../../assets/fonts/IBMPlexSans-SemiBold.ttf"),
    include_bytes!("../../assets/fonts/IBMPlexSansArabic-Regular.ttf"),
    include_bytes!("../../assets/fonts/IBMPlexSansArabic-SemiBold.ttf"),
];

/// The open fonts, and which of them has which character.
pub(crate) struct Fonts {
    database: Arc<Database>,
    latin: ID,
    arabic: ID,
    system_loaded: bool,
    found: HashMap<char, Option<String>>,
}

impl Fonts {
    /// Opens the embedded fonts.
    pub(crate) fn new() -> Self {
        static SHIPPED: OnceLock<(Arc<Database>, ID, ID)> = OnceLock::new();
        let (database, latin, arabic) = SHIPPED.get_or_init(|| {
            let mut database = Database::new();
            let ids: Vec<ID> = FILES
                .iter()
                .flat_map(|file| database.load_font_source(Source::Binary(Arc::new(*file))).into_iter())
                .collect();
            database.set_serif_family(LATIN);
            database.set_sans_serif_family(LATIN);
            let first = ids.first().copied().unwrap_or_default();
            let third = ids.get(2).copied().unwrap_or_default();
            (Arc::new(database), first, third)
        });
        Self {
            database: Arc::clone(database),
            latin: *latin,
            arabic: *arabic,
            system_loaded: false,
            found: HashMap::new(),
        }
    }

    /// The database for `usvg`.
    pub(crate) fn database(&self) -> Arc<Database> {
        Arc::clone(&self.database)
    }

    /// The family that has `character`, `preferred` first; none if no font on this machine has it.
    pub(crate) fn family_for(&mut self, character: char, preferred: &'static str) -> Option<String> {
        let order = if preferred == ARABIC {
            [(self.arabic, ARABIC), (self.latin, LATIN)]
        } else {
            [(self.latin, LATIN), (self.arabic, ARABIC)]
        };
        for (id, family) in order {
            if has(&self.database, id, character) {
                return Some(family.to_owned());
            }
        }
        if let Some(known) = self.found.get(&character) {
            return known.clone();
        }
        let family = self.search_system(character);
        self.found.insert(character, family.clone());
        family
    }

    fn search_system(&mut self, character: char) -> Option<String> {
        if !self.system_loaded {
            self.system_loaded = true;
            Arc::make_mut(&mut self.database).load_system_fonts();
        }
        let mut candidates: Vec<(bool, String, ID)> = self
            .database
            .faces()
            .filter(|face| face.style == Style::Normal && face.weight.0 == 400)
            .filter_map(|face| face.families.first().map(|(name, _)| (!name.starts_with("Noto Sans"), name, face.id)))
            .map(|(late, name, id)| (late, name.clone(), id))
            .collect();
        candidates.sort();
        candidates.into_iter().find(|(_, _, id)| has(&self.database, *id, character)).map(|(_, name, _)| name)
    }
}

fn has(database: &Database, id: ID, character: char) -> bool {
    database
        .with_face_data(id, |data, index| {
            skrifa::FontRef::from_index(data, index).is_ok_and(|font| font.charmap().map(character).is_some())
        })
        .unwrap_or(false)
}
