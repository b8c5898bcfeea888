/** What the server takes. */
import { server } from '../../../lib/state/config.svelte';

/** Most bytes of a file that becomes a recording; null until the server has answered. */
export function fileBytes(): number | null {
  return server.value?.apps.scribe?.file_bytes ?? null;
}

/** How the names of such files end, for file dialogs. */
export const ACCEPT = 'audio/*,video/*,.mp3,.m4a,.m4b,.wav,.ogg,.oga,.opus,.webm,.mkv,.mka,.flac,.mp4,.m4v,.mov';
