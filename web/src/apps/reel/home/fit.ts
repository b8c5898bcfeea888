/** Which presenter and which voice go together. Pure. */
import type { Captions, Mode, Offer, Presenter, ReelChoices, Register, Shape, Voice } from '../types';
import { shapeOf } from '../types';

/** What somebody has chosen; what is not in it follows the server's defaults. */
export interface Chosen {
  mode?: Mode;
  shape?: Shape;
  captions?: Captions;
  /** A presenter's id; null for none. */
  presenter?: string | null;
  /** Belongs to the document's language, so it is not kept for the next document. */
  voice?: string;
}

/** All choices, as they are sent. */
export interface Settled {
  mode: Mode;
  shape: Shape;
  captions: Captions;
  presenter: string | null;
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
  const voice = voiceFor(chosen.voice, known, offer);
  const ofVoice = presenters.find(({ id }) => id === voice?.presenter) ?? presenters[0];
  return {
    mode: modes.includes(wished) ? wished : (modes[0] ?? wished),
    shape: chosen.shape ?? shapeOf(choices?.defaults.shape ?? '16:9'),
    captions: chosen.captions ?? choices?.defaults.captions ?? 'burned',
    presenter: chosen.presenter === null ? null : ((known ?? ofVoice)?.id ?? null),
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
