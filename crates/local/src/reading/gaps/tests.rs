use super::*;

/// What is left of blocks below each other, all of them 12 high and 300 wide.
fn left(texts: &[(&str, Role)]) -> Vec<String> {
    let block = |((text, role), n): (&(&str, Role), u8)| {
        let top = 100.0 + 14.0 * f32::from(n);
        let bounds = [50.0, top, 350.0, top + 12.0];
        let words = vec![WordBox(0, bounds)];
        Block { text: text.replace('_', "\u{fffe}"), bounds, line_height: 12.0, lines: 1, role: *role, words }
    };
    let blocks = texts.iter().zip(0..).map(block).collect();
    let mut pages = [Page { blocks, ..Page::default() }];
    remove(&mut pages);
    pages[0].blocks.iter().map(|block| block.text.clone()).collect()
}

#[test]
fn a_gap_takes_no_more_of_a_list_than_its_item() {
    for role in [Role::Item, Role::Cell] {
        assert_eq!(left(&[("a hive _", role), ("a smoker", role), ("a veil", role)]), ["a smoker", "a veil"]);
    }
    let lines = [("The keeper _", Role::Text), ("The second line", Role::Text), ("more of it", Role::Text)];
    assert_eq!(left(&lines), ["The second line", "more of it"]);
    let lines = [("The keeper _", Role::Text), ("sold it. The end.", Role::Text), ("more of it", Role::Text)];
    assert_eq!(left(&lines), ["The end.", "more of it"]);
}

#[test]
fn without_capitals_only_a_full_line_goes_on() {
    let full = [("第_行没有说完", Role::Text), ("还有一句。第三句。", Role::Text)];
    assert_eq!(left(&full), ["第三句。"]);
    let open = |text: &str, right: f32, end: f32| Block {
        text: text.to_owned(),
        bounds: [50.0, 100.0, right, 112.0],
        line_height: 12.0,
        words: vec![WordBox(0, [end - 45.0, 100.0, end, 112.0])],
        ..Block::default()
    };
    let below = |right: f32| Block {
        text: "还有".to_owned(),
        bounds: [50.0, 114.0, right, 126.0],
        line_height: 12.0,
        ..Block::default()
    };
    let goes_on = |mut block: Block, mut below: Block| {
        let parts = [Part::new(1, &mut block, None), Part::new(1, &mut below, None)];
        goes_on_in(&parts, 0).is_some()
    };
    assert!(goes_on(open("行没有说完", 350.0, 345.0), below(350.0)));
    assert!(!goes_on(open("سطر", 350.0, 345.0), below(350.0)));
    assert!(!goes_on(open("行没有说完", 350.0, 200.0), below(350.0)));
    assert!(!goes_on(open("行没有说完", 150.0, 150.0), below(150.0)));
}

/// What is left of a text that is read, in which words in brackets are hidden, or of which OCR is not sure.
fn left_of(text: &str) -> [String; 2] {
    let words: Vec<&str> = text.split(' ').collect();
    let hidden: Vec<String> = words
        .iter()
        .map(|word| word.strip_prefix('⟨').map_or_else(|| (*word).to_owned(), |word| gap(word.trim_end_matches('⟩'))))
        .collect();
    let (mut read, mut places, mut unsure) = (String::new(), Vec::new(), BTreeSet::new());
    for word in words {
        let at = u32::try_from(read.len()).unwrap();
        places.push(WordBox(at, [0.0, 0.0, 10.0, 10.0]));
        if word.starts_with('⟨') {
            unsure.insert(at);
        }
        read.push_str(word.trim_matches(['⟨', '⟩']));
        read.push(' ');
    }
    let block = Block { text: read.trim_end().to_owned(), words: places, ..Block::default() };
    let mut pages = [Page { number: 1, blocks: vec![block], ..Page::default() }];
    remove_unsure(&mut pages, &Unsure::from([((1, 0), unsure)]));
    [left(&[(&hidden.join(" "), Role::Text)]).join("|"), pages[0].text()]
}

#[test]
fn an_abbreviation_ends_no_sentence_that_has_a_gap() {
    for (text, rest) in [
        ("It rained. Cash went to Dr. ⟨Smith⟩ in June. The court fined it.", "It rained. The court fined it."),
        ("It rained. Cash went to Dr. John ⟨Smith⟩ in June. The court fined it.", "It rained. The court fined it."),
        ("The court met. The payment by Acme ⟨Inc.⟩ to him was illegal. It ended.", "The court met. It ended."),
        ("The court met. The payment by ⟨Acme⟩ Inc. to him was illegal. It ended.", "The court met. It ended."),
        ("The court met. The payment by ⟨Acme⟩ ⟨Inc.⟩ Rome was illegal. It ended.", "The court met. It ended."),
        ("It rained. He met J. ⟨Paul⟩ Smith in Rome. It ended.", "It rained. It ended."),
        ("It rained. He met ⟨J.⟩ Smith in Rome. It ended.", "It rained. It ended."),
        ("It rained. He met J. Smith ⟨there⟩ in Rome. It ended.", "It rained. It ended."),
        ("Es regnete. Er gab z. B. ⟨Geld⟩ an Dr. Meier. Es endete.", "Es regnete. Es endete."),
        ("Es regnete. Er gab z. B. Geld an Dr. ⟨Meier⟩ ab. Es endete.", "Es regnete. Es endete."),
        ("Es regnete. Am 3. Oktober war ⟨niemand⟩ da. Es endete.", "Es regnete. Es endete."),
        ("It rained. He went to Insp. ⟨Smith⟩ by car. It ended.", "It rained. It ended."),
        ("It rained. “Go!” he ⟨said⟩ then. It ended.", "It rained. It ended."),
        ("أمطرت السماء. دفع المبلغ إلى د. ⟨أحمد⟩ في يونيو. انتهى الأمر.", "أمطرت السماء. انتهى الأمر."),
        ("أمطرت السماء. دفع المبلغ إلى د. سامي ⟨أحمد⟩ في يونيو. انتهى الأمر.", "أمطرت السماء. انتهى الأمر."),
    ] {
        assert_eq!(left_of(text), [rest, rest], "{text}");
    }
    // Neither the word nor what OCR made of it tells whether it ends the sentence.
    assert_eq!(left_of("It rained. He met ⟨Mi.⟩ Smith there. It ended.")[1], "It rained. It ended.");
    assert_eq!(gap(".د"), "\u{fffe}");
}

/// What is left of the pages of a document whose texts are in one column, 300 wide, or in two if `left` is not 50.
fn left_of_pages(blocks: &[(u32, f32, &str)]) -> Vec<String> {
    let mut pages: Vec<Page> = (1..=3).map(|number| Page { number, ..Page::default() }).collect();
    for (page, left, text) in blocks {
        let bounds = [*left, 100.0, left + 200.0, 124.0];
        let words = vec![WordBox(0, bounds)];
        let text = text.replace('_', "\u{fffe}");
        let block = Block { text, bounds, line_height: 12.0, lines: 2, role: Role::Text, words };
        pages[*page as usize - 1].blocks.push(block);
    }
    remove(&mut pages);
    pages.into_iter().flat_map(|page| page.blocks).map(|block| block.text).collect()
}

#[test]
fn a_gap_takes_its_sentence_over_columns_and_pages() {
    for (first, second, rest) in [
        ("أمطرت السماء. دفع المبلغ إلى _", "في يونيو. انتهى الأمر.", ["أمطرت السماء.", "انتهى الأمر."]),
        ("أمطرت السماء. دفع المبلغ", "إلى _ في يونيو. انتهى الأمر.", ["أمطرت السماء.", "انتهى الأمر."]),
        ("It rained. They paid the _", "a sum in June. It ended.", ["It rained.", "It ended."]),
        ("It rained. They paid the", "mayor _ in June. It ended.", ["It rained.", "It ended."]),
        ("It rained. They paid _ to Dr.", "Smith in June. It ended.", ["It rained.", "It ended."]),
        ("It rained. They paid it to Dr.", "_ in June. It ended.", ["It rained.", "It ended."]),
        ("It rained. They paid _", "Smith in June. It ended.", ["It rained.", "It ended."]),
        ("أمطرت السماء. دفع المبلغ _.", "في يونيو عاد. انتهى _ الأمر.", ["أمطرت السماء.", "في يونيو عاد."]),
    ] {
        assert_eq!(left_of_pages(&[(1, 50.0, first), (2, 50.0, second)]), rest, "{first}");
        assert_eq!(left_of_pages(&[(1, 50.0, first), (1, 270.0, second)]), rest, "{first}");
    }
    let whole_pages = [(1, 50.0, "One. They paid _"), (2, 50.0, "and paid"), (3, 50.0, "and paid. The end.")];
    assert_eq!(left_of_pages(&whole_pages), ["One.", "The end."]);
    let page_between = [(1, 50.0, "One. They paid _"), (3, 50.0, "and paid. The end.")];
    assert_eq!(left_of_pages(&page_between), ["One.", "and paid. The end."]);
}

#[test]
fn a_gap_takes_no_more_than_its_sentence_in_any_script() {
    for (text, rest) in [
        ("第一句。第_句！第三句？", "第一句。第三句？"),
        ("彼は「行く。」と_言った。次の文。", "次の文。"),
        ("पहला वाक्य है। दूसरा _ है। तीसरा है।", "पहला वाक्य है। तीसरा है।"),
        ("One. Two _ here. Three.", "One. Three."),
    ] {
        assert_eq!(left(&[(text, Role::Text)]), [rest]);
    }
}

#[test]
fn a_gap_ends_a_sentence_where_its_word_does() {
    for (visual, logical, gap_of_it) in
        [(".ماع", "عام.", ".\u{fffe}"), ("«.ماع", "عام.»", ".\u{fffe}"), ("ماع", "عام", "\u{fffe}")]
    {
        assert_eq!(gap(visual), gap_of_it, "{logical}");
    }
    assert_eq!(
        (gap("end.”").as_str(), gap("句。").as_str(), gap(".net").as_str()),
        ("\u{fffe}.", "\u{fffe}.", "\u{fffe}")
    );
    assert!(is_gap(&gap(".ماع")));
}

/// A block of one line for each text, as large as its type, which is 300 wide.
fn set(lines: &[&str], top: f32, height: f32) -> Block {
    let count = u8::try_from(lines.len()).unwrap();
    let row = |n: u8| [50.0, top + 1.2 * height * f32::from(n), 350.0, top + 1.2 * height * f32::from(n) + height];
    let text = lines.join(" ").replace('_', "\u{fffe}");
    let words = vec![WordBox(0, row(0)), WordBox(u32::try_from(text.len() - 1).unwrap(), row(count - 1))];
    let bounds = [50.0, top, 350.0, row(count - 1)[3]];
    Block { text, bounds, line_height: height, lines: u32::from(count), role: Role::Text, words }
}

#[test]
fn what_is_hidden_in_another_type_takes_the_rest_of_its_sentence() {
    let left = |blocks: Vec<Block>| -> Vec<String> {
        let mut pages = [Page { blocks, ..Page::default() }];
        remove(&mut pages);
        pages[0].blocks.iter().map(|block| block.text.clone()).collect()
    };
    for (above, rest, kept) in [
        (["It rained.", "They paid the sum to"], "in June. It ended.", ["It rained.", "It ended."]),
        (["It rained.", "They paid the sum to"], "Adam in June. It ended.", ["It rained.", "It ended."]),
        (["أمطرت السماء.", "دفع المبلغ كله إلى"], "في يونيو. انتهى الأمر.", ["أمطرت السماء.", "انتهى الأمر."]),
    ] {
        for height in [5.0, 8.0, 12.0, 16.0, 24.0] {
            let blocks = |hidden: &[&str]| {
                let below = 130.0 + 1.2 * height * f32::from(u8::try_from(hidden.len()).unwrap());
                vec![set(&above, 100.0, 12.0), set(hidden, 128.0, height), set(&[rest], below, 12.0)]
            };
            assert_eq!(left(blocks(&["_ _ _"])), kept, "{height}");
            assert_eq!(left(blocks(&["_ _ _", "_ _ _"])), kept, "{height}");
        }
    }
    // A paragraph of its own takes nothing but itself.
    let whole = |hidden: &str| {
        vec![
            set(&["It rained.", "They paid the sum."], 100.0, 12.0),
            set(&[hidden], 128.0, 8.0),
            set(&["Adam came. It ended."], 142.0, 12.0),
        ]
    };
    assert_eq!(left(whole("_ _ _.")), ["It rained. They paid the sum.", "Adam came. It ended."]);
    assert_eq!(left(whole("_ _ _")), ["It rained. They paid the sum.", "Adam came. It ended."]);
}
