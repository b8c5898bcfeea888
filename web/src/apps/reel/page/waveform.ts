/** The outline of a sound as a drawing. Pure. */

/** The peaks of a response; null for anything else. */
export function peaksOf(answer: unknown): number[] | null {
  const peaks = typeof answer === 'object' && answer !== null && 'peaks' in answer ? answer.peaks : null;
  const fine = Array.isArray(peaks) && peaks.length > 0 && peaks.every((peak) => typeof peak === 'number');
  return fine ? (peaks as number[]) : null;
}

/** A path of bars around the middle; silence is a thin line. */
export function barsOf(peaks: number[], width: number, height: number): string {
  const step = width / peaks.length;
  const round = (value: number) => String(Math.round(value * 100) / 100);
  return peaks
    .map((peak, n) => {
      const tall = Math.max(1, (Math.min(100, Math.max(0, peak)) / 100) * height);
      const [x, y] = [round(n * step + step * 0.2), round((height - tall) / 2)];
      return `M${x} ${y}h${round(step * 0.6)}v${round(tall)}h-${round(step * 0.6)}z`;
    })
    .join('');
}
