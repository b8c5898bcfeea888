/** What the server takes. */
import { server } from '../../../lib/state/config.svelte';

/** Most bytes of a file that becomes a recording; null until the server has answered. */
export function fileBytes(): number | null {
  return server.value?.apps.scribe?.file_bytes ?? null;
}

/** The languages that are written down, by their codes; none until the server has answered. */
export function languages(): readonly string[] {
  return server.value?.apps.scribe?.languages ?? [];
}

/** A language that was chosen once, unless the server says that it does not know it any more. */
export function known(code: string | null): string | null {
  const all = languages();
  return code === null || all.length === 0 || all.includes(code) ? code : null;
}

/** How the names of such files end, for file dialogs. */
export const ACCEPT = 'audio/*,video/*,.mp3,.m4a,.m4b,.wav,.ogg,.oga,.opus,.webm,.mkv,.mka,.flac,.mp4,.m4v,.mov';
