/** Which presenter and which voice go together. Pure. */
import type {
  Captions,
  FilmedPresenter,
  Mode,
  Offer,
  Presenter,
  ReelChoices,
  Register,
  ScriptChoice,
  Shape,
  Voice,
} from '../types';
import { shapeOf } from '../types';

/** What somebody has chosen; what is not in it follows the server's defaults. */
export interface Chosen {
  mode?: Mode;
  shape?: Shape;
  captions?: Captions;
  /** A presenter's id; null for none. One of a provider costs: it is not kept for the next document. */
  presenter?: string | null;
  /** Written by a model, it costs: it is not kept for the next document either. */
  script?: ScriptChoice;
  /** Belongs to the document's language, so it is not kept for the next document. */
  voice?: string;
}

/** What is kept of them for the next document: nothing that costs, and no voice, which belongs to the language. */
export function lasting(chosen: Chosen, choices: ReelChoices | undefined): Chosen {
  const { voice: _, script: __, presenter, ...others } = chosen;
  if (presenter === undefined) return others;
  const costs = presenter !== null && !choices?.presenters.some(({ id }) => id === presenter);
  return costs ? others : { ...others, presenter };
}

/** All choices, as they are sent. */
export interface Settled {
  mode: Mode;
  shape: Shape;
  captions: Captions;
  presenter: string | null;
  script: ScriptChoice;
  voice: string | null;
}

export function fits(one: Register | undefined, other: Register | undefined): boolean {
  return !one || !other || one === 'neutral' || other === 'neutral' || one === other;
}

/**
 * The choices as they are in force. A voice that nobody chose fits the presenter; a presenter whom nobody chose fits the voice; what
 * somebody chose is never changed.
 */
export function settle(chosen: Chosen, offer: Offer, choices: ReelChoices | undefined): Settled {
  const modes = offer.estimates.map(({ mode }) => mode);
  const wished = chosen.mode ?? choices?.defaults.mode ?? 'summary';
  const presenters = choices?.presenters ?? [];
  const known = presenters.find(({ id }) => id === chosen.presenter);
  const filmed = offer.filmed_presenters.find(({ id }) => id === chosen.presenter);
  const voice = voiceFor(chosen.voice, known, offer);
  const ofVoice = presenters.find(({ id }) => id === voice?.presenter) ?? presenters[0];
  return {
    mode: modes.includes(wished) ? wished : (modes[0] ?? wished),
    shape: chosen.shape ?? shapeOf(choices?.defaults.shape ?? '16:9'),
    captions: chosen.captions ?? choices?.defaults.captions ?? 'burned',
    presenter: chosen.presenter === null ? null : ((filmed ?? known ?? ofVoice)?.id ?? null),
    script: offer.written_by ? (chosen.script ?? 'extract') : 'extract',
    voice: voice?.id ?? null,
  };
}

function voiceFor(chosen: string | undefined, presenter: Presenter | undefined, offer: Offer): Voice | undefined {
  const installed = offer.voices.filter((voice) => voice.installed);
  const byId = (id: string | undefined) => installed.find((voice) => voice.id === id);
  const byDefault = installed.find((voice) => voice.default) ?? installed[0];
  return byId(chosen) ?? byId(presenter && offer.voice_of_presenter[presenter.id]) ?? byDefault;
}

/** A voice that fits better than the one in force: null if that one fits, or none does. */
export function betterVoice(settled: Settled, offer: Offer, choices: ReelChoices | undefined): Voice | null {
  const presenter = choices?.presenters.find(({ id }) => id === settled.presenter);
  const voice = offer.voices.find(({ id }) => id === settled.voice);
  if (!presenter || !voice || fits(presenter.register, voice.register)) return null;
  return offer.voices.find((one) => one.installed && fits(presenter.register, one.register)) ?? null;
}

/** How many presenters of providers are shown at once: an account may have hundreds. */
export const MOST_SHOWN = 12;

/** The presenters of providers that fit what is searched for; whoever is chosen stays in sight. */
export function shownPresenters(all: FilmedPresenter[], wanted: string, chosen: string | null): FilmedPresenter[] {
  const words = wanted.trim().toLowerCase();
  const found = all.filter(({ id, name }) => `${name} ${id}`.toLowerCase().includes(words)).slice(0, MOST_SHOWN);
  const own = all.find(({ id }) => id === chosen);
  return own && !found.includes(own) ? [own, ...found] : found;
}
