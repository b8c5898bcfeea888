/** The addresses of Reel's pages. */
export const HOME = '/reel';
export const reelPath = (id: string) => `${HOME}/${encodeURIComponent(id)}`;
