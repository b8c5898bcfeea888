/** The texts for a problem: the catalogue's if it has the code, otherwise the server's. */
import type { Problem } from '../api/problem';
import type { Trouble } from '../api/types';
import { settings } from '../state/settings.svelte';
import { server } from '../state/config.svelte';
import { bytes, isKey as isShellKey, t as shellT, type Translate } from '../text/index.svelte';

export interface Words {
  title: string;
  action: string;
  /** The server's texts, only if the page has none of its own. */
  detail: string | null;
  code: string;
}

/** Where texts are looked up: the shell's catalogue, or an app's with the shell's as fallback. */
export interface ProblemCatalogue<Key extends string> {
  t: Translate<Key>;
  isKey: (key: string) => key is Key;
  /** Codes that mean the same to a user, by their shared texts. */
  same: Record<string, string[]>;
}

export const SHELL_SAME = {
  unexpected: [
    'internal',
    'bad_request',
    'panicked',
    'foreign_origin',
    'foreign_host',
    'idempotency_key_reused',
    'bad_position',
    'bad_hash',
    'bad_key',
    'bad_page',
    'bad_pages',
    'method_not_allowed',
    'unsupported_media_type',
    'request_too_large',
    'no_provider',
    'no_reader',
  ],
  not_found: ['document_not_found', 'job_not_found', 'document_deleted', 'media_gone'],
  storage: ['document_unreadable', 'media_missing', 'media_folder', 'bad_document'],
  conflict: ['not_ready', 'not_retryable'],
  busy: ['request_timeout', 'media_collecting', 'reader_too_slow'],
} satisfies Record<string, string[]>;

export function problemWords<Key extends string>({ t, isKey, same }: ProblemCatalogue<Key>) {
  const shared = new Map(Object.entries(same).flatMap(([words, codes]) => codes.map((code) => [code, words] as const)));

  function words(code: string, title: string | null, detail: string | null, ocrAvailable: boolean): Words {
    const known = `problem.${shared.get(code) ?? code}`;
    const titleKey = `${known}.title`;
    if (!isKey(titleKey)) {
      const [unexpected, action] = [shellT('problem.unexpected.title'), shellT('problem.unexpected.action')];
      // The server speaks English: elsewhere its words are only quoted.
      return settings.locale.language === 'en'
        ? { title: title ?? unexpected, action: detail ?? action, detail: null, code }
        : { title: unexpected, action, detail: detail ?? title, code };
    }
    const noOcr = code === 'document_scanned' && !ocrAvailable;
    const limit = server.value?.upload_limit_bytes;
    const noSize = known === 'problem.document_too_large' && limit === undefined;
    const action = noSize ? `${known}.noSize` : `${known}.action`;
    const actionKey = noOcr ? 'problem.document_scanned.noOcr' : action;
    const unexplained = known === 'problem.unexpected';
    return {
      title: t(titleKey),
      action: isKey(actionKey) ? t(actionKey, { size: limit === undefined ? '' : bytes(limit) }) : '',
      detail: unexplained ? detail : null,
      code,
    };
  }

  return {
    wordsFor: (problem: Problem) => words(problem.code, problem.title, problem.detail, problem.ocrAvailable),
    /** For an error that is stored with a job. */
    wordsForTrouble: (trouble: Trouble) => words(trouble.code, trouble.title, trouble.detail ?? null, false),
  };
}

export const { wordsFor, wordsForTrouble } = problemWords({
  t: shellT,
  isKey: isShellKey,
  same: SHELL_SAME,
});
