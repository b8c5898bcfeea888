/** What the server takes, and the languages that cards are made in. */
import { server } from '../../../lib/state/config.svelte';
import type { CaptureChoices, StudyLanguage } from '../types';

/** Null until the server has answered. */
export function choices(): CaptureChoices | null {
  const { capture } = (server.value?.apps ?? {}) as { capture?: CaptureChoices };
  return capture ?? null;
}

export function languages(): StudyLanguage[] {
  return choices()?.languages ?? [];
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
