import { expect, it } from 'vitest';
import { documentOf } from './preview';

const sides = { front: '<div dir="rtl">أين</div>', back: '<div>where</div>', css: '.card {} </style><script>1' };

it('is a document whose style cannot end early, with the classes of Anki', () => {
  const front = documentOf('front', sides, 'en', true);
  expect(front).toContain('<body class="card nightMode"><div dir="rtl">أين</div>');
  expect(front.match(/<\/style>/g)).toHaveLength(1);
  expect(documentOf('back', sides, 'ar', false)).toContain('<html lang="ar">');
});
