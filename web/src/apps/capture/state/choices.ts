/** What the server takes, and the languages that cards are made in. */
import { server } from '../../../lib/state/config.svelte';
import { keep, readKept } from '../../../lib/state/kept';
import type { CaptureChoices, StudyLanguage } from '../types';

const KEPT = 'capture.languages';
/** Most characters of the languages that are kept: a hundred of them have some 30,000. */
const MOST_KEPT = 65_536;

/** The server's last answer to an earlier visit, or to this one. */
let known = restored();
let last: CaptureChoices | null | undefined;

/** Null until the server has answered. */
export function choices(): CaptureChoices | null {
  const { capture } = (server.value?.apps ?? {}) as { capture?: CaptureChoices };
  return capture ?? null;
}

/** Those of the last visit until the server has answered, which it does not while there is no network. */
export function languages(): StudyLanguage[] {
  if (server.value === null) return known;
  const now = choices();
  if (now !== last) {
    last = now;
    known = now?.languages ?? [];
    keep(KEPT, JSON.stringify(known).length <= MOST_KEPT ? known : null);
  }
  return known;
}

function restored(): StudyLanguage[] {
  const kept = readKept<unknown>(KEPT, []);
  const isLanguage = (one: Partial<StudyLanguage> | null) => typeof one?.code === 'string' && Boolean(one.english_name);
  return Array.isArray(kept) && kept.every(isLanguage) ? kept : [];
}

/** What phrases are translated into, by ISO 639-1 code. */
export const TARGETS = ['en', 'ar', 'de', 'es', 'fr', 'ru', 'zh'];

/** For file dialogs: no HEIC, so that phones hand out JPEG. */
export const ACCEPT =
  'image/jpeg,image/png,image/webp,audio/*,.jpg,.jpeg,.png,.webp,.mp3,.m4a,.wav,.ogg,.oga,.opus,.webm,.flac,.aac';

/** The longest recording; a clip of the server's whole limit could arrive a moment too long. */
export function soundMs(): number {
  return choices()?.sound_ms ?? 30_000;
}
