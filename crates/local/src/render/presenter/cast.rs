//! The people: four characters drawn as SVG on a field of 400 × 400. They share one skeleton, so that eyes and mouth move alike;
//! hair, clothes and colours make the person.

use std::fmt::Write as _;

/// A presenter that can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PresenterInfo {
    /// What [`super::Presenter`] names.
    pub id: &'static str,
    /// The name that is shown.
    pub name: &'static str,
    /// The name in Arabic letters.
    pub arabic_name: &'static str,
}

/// Everyone who can present, the default first.
pub fn presenters() -> &'static [PresenterInfo] {
    const CAST: [PresenterInfo; 4] = [
        PresenterInfo { id: "ada", name: "Ada", arabic_name: "آدا" },
        PresenterInfo { id: "omar", name: "Omar", arabic_name: "عمر" },
        PresenterInfo { id: "noor", name: "Noor", arabic_name: "نور" },
        PresenterInfo { id: "lin", name: "Lin", arabic_name: "لين" },
    ];
    &CAST
}

/// Colours and parts of a person.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Person {
    pub(crate) skin: &'static str,
    pub(crate) skin_shade: &'static str,
    pub(crate) lips: &'static str,
    pub(crate) brow: &'static str,
    pub(crate) iris: &'static str,
    behind: &'static str,
    clothes: &'static str,
    front: &'static str,
    /// On the skin, under the mouth.
    beard: &'static str,
    over_eyes: &'static str,
    blush: f32,
    ears: Ears,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ears {
    Seen,
    Covered,
}

/// The person of an id; the first of the cast for an id that is not known.
pub(crate) fn person(id: &str) -> Person {
    match id {
        "omar" => OMAR,
        "noor" => NOOR,
        "lin" => LIN,
        _ => ADA,
    }
}

const ADA: Person = Person {
    skin: "#e9b893",
    skin_shade: "#cf9670",
    lips: "#bb5c55",
    brow: "#4a2c24",
    iris: "#5a3d28",
    behind: r##"<path d="M112 178 C104 96 150 54 204 54 C262 54 302 98 294 184 C292 226 304 262 298 300 C270 318 130 318 104 298 C98 262 114 226 112 178Z" fill="#3b221c"/>"##,
    clothes: r##"<path d="M22 420 C28 346 92 318 160 302 L240 302 C308 318 372 346 378 420Z" fill="#1f5c66"/>
<path d="M168 296 L200 372 L232 296 L246 302 L214 420 L186 420 L154 302Z" fill="#f4ede2"/>
<path d="M160 300 C140 308 128 316 122 326 L172 420 L190 420Z" fill="#184a53"/><path d="M240 300 C260 308 272 316 278 326 L228 420 L210 420Z" fill="#184a53"/>"##,
    front: r##"<path d="M122 190 C108 116 146 66 206 62 C268 62 292 112 280 192 C276 158 262 134 240 118 C210 138 160 136 140 132 C130 146 124 166 122 190Z" fill="#4a2c24"/>
<path d="M240 118 C214 128 178 130 150 124 C176 104 208 88 240 84 C256 92 266 104 272 124 C264 118 252 116 240 118Z" fill="#5b392e"/>"##,
    beard: "",
    over_eyes: "",
    blush: 0.26,
    ears: Ears::Covered,
};

const OMAR: Person = Person {
    skin: "#c78d62",
    skin_shade: "#a97048",
    lips: "#9c5648",
    brow: "#1f1a1a",
    iris: "#3a2618",
    behind: "",
    clothes: r##"<path d="M18 420 C24 344 96 320 160 304 L240 304 C304 320 376 344 382 420Z" fill="#2b3a67"/>
<path d="M158 300 L200 352 L242 300 L258 308 L222 372 L200 352 L178 372 L142 308Z" fill="#f2f4f7"/>
<path d="M178 372 L200 352 L222 372 L214 420 L186 420Z" fill="#dfe4ec"/>"##,
    front: r##"<path d="M126 176 C112 104 142 62 204 60 C266 60 290 104 274 176 C272 150 266 134 256 122 C226 128 170 128 144 120 C134 134 130 150 126 176Z" fill="#1f1a1a"/>
<path d="M144 120 C150 96 178 82 210 82 C240 84 256 100 256 122 C226 126 172 126 144 120Z" fill="#2c2524"/>"##,
    beard: BEARD,
    over_eyes: "",
    blush: 0.05,
    ears: Ears::Seen,
};

const NOOR: Person = Person {
    skin: "#dba67c",
    skin_shade: "#bf8559",
    lips: "#b0564f",
    brow: "#2e1f1a",
    iris: "#4a3322",
    behind: r##"<path d="M98 196 C90 96 140 44 202 44 C264 44 312 96 302 196 C300 244 318 286 330 330 C270 372 130 372 70 330 C82 286 100 244 98 196Z" fill="#3f6f7f"/>"##,
    clothes: r##"<path d="M14 420 C22 350 92 322 150 306 L250 306 C308 322 378 350 386 420Z" fill="#6d4a63"/>"##,
    front: r##"<path fill-rule="evenodd" d="M96 200 C88 96 140 44 202 44 C264 44 314 98 304 200 C302 240 320 280 334 322 C300 352 268 372 226 384 C176 396 110 364 66 322 C80 282 100 240 96 200Z M130 182 C130 240 158 270 200 270 C242 270 270 240 270 182 C270 130 246 100 200 100 C154 100 130 130 130 182Z" fill="#4d8596"/>
<path d="M130 182 C130 240 158 270 200 270 C242 270 270 240 270 182 C270 130 246 100 200 100 C154 100 130 130 130 182 M134 180 C134 132 158 105 200 105 C242 105 266 132 266 180 C266 238 240 265 200 265 C160 265 134 238 134 180Z" fill="#3a6776" fill-rule="evenodd" opacity="0.75"/>
<path d="M112 262 C150 312 250 320 316 288 C262 338 160 338 100 296Z" fill="#3f6f7f" opacity="0.85"/>
<path d="M140 316 C190 340 260 336 322 306" fill="none" stroke="#3a6776" stroke-width="4" stroke-linecap="round" opacity="0.7"/>
<path d="M128 344 C180 368 240 362 290 344" fill="none" stroke="#3a6776" stroke-width="4" stroke-linecap="round" opacity="0.5"/>"##,
    beard: "",
    over_eyes: "",
    blush: 0.24,
    ears: Ears::Covered,
};

const LIN: Person = Person {
    skin: "#f1cba6",
    skin_shade: "#d8a67e",
    lips: "#c2625c",
    brow: "#2a2630",
    iris: "#33241c",
    behind: r##"<path d="M110 180 C100 96 146 52 202 52 C260 52 304 96 292 180 C290 214 294 240 288 262 C262 276 140 276 114 262 C106 240 112 214 110 180Z" fill="#1b1820"/>"##,
    clothes: r##"<path d="M22 420 C28 348 94 320 160 304 L240 304 C306 320 372 348 378 420Z" fill="#c98a2b"/>
<path d="M160 302 C170 330 230 330 240 302 L250 306 C238 346 162 346 150 306Z" fill="#e0a548"/>"##,
    front: r##"<path d="M116 226 C100 124 138 62 202 60 C266 62 300 124 284 226 C280 190 276 160 270 140 C240 148 160 148 130 140 C124 160 120 190 116 226Z" fill="#23202a"/>
<path d="M130 140 C136 112 166 92 202 92 C238 92 264 112 270 140 C240 147 160 147 130 140Z" fill="#2f2b38"/>"##,
    beard: "",
    over_eyes: GLASSES,
    blush: 0.30,
    ears: Ears::Covered,
};

impl Person {
    /// Neck and shoulders: what breathes but does not turn.
    pub(crate) fn body(&self) -> String {
        format!(
            "<path d=\"M170 236 L230 236 L234 300 C226 322 174 322 166 300Z\" fill=\"{skin}\"/>\
             <path d=\"M168 262 C186 290 216 290 232 260 L233 282 C214 300 186 300 167 284Z\" fill=\"{shade}\" opacity=\"0.75\"/>{clothes}",
            skin = self.skin,
            shade = self.skin_shade,
            clothes = self.clothes
        )
    }

    /// Hair that falls behind the neck.
    pub(crate) fn behind(&self) -> &'static str {
        self.behind
    }

    /// Head without eyes, brows and mouth.
    pub(crate) fn head(&self) -> String {
        let mut svg = String::new();
        if self.ears == Ears::Seen {
            for x in [125, 275] {
                let _ = write!(
                    svg,
                    "<ellipse cx=\"{x}\" cy=\"184\" rx=\"14\" ry=\"21\" fill=\"{}\"/><ellipse cx=\"{x}\" cy=\"186\" rx=\"7\" ry=\"12\" fill=\"{}\" opacity=\"0.6\"/>",
                    self.skin, self.skin_shade
                );
            }
        }
        let _ = write!(
            svg,
            "<path d=\"M126 168 C126 112 158 84 200 84 C242 84 274 112 274 168 C274 222 246 272 200 272 C154 272 126 222 126 168Z\" fill=\"{}\"/>",
            self.skin
        );
        svg.push_str(self.beard);
        for x in [150, 250] {
            let _ = write!(
                svg,
                "<ellipse cx=\"{x}\" cy=\"212\" rx=\"18\" ry=\"11\" fill=\"#e0705f\" opacity=\"{}\"/>",
                self.blush
            );
        }
        let _ = write!(
            svg,
            "<path d=\"M197 176 C194 192 189 203 192 208 C196 213 205 213 209 209\" fill=\"none\" stroke=\"{}\" stroke-width=\"4\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>",
            self.skin_shade
        );
        svg.push_str(self.front);
        svg
    }

    /// Whether chin and lashes are drawn without their lines.
    pub(crate) fn is_bearded(&self) -> bool {
        !self.beard.is_empty()
    }

    /// What lies over the eyes.
    pub(crate) fn over_eyes(&self) -> &'static str {
        self.over_eyes
    }
}

const BEARD: &str = r##"<path d="M127 186 C128 240 158 276 200 276 C242 276 272 240 273 186 C268 204 260 214 250 216 C236 208 216 204 200 210 C184 204 164 208 150 216 C140 214 132 204 127 186Z" fill="#2a2220"/>
<path d="M166 226 C172 214 190 212 200 218 C210 212 228 214 234 226 C236 244 220 254 200 254 C180 254 164 244 166 226Z" fill="#c78d62"/>"##;

const GLASSES: &str = r##"<g fill="#ffffff" fill-opacity="0.10" stroke="#3b3442" stroke-width="4.2"><circle cx="165" cy="176" r="26"/><circle cx="235" cy="176" r="26"/></g>
<path d="M191 173 C196 168 204 168 209 173 M139 172 L126 168 M261 172 L274 168" fill="none" stroke="#3b3442" stroke-width="4.2" stroke-linecap="round"/>"##;
