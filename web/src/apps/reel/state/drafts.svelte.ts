/** Unsaved edits. They survive a reload, a closed tab and navigation, so no confirmation dialogs are needed. */
import { SvelteMap } from 'svelte/reactivity';
import { keep, readKept } from '../../../lib/state/kept';

export interface Draft {
  heading: string;
  text: string;
  /** What it is a change of; none for a new scene. */
  base?: { heading: string; text: string; etag?: string | undefined };
}

const NEW = 'after:';
/** Stands for the scene that somebody is about to add after another one. */
export const newAfter = (sceneId: string) => NEW + sceneId;

const drafts = new SvelteMap<string, Draft>(Object.entries(readKept<Record<string, Draft>>('drafts', {}) ?? {}));
const name = (reelId: string, sceneId: string) => `${reelId}/${sceneId}`;

export function draftOf(reelId: string, sceneId: string): Draft | undefined {
  return drafts.get(name(reelId, sceneId));
}

export function keepDraft(reelId: string, sceneId: string, draft: Draft | null): void {
  if (draft) drafts.set(name(reelId, sceneId), draft);
  else drafts.delete(name(reelId, sceneId));
  save();
}

/** What was written for scenes that are not there any more. */
export function orphansOf(reelId: string, sceneIds: ReadonlySet<string>): [sceneId: string, draft: Draft][] {
  return [...drafts].flatMap(([key, draft]): [string, Draft][] => {
    if (!key.startsWith(`${reelId}/`)) return [];
    const id = key.slice(reelId.length + 1);
    return sceneIds.has(id.replace(NEW, '')) ? [] : [[id, draft]];
  });
}

/** Deleting a reel deletes its unsaved edits. */
export function dropDrafts(reelId: string): void {
  for (const key of [...drafts.keys()]) if (key.startsWith(`${reelId}/`)) drafts.delete(key);
  save();
}

function save() {
  keep('drafts', drafts.size ? Object.fromEntries(drafts) : null);
}
