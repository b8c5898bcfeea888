//! What is told of documents that once came out wrong: `documents/` has what reading gave for each. A case stands for its
//! kind.
#![expect(clippy::unwrap_used, reason = "tests")]

use sluice_app::reel::script::{Mode, Script, SlideKind, Unfit, extract, judge, spoken_count};
use sluice_domain::document::{Block, Document, LeftOut, Page, Reason, Role, WordBox};
use sluice_domain::language::Language;

fn document(name: &str) -> Document {
    let path = format!("{}/tests/documents/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn script(document: &Document) -> Script {
    extract(document, Language::ENGLISH, Mode::Explanation).unwrap()
}

fn told(script: &Script) -> Vec<&str> {
    script.scenes.iter().flat_map(|scene| &scene.sentences).map(|sentence| sentence.text.as_str()).collect()
}

/// Every sentence but the closing question stands in the document, letter for letter.
fn assert_as_printed(document: &Document, script: &Script) {
    let text = document.text().replace("\n\n", " ").replace('\u{c}', " ");
    for sentence in script.scenes.iter().flat_map(|scene| &scene.sentences).filter(|sentence| sentence.page.is_some()) {
        assert!(text.contains(&sentence.text), "{}", sentence.text);
    }
}

/// A page of blocks, each with its role.
fn page(number: u32, (width, height): (f32, f32), blocks: &[(&str, f32, Role)]) -> Page {
    let mut top = 20.0;
    let blocks = blocks
        .iter()
        .map(|(text, line_height, role)| {
            top += 30.0;
            Block {
                text: (*text).to_owned(),
                bounds: [40.0, top, 400.0, top + line_height],
                line_height: *line_height,
                lines: 1,
                role: *role,
                words: Vec::new(),
            }
        })
        .collect();
    Page { number, width, height, blocks, ..Page::default() }
}

#[test]
fn acronyms_and_capitals_stay() {
    let document = document("acronyms");
    let script = script(&document);
    assert_as_printed(&document, &script);
    let narration = script.narration();
    assert!(narration.contains("and the US government wants"), "{narration}");
    assert!(narration.contains("The IT department of the WHO in Geneva"), "{narration}");
    assert_eq!(script.title, "Honey Trade in the US");
    assert_eq!(script.scenes[0].heading, "Honey Trade in the US");
}

#[test]
fn brackets_stay_where_the_sentence_needs_them() {
    let document = document("brackets");
    let script = script(&document);
    assert_as_printed(&document, &script);
    let narration = script.narration();
    assert!(narration.contains("in paragraphs (g) through (k) of this order"), "{narration}");
    assert!(!narration.contains("f(x)"), "a formula is not told: {narration}");
    assert!(!told(&script).iter().any(|sentence| sentence.starts_with('(')), "{narration}");
}

#[test]
fn the_subject_of_a_memo_is_its_title_and_its_head_is_not_told() {
    let document = document("memo");
    let script = script(&document);
    assert_eq!(script.title, "New rules for the treatment of mites");
    let all = format!("{:?}", script.scenes);
    for head in ["MEMORANDUM", "Pat Sample", "14 March"] {
        assert!(!all.contains(head), "{head} in {all}");
    }
    assert_eq!(all.matches("New rules for the treatment of mites").count(), 2, "heading and sentence of one scene");
}

/// The pages of a letter with a subject between the address and the salutation, or behind it.
fn letter(lines: &[(&str, f32)]) -> Document {
    let body = [
        "The roof of the fish market must be repaired before the winter, because its beams have rotted where rain came in.",
        "During this time the market is closed, and the auctions are held in the old rope hall on the east quay of the port.",
        "Half of the cost is paid by the county, and the Trust pays the rest from its reserves, so that the fees need not rise.",
        "Lorries reach the rope hall by the coast road only, and the quay itself is closed except for those who unload there.",
    ];
    let mut top = 60.0;
    let blocks = lines.iter().copied().chain(body.map(|text| (text, 14.0))).map(|(text, gap)| {
        top += 14.0 + gap;
        Block {
            text: text.to_owned(),
            bounds: [70.0, top, 480.0, top + 14.0],
            line_height: 14.0,
            lines: if text.len() > 90 { 2 } else { 1 },
            ..Block::default()
        }
    });
    let page = Page { number: 1, width: 595.0, height: 842.0, blocks: blocks.collect(), ..Page::default() };
    Document { pages: vec![page], ..Document::default() }
}

#[test]
fn the_line_beside_the_salutation_is_the_subject_of_a_letter() {
    for lines in [
        [
            ("14 June 2024", 14.0),
            ("Mrs A. Whitlock", 14.0),
            ("3 Chapel Lane", 2.0),
            ("Port Ellery", 2.0),
            ("Closure of the fish market", 14.0),
            ("Dear Mrs Whitlock,", 14.0),
        ],
        [
            ("14 June 2024", 14.0),
            ("Mrs A. Whitlock", 14.0),
            ("3 Chapel Lane", 2.0),
            ("The Old Town of Port Ellery", 2.0),
            ("Dear Mrs Whitlock,", 14.0),
            ("Closure of the fish market", 14.0),
        ],
    ] {
        let document = letter(&lines);
        let script = script(&document);
        assert_eq!(script.title, "Closure of the fish market");
        let told = told(&script).join(" ");
        for part in ["Whitlock", "Chapel", "Port Ellery", "June"] {
            assert!(!told.contains(part), "{part} in {told}");
        }
        assert!(script.scenes.iter().all(|scene| !scene.heading.contains("Chapel")), "{script:?}");
    }
}

#[test]
fn a_subject_may_name_a_year_and_what_closes_a_letter_is_none() {
    let mut document = letter(&[
        ("14 June 2024", 14.0),
        ("Mrs A. Whitlock", 14.0),
        ("Port Ellery", 2.0),
        ("Your colony of the year 2023", 14.0),
        ("Dear Mrs Whitlock,", 14.0),
    ]);
    assert_eq!(script(&document).title, "Your colony of the year 2023");
    // Without a subject, the largest line is not the one with the name.
    let blocks = &mut document.pages[0].blocks;
    blocks.remove(3);
    let closing = Block { text: "Yours sincerely, A. Keeper".to_owned(), ..blocks[1].clone() };
    blocks.push(Block { bounds: [70.0, 400.0, 300.0, 415.0], line_height: 15.0, ..closing });
    let script = script(&document);
    assert!(!format!("{script:?}").contains("sincerely"), "{script:?}");
}

#[test]
fn a_title_that_stands_twice_on_the_cover_is_told_once() {
    let mut document = document("memo");
    let title = "A Year With Honey Bees A Year With Honey Bees";
    document.pages[0].blocks[0] = Block { line_height: 24.0, ..document.pages[0].blocks[0].clone() };
    document.pages[0].blocks[0].text = title.to_owned();
    document.pages[0].blocks.remove(1);
    let script = script(&document);
    assert_eq!(script.title, "A Year With Honey Bees");
    assert_eq!(script.narration().matches("A Year With").count(), 1, "{}", script.narration());
}

#[test]
fn a_title_in_capitals_is_told_as_printed_and_once() {
    let mut document = document("memo");
    document.pages[0].blocks[0].text = "UNITED NATIONS REPORT ON BEES IN KENYA".to_owned();
    document.pages[0].blocks.remove(1);
    document.title = Some("united-nations-2024".to_owned());
    let script = script(&document);
    assert_eq!(script.title, "UNITED NATIONS REPORT ON BEES IN KENYA");
    assert_eq!(told(&script).iter().filter(|sentence| sentence.contains("UNITED NATIONS")).count(), 1);
}

#[test]
fn each_bullet_of_a_slide_is_a_clause_and_its_title_heads_the_scene() {
    let document = document("slides");
    let script = script(&document);
    assert_as_printed(&document, &script);
    let scene = script.scenes.iter().find(|scene| scene.slide == SlideKind::Page(2)).unwrap();
    assert_eq!(scene.heading, "What a Colony Needs");
    let clauses: Vec<&str> = scene.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
    assert_eq!(
        clauses,
        [
            "Room for the brood and for the honey",
            "Water within two hundred metres",
            "Shade at noon and sun in the morning",
            "Flowers from March to October",
            "A keeper who looks after it",
        ]
    );
    assert!(scene.text().contains("for the honey\n\nWater"), "a pause as after a full stop: {:?}", scene.text());
    let headings: Vec<&str> = script.scenes.iter().map(|scene| scene.heading.as_str()).collect();
    assert_eq!(headings[..3], ["Bees for Beginners", "What a Colony Needs", "What the Keeper Does in Spring"]);
}

#[test]
fn bullets_that_are_drawn_are_clauses() {
    let slide = |number, lines: [&str; 4]| {
        let mut page = page(number, (363.0, 272.0), &[("What a Colony Needs", 14.0, Role::Text)]);
        page.blocks.extend(lines.iter().zip([70.0, 84.0, 98.0, 112.0]).map(|(text, top)| Block {
            text: (*text).to_owned(),
            bounds: [40.0, top, 40.0 + if text.len() > 12 { 230.0 } else { 80.0 }, top + 10.0],
            line_height: 10.0,
            lines: 1,
            ..Block::default()
        }));
        page
    };
    let title = page(1, (363.0, 272.0), &[("Bees for Beginners", 16.0, Role::Text)]);
    let slides = [
        [
            "Room for the brood and for all of the honey",
            "Water nearby",
            "Shade at noon and sun in the morning",
            "Quiet",
        ],
        [
            "Combs of wax for the honey of the summer",
            "Old trees",
            "Flowers from March to October",
            "A keeper near the hive",
        ],
        ["Sugar for the long nights of the winter", "Dry air", "A roof that keeps out the rain and the snow", "Peace"],
    ];
    let slides = slides.into_iter().zip(2..).map(|(lines, number)| slide(number, lines));
    let document = Document { pages: std::iter::once(title).chain(slides).collect(), ..Document::default() };
    let script = script(&document);
    let told = told(&script);
    for clause in ["Room for the brood and for all of the honey", "Water nearby", "Old trees", "Dry air"] {
        assert!(told.contains(&clause), "{clause}: {told:?}");
    }
}

#[test]
fn bullets_that_reading_left_in_one_block_are_divided_by_their_lines() {
    let slide = |number, [room, water, place]: [&str; 3]| {
        let text =
            format!("Room for the {room} and for the honey Water within two hundred {water} of the {place} in summer");
        let starts = ["Room", room, "Water", water, "of", place];
        let lines = [0.0, 0.0, 12.0, 12.0, 24.0, 24.0];
        let at = |word: &str| u32::try_from(text.find(word).unwrap()).unwrap();
        let words = starts.iter().zip(lines);
        let words = words.map(|(word, top)| WordBox(at(word), [40.0, 50.0 + top, 90.0, 60.0 + top])).collect();
        let bounds = [40.0, 50.0, 220.0, 90.0];
        let mut page = page(number, (363.0, 272.0), &[("What a Colony Needs", 14.0, Role::Text)]);
        page.blocks.push(Block { text, bounds, line_height: 10.0, lines: 3, words, ..Block::default() });
        page
    };
    let title = page(1, (363.0, 272.0), &[("Bees for Beginners", 16.0, Role::Text)]);
    let words = [["brood", "metres", "hive"], ["eggs", "steps", "orchard"], ["wax", "yards", "garden"]];
    let slides = words.into_iter().zip(2..).map(|(words, number)| slide(number, words));
    let document = Document { pages: std::iter::once(title).chain(slides).collect(), ..Document::default() };
    let script = extract(&document, Language::ENGLISH, Mode::Summary).unwrap();
    let told = told(&script);
    assert!(told.contains(&"Room for the brood and for the honey"), "{told:?}");
    assert!(told.contains(&"Water within two hundred metres of the hive in summer"), "{told:?}");
}

#[test]
fn an_answer_stays_with_its_question_and_speakers_keep_their_names() {
    let document = document("interview");
    for mode in [Mode::Summary, Mode::Explanation] {
        let script = extract(&document, Language::ENGLISH, mode).unwrap();
        assert_as_printed(&document, &script);
        let mut pairs = 0;
        for scene in &script.scenes {
            let told: Vec<&str> = scene.sentences.iter().map(|sentence| sentence.text.as_str()).collect();
            for (question, answer) in [
                ("Q: Why do bees swarm?", "A: Because the hive"),
                ("Q: How long does a swarm", "A: From some hours"),
                ("Are there any other questions", "MS SAMPLE: Yes, I would like"),
            ] {
                let asked = told.iter().position(|sentence| sentence.starts_with(question));
                let answered = told.iter().position(|sentence| sentence.starts_with(answer));
                assert_eq!(asked.map(|at| at + 1), answered, "{told:?}");
                pairs += usize::from(asked.is_some());
            }
        }
        assert!(pairs >= 2, "{}", script.narration());
    }
}

#[test]
fn an_answer_stays_with_its_question_where_names_have_lines_of_their_own() {
    let turns = [
        (
            "Why did you begin to keep bees in the middle of the town?",
            "Because the lime trees of the park bloom for weeks.",
        ),
        (
            "How much honey does one of your hives give in a year?",
            "Between twenty and thirty kilograms, and I leave as much.",
        ),
        (
            "What do your neighbours say about the bees?",
            "They were afraid in the first summer, but now they ask for honey.",
        ),
    ];
    let mut blocks = vec![("Bees in the Town", 20.0, Role::Text)];
    for (question, answer) in turns {
        for line in ["Interviewer", question, "Anna Sample", answer] {
            blocks.push((line, 11.0, Role::Text));
        }
    }
    let document = Document { pages: vec![page(1, (595.0, 842.0), &blocks)], ..Document::default() };
    for mode in [Mode::Summary, Mode::Explanation] {
        let script = extract(&document, Language::ENGLISH, mode).unwrap();
        let told = told(&script);
        assert!(!told.contains(&"Anna Sample") && !told.contains(&"Interviewer"), "{told:?}");
        for (question, answer) in turns {
            let at = |sentence: &str| told.iter().position(|one| *one == sentence);
            assert_eq!(at(question).map(|asked| asked + 1), at(answer), "{told:?}");
        }
        assert!(script.scenes.iter().all(|scene| !scene.heading.contains("Anna")), "{script:?}");
    }
}

#[test]
fn an_answer_stays_with_its_question_where_dashes_begin_the_turns() {
    let item = |text: &'static str| (text, 11.0, Role::Item);
    let prose = [
        "Salt was carried over the mountains on the backs of mules for more than nine hundred years.",
        "Every mule carried two sacks of forty kilograms each, and a driver looked after six animals.",
        "The price of salt doubled between the coast and the far side of the range in those years.",
        "Snow closed the upper road from November to April, and the warehouses had to be full before.",
    ];
    let mut blocks = vec![
        ("At the Bridge", 20.0, Role::Text),
        item("Where do you come from with such a load of salt?"),
        item("From the coast, and I have paid at the lower gate already."),
        item("Then show me the paper of the lower gate."),
    ];
    blocks.extend(prose.map(|text| (text, 11.0, Role::Text)));
    let document = Document { pages: vec![page(1, (595.0, 842.0), &blocks)], ..Document::default() };
    for mode in [Mode::Summary, Mode::Explanation] {
        let script = extract(&document, Language::ENGLISH, mode).unwrap();
        let told = told(&script);
        let at = |begin: &str| told.iter().position(|sentence| sentence.starts_with(begin));
        assert_eq!(at("Where do you").map(|asked| asked + 1), at("From the coast"), "{told:?}");
    }
}

#[test]
fn literature_is_left_out_and_said_so() {
    let document = document("references");
    let script = script(&document);
    for absent in ["Adams", "Evans", "Ford", "Journal", "LITERATURE", "SOURCES", "Proceedings"] {
        assert!(!script.narration().contains(absent), "{absent} in {}", script.narration());
    }
    let left_out = judge(&document).unwrap().left_out;
    let pages: Vec<u32> =
        left_out.iter().filter(|part| part.reason == Reason::References).map(|part| part.page).collect();
    assert_eq!(pages, [1, 2]);
}

#[test]
fn furniture_of_a_printed_web_page_is_left_out_and_said_so() {
    let document = document("web-page");
    let script = script(&document);
    assert_as_printed(&document, &script);
    assert_eq!(script.title, "How bees live through the year");
    for absent in
        ["newsletter", "cookie", "Read more", "ADVERTISEMENT", "Sign in", "min read", "http", "rights", "Related"]
    {
        assert!(!format!("{:?}", script.scenes).contains(absent), "{absent} in {}", script.narration());
    }
    let left_out = judge(&document).unwrap().left_out;
    let pages: Vec<u32> =
        left_out.iter().filter(|part| part.reason == Reason::Furniture).map(|part| part.page).collect();
    assert_eq!(pages, [1, 2]);
}

#[test]
fn furniture_is_known_in_every_language() {
    let prose = &document("memo").pages[0].blocks[2..];
    for furniture in [
        "Sign up to our newsletter and get the best stories every morning.",
        "اشترك في النشرة البريدية لتصلك أهم الأخبار كل صباح.",
        "Inscrivez-vous à notre lettre d'information pour ne rien manquer.",
        "Diese Website verwendet Cookies, um Ihnen das beste Erlebnis zu bieten.",
        "Suscríbete a nuestro boletín y recibe las noticias cada mañana.",
        "Iscriviti alla nostra newsletter per ricevere le notizie ogni mattina.",
        "Este site utiliza cookies para melhorar a sua experiência.",
        "Schrijf je in voor onze nieuwsbrief en ontvang elke ochtend het nieuws.",
        "Subscribe to continue reading this article.",
        "اشترك لمتابعة القراءة والاطلاع على الأرشيف كله.",
        "Page 1 of 3",
        "Comments (12)",
        "صفحة ١ من ٣",
    ] {
        let mut page = Page { number: 1, width: 595.0, height: 842.0, blocks: prose.to_vec(), ..Page::default() };
        page.blocks.insert(2, Block { text: furniture.to_owned(), ..page.blocks[2].clone() });
        let document = Document { pages: vec![page], ..Document::default() };
        let left_out = judge(&document).unwrap().left_out;
        assert_eq!(
            left_out,
            [LeftOut { page: 1, reason: Reason::Furniture, sample: furniture.to_owned() }],
            "{furniture}"
        );
        assert!(!script(&document).narration().contains(furniture));
    }
}

#[test]
fn what_reading_left_out_is_listed_once_and_what_is_hidden_has_no_sample() {
    let mut document = document("memo");
    let part = |reason, sample: &str| LeftOut { page: 1, reason, sample: sample.to_owned() };
    document.left_out =
        vec![part(Reason::Running, "a head"), part(Reason::Hidden, "a secret"), part(Reason::Running, "another head")];
    let left_out = judge(&document).unwrap().left_out;
    assert_eq!(left_out, [part(Reason::Hidden, ""), part(Reason::Running, "a head")]);
}

#[test]
fn cells_are_never_told_and_tables_alone_are_refused() {
    let cells: Vec<(&str, f32, Role)> =
        vec![("The number of the hives that were lost in the winter of the year", 11.0, Role::Cell); 8];
    let document = Document { pages: vec![page(1, (595.0, 842.0), &cells)], ..Document::default() };
    assert_eq!(judge(&document), Err(Unfit::TablesOnly { words: 112 }));
    let mut mixed = self::document("memo");
    mixed.pages[0].blocks.extend(document.pages[0].blocks.clone());
    assert!(!script(&mixed).narration().contains("number of the hives"));
}

#[test]
fn a_line_with_a_date_is_not_called_a_table() {
    let mut dated = document("memo");
    let date = Block { text: "Spring School, 12 May 2024".to_owned(), lines: 1, ..dated.pages[0].blocks[2].clone() };
    dated.pages[0].blocks.push(date);
    assert!(!script(&dated).narration().contains("Spring School"));
    assert_eq!(judge(&dated).unwrap().left_out, []);
}

#[test]
fn a_number_counts_as_the_words_that_say_it() {
    assert_eq!(spoken_count("1,234,567", "en"), 13);
    assert_eq!(spoken_count("the 1990s", "en"), 3);
}
