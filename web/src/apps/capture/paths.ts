/** The addresses of Capture's pages. */
export const HOME = '/capture';
export const REVIEW = `${HOME}/review`;
export const CARDS = `${HOME}/cards`;
export const OUT = `${HOME}/export`;
export const phrasePath = (id: string) => `${HOME}/${encodeURIComponent(id)}`;
