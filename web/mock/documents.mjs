// What the mock pretends to have read.
export const DOCUMENTS = {
  en: {
    title: 'How rivers work: a short introduction to moving water',
    language: { code: 'en', name: 'English', dir: 'ltr' },
    words: 2841,
    voices: [
      { id: 'piper:en_US-joe-medium', name: 'Joe', language: 'en', engine: 'Piper', default: true, installed: true },
      { id: 'espeak:en', name: 'English', language: 'en', engine: 'eSpeak NG', default: false, installed: true },
    ],
    scenes: [
      scene('How rivers work', [
        ['A river is never the same twice, and yet it keeps its shape for thousands of years.', null],
      ]),
      scene('Where the water comes from', [
        ['Rain that does not sink into the ground runs downhill and gathers in small streams.', 1],
        ['Each stream follows the steepest way down, and where two meet they go on together.', 1],
      ]),
      scene('How a valley is cut', [
        ['Fast water carries stones, and the stones grind the bed deeper.', 2],
        ['In soft rock a stream can cut a metre in a single wet winter.', 2],
      ]),
      scene('Why rivers bend', [
        ['The water on the outside of a bend moves faster and wears the bank away.', 3],
        ['On the inside it slows down and drops its sand, so the bend grows.', 3],
      ]),
      scene('Floods are normal', [['A flood plain is the part of the river that it uses only now and then.', 4]]),
      scene('Working with water', [['Towns that leave room for the river pay less for walls, and sleep better.', 5]]),
      scene('To think about', [
        ['If your town had to give one street back to the river, which one would it be?', null],
      ]),
    ],
  },
  ar: {
    title: 'كيف تعمل الأنهار: مقدمة قصيرة في المياه الجارية',
    language: { code: 'ar', name: 'Arabic', dir: 'rtl' },
    words: 1923,
    voices: [{ id: 'espeak:ar', name: 'العربية', language: 'ar', engine: 'eSpeak NG', default: true, installed: true }],
    scenes: [
      scene('كيف تعمل الأنهار', [['لا يبقى النهر كما هو لحظتين، ومع ذلك يحفظ شكله آلاف السنين.', null]]),
      scene('من أين يأتي الماء', [
        ['المطر الذي لا يتسرب إلى الأرض يجري منحدرًا ويتجمع في جداول صغيرة.', 1],
        ['يسلك كل جدول أشد الطرق انحدارًا، وحيث يلتقي جدولان يتابعان معًا.', 1],
      ]),
      scene('كيف يُنحت الوادي', [
        ['الماء السريع يحمل الحجارة، والحجارة تعمّق مجراه بنسبة 12% كل عام.', 2],
        ['وفي الصخر اللين قد يحفر الجدول مترًا في شتاء واحد.', 2],
      ]),
      scene('لماذا تنحني الأنهار', [['يسرع الماء في خارج المنعطف فيأكل الضفة، ويبطئ في داخله فيترك رمله.', 3]]),
      scene('الفيضان أمر طبيعي', [['سهل الفيضان هو الجزء الذي لا يستعمله النهر إلا حينًا بعد حين.', 4]]),
      scene('العمل مع الماء', [['المدن التي تترك للنهر مكانًا تنفق على الجدران أقل.', 5]]),
      scene('للتفكير', [['لو كان على مدينتك أن تعيد شارعًا واحدًا إلى النهر، فأي شارع تختار؟', null]]),
    ],
  },
};

function scene(heading, sentences) {
  return { heading, sentences: sentences.map(([text, page]) => ({ text, page })) };
}

/** Just enough of a PDF for the mock's own reading. */
export function pdfFor(name) {
  const language = name.includes('-ar') ? 'ar' : 'en';
  const pages = '<< /Type /Page >> '.repeat(6);
  return `%PDF-1.4\n1 0 obj << /Type /Catalog /Lang (${language}) /Font >> endobj\n${pages}\ntrailer\n%%EOF\n`;
}
