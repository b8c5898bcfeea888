/** How new phrases are captured; remembered on this device. */
import { keep, readKept } from '../../../lib/state/kept';

interface Saved {
  language: string | null;
  translateTo: string | null;
}

const KEPT = 'capture.wishes';
const saved = readKept<Saved>(KEPT, { language: null, translateTo: null }) ?? { language: null, translateTo: null };

class Wishes {
  /** ISO 639-1; null to have it found out. */
  language = $state<string | null>(saved.language);
  /** ISO 639-1; null for English. */
  translateTo = $state<string | null>(saved.translateTo);

  setLanguage(code: string | null) {
    this.language = code;
    this.#save();
  }

  setTranslateTo(code: string | null) {
    this.translateTo = code;
    this.#save();
  }

  #save() {
    keep(KEPT, { language: this.language, translateTo: this.translateTo } satisfies Saved);
  }
}

export const wishes = new Wishes();
