import { expect, it } from 'vitest';
import { ar } from '../words/ar';
import { en } from '../words/en';

it('says of a full disk of the server that nothing is lost, and what happens next', () => {
  expect(en['outbox.serverFull']).toMatch(
    /is full\. Everything is kept in this browser, and is sent once there is room\.$/,
  );
  expect(ar['outbox.serverFull']).toMatch(/الخادم\. كل شيء محفوظ في هذا المتصفح، ويُرسل حين تتوفر مساحة\.$/);
});
