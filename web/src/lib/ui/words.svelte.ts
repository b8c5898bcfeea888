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

/** Codes that mean the same to a person. */
const SAME: Record<string, string> = {
  internal: 'unexpected',
  internal_error: 'unexpected',
  document_not_found: 'not_found',
  reel_not_found: 'not_found',
  too_many_requests: 'rate_limited',
};

export function wordsFor(problem: Problem): Words {
  return words(problem.code, problem.title, problem.detail, problem.ocrAvailable);
}

/** For an error that is stored with a reel or a scene. */
export function wordsForTrouble(trouble: Trouble): Words {
  return words(trouble.code, trouble.title, trouble.detail ?? null, false);
}

function words(code: string, title: string | null, detail: string | null, ocrAvailable: boolean): Words {
  const known = `problem.${SAME[code] ?? code}`;
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
