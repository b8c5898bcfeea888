/** The words for a problem: the catalogue's when it knows the code, the server's own otherwise. */
import type { Problem } from '../api/problem';
import type { Trouble } from '../api/types';
import { server } from '../state/config.svelte';
import { bytes, isKey, t } from '../text/index.svelte';

export interface Words {
  title: string;
  action: string;
  /** The server's words, only where the page has none of its own. */
  detail: string | null;
  code: string;
}

/** Codes that mean the same to a person, by the words that they share. */
const SAME: Record<string, string[]> = {
  unexpected: [
    'internal',
    'bad_request',
    'panicked',
    'foreign_origin',
    'foreign_host',
    'idempotency_key_reused',
    'bad_position',
  ],
  not_found: ['document_not_found', 'reel_not_found', 'scene_not_found'],
  storage: ['document_unreadable', 'media_missing', 'media_folder', 'bad_document'],
  document_garbled: ['script_language'],
  script_too_little_to_say: ['script_length', 'script_no_question', 'script_no_page', 'script_markup', 'script_text'],
  text_empty: ['nothing_to_say'],
  text_too_long: ['scene_too_long', 'script_out_of_range'],
  voice_failed: ['voice_stopped', 'no_such_voice', 'no_such_presenter', 'bad_sound'],
  render_failed: [
    'encoder_failed',
    'page_image',
    'slide_failed',
    'nothing_to_render',
    'not_playable',
    'render_too_slow',
    'render_too_much_memory',
    'render_stopped',
  ],
  conflict: ['not_ready', 'not_retryable'],
};
const SHARED = new Map(Object.entries(SAME).flatMap(([words, codes]) => codes.map((code) => [code, words] as const)));

export function wordsFor(problem: Problem): Words {
  return words(problem.code, problem.title, problem.detail, problem.ocrAvailable);
}

/** For an error that is stored with a reel or a scene. */
export function wordsForTrouble(trouble: Trouble): Words {
  return words(trouble.code, trouble.title, trouble.detail ?? null, false);
}

function words(code: string, title: string | null, detail: string | null, ocrAvailable: boolean): Words {
  const known = `problem.${SHARED.get(code) ?? code}`;
  const titleKey = `${known}.title`;
  if (!isKey(titleKey)) {
    return {
      title: title ?? t('problem.unexpected.title'),
      action: detail ?? t('problem.unexpected.action'),
      detail: null,
      code,
    };
  }
  const noOcr = code === 'document_scanned' && !ocrAvailable;
  const actionKey = noOcr ? 'problem.document_scanned.noOcr' : `${known}.action`;
  const size = bytes(server.value?.upload_limit_bytes ?? 20_000_000);
  const unexplained = known === 'problem.unexpected';
  return {
    title: t(titleKey),
    action: isKey(actionKey) ? t(actionKey, { size }) : '',
    detail: unexplained ? detail : null,
    code,
  };
}
