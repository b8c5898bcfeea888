/** The addresses of Scribe's pages. */
export const HOME = '/scribe';
export const sessionPath = (id: string) => `${HOME}/${encodeURIComponent(id)}`;
