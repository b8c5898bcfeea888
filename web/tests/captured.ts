/** What the specs of Capture share: pictures with words, files that fall on the page, and what the server has of phrases. */
import type { Page } from '@playwright/test';
import { expect } from './test';

/** A machine with few cores makes a dozen sounds one after the other. */
export const MADE_WITHIN = 240_000;

export interface Item {
  id: string;
  source: string;
  status: string;
  attempts: number;
  excluded: boolean;
  text: { text: string };
  marked: { text: string } | null;
  translation: { text: string; source: { kind: string } | null } | null;
  audio: { href: string; own: boolean } | null;
  picture: { href: string } | null;
}
interface Answer {
  items: Item[];
  counts: Record<string, number>;
}

export async function phrases(page: Page, url: string, query = 'limit=100'): Promise<Answer> {
  return (await (await page.request.get(`${url}/api/v1/phrases?${query}`)).json()) as Answer;
}

export const counts = async (page: Page, url: string) => (await phrases(page, url, 'limit=1')).counts;

/** Waits until no card is being made. */
export async function settled(page: Page, url: string) {
  await expect.poll(async () => (await counts(page, url))['processing'] ?? 0, { timeout: MADE_WITHIN }).toBe(0);
}

/** Adds phrases, and waits until their cards are to be reviewed. */
export async function made(page: Page, url: string, text: string, language: string, eachLine = false) {
  const body = { text, language, each_line: eachLine };
  const answer = await page.request.post(`${url}/api/v1/phrases`, { data: body });
  expect(answer.status(), await answer.text()).toBe(201);
  await settled(page, url);
  return ((await answer.json()) as { items: Item[] }).items;
}

export interface Given {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** A picture of a sign that says this; readers pass over what follows its end, up to `bytes`. */
export async function sign(page: Page, text: string, name = 'sign.png', bytes = 0): Promise<Given> {
  const png = await page.evaluate(async (said) => {
    const canvas = new OffscreenCanvas(1200, 300);
    const paint = canvas.getContext('2d')!;
    paint.fillStyle = '#fff';
    paint.fillRect(0, 0, 1200, 300);
    paint.fillStyle = '#000';
    paint.font = '72px sans-serif';
    paint.fillText(said, 80, 170);
    const content = new Uint8Array(await (await canvas.convertToBlob({ type: 'image/png' })).arrayBuffer());
    return btoa(String.fromCharCode(...content));
  }, text);
  const picture = Buffer.from(png, 'base64');
  const buffer = Buffer.concat([picture, Buffer.alloc(Math.max(0, bytes - picture.length))]);
  return { name, mimeType: 'image/png', buffer };
}

/** Lets files fall on the page, holds them over it, pastes them, or shares them with the installed page. */
export async function give(page: Page, how: 'hold' | 'drop' | 'paste' | 'share', files: Given[]) {
  const given = files.map(({ buffer, ...file }) => ({ ...file, base64: buffer.toString('base64') }));
  await page.evaluate(
    ([way, all]) => {
      const transfer = new DataTransfer();
      for (const { name, mimeType: type, base64 } of all) {
        const content = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
        transfer.items.add(new File([content], name, { type }));
      }
      const options = { bubbles: true, cancelable: true };
      if (way === 'share') {
        const form = document.createElement('form');
        Object.assign(form, { action: '/share', method: 'post', enctype: 'multipart/form-data' });
        const input = Object.assign(document.createElement('input'), { type: 'file', name: 'file', multiple: true });
        input.files = transfer.files;
        form.append(input);
        document.body.append(form);
        form.submit();
      } else if (way === 'paste') {
        document.body.dispatchEvent(new ClipboardEvent('paste', { clipboardData: transfer, ...options }));
      } else {
        const kinds = way === 'hold' ? ['dragenter', 'dragover'] : ['dragenter', 'dragover', 'drop'];
        for (const kind of kinds)
          document.body.dispatchEvent(new DragEvent(kind, { dataTransfer: transfer, ...options }));
      }
    },
    [how, given] as const,
  );
}
