/** Files with sound on their way to becoming recordings, one after the other. One that a reload stopped goes on when it is chosen again. */
import { NETWORK, type Problem } from '../../../lib/api/problem';
import { uploadFor, type Upload } from '../../../lib/api/upload';
import { fileBytes } from './limits';

export interface OnItsWay {
  key: number;
  file: File;
  /** The code of what is spoken in it; null to have it found out. */
  language: string | null;
  bytes: number;
  /** The connection or the server is away: it goes on by itself. */
  waits: boolean;
  /** Why it was refused. */
  problem: Problem | null;
}

class Files {
  items = $state.raw<OnItsWay[]>([]);
  /** What is spoken in the files that are taken next; null to have it found out. */
  language = $state<string | null>(null);

  #next = 0;
  #upload: Upload<string> | null = null;
  /** Told of each recording that a file became, and whether more files are on their way. */
  #arrived: (session: string, file: File, more: boolean) => void = () => undefined;

  onArrived(arrived: (session: string, file: File, more: boolean) => void) {
    this.#arrived = arrived;
  }

  take(files: Iterable<File>) {
    const most = fileBytes();
    for (const file of files) {
      const tooLarge = most !== null && file.size > most;
      const problem = tooLarge ? { ...NETWORK, code: 'sound_too_large', status: 413 } : null;
      this.items = [
        ...this.items,
        { key: this.#next++, file, language: this.language, bytes: 0, waits: false, problem },
      ];
    }
    void this.#send();
  }

  /** Stops one that is sent, or takes one away that was refused. */
  remove(key: number) {
    if (this.#sending?.key === key) this.#upload?.abort();
    this.items = this.items.filter((one) => one.key !== key);
  }

  retry(key: number) {
    this.#say(key, { problem: null, bytes: 0 });
    void this.#send();
  }

  get #sending() {
    return this.items.find(({ problem }) => problem === null);
  }

  async #send() {
    if (this.#upload) return;
    for (let one = this.#sending; one; one = this.#sending) {
      const { key, file, language } = one;
      const wishes = { app: 'scribe', ...(language === null ? {} : { language }) };
      this.#upload = uploadFor('scribe', file, ({ bytes, waits }) => this.#say(key, { bytes, waits }), wishes);
      const outcome = await this.#upload.done;
      this.#upload = null;
      if (outcome.ok) {
        this.items = this.items.filter((item) => item.key !== key);
        this.#arrived(outcome.value, file, this.#sending !== undefined);
      } else if (outcome.problem.code === 'stopped') this.items = this.items.filter((item) => item.key !== key);
      else this.#say(key, { problem: outcome.problem });
    }
  }

  #say(key: number, change: Partial<OnItsWay>) {
    this.items = this.items.map((one) => (one.key === key ? { ...one, ...change } : one));
  }
}

export const files = new Files();
