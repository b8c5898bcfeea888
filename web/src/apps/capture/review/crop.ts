/** The part of a picture that a field was read from. Pure. */
import type { Line } from '../types';

/** In parts of the picture's width and height. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Around letters, so that the eye finds them, in parts of the picture. */
const MARGIN = 0.015;

/** What has all of the lines; null without any. */
export function boxOf(lines: Line[]): Box | null {
  if (lines.length === 0) return null;
  const left = Math.max(0, Math.min(...lines.map((line) => line.left)) - MARGIN);
  const top = Math.max(0, Math.min(...lines.map((line) => line.top)) - MARGIN);
  const right = Math.min(1, Math.max(...lines.map((line) => line.right)) + MARGIN);
  const bottom = Math.min(1, Math.max(...lines.map((line) => line.bottom)) + MARGIN);
  return right > left && bottom > top ? { left, top, width: right - left, height: bottom - top } : null;
}

/** Width by height of a part of a picture of this many pixels, after quarter turns. */
export function ratioOf(box: Box, width: number, height: number, quarterTurns: number): number {
  const ratio = (box.width * width) / (box.height * height);
  return quarterTurns % 2 === 0 ? ratio : 1 / ratio;
}

/** The place and the size of the whole picture, in percent of the crop. */
export function pictureIn({ left, top, width, height }: Box): {
  left: number;
  top: number;
  width: number;
  height: number;
} {
  return { left: (-left / width) * 100, top: (-top / height) * 100, width: 100 / width, height: 100 / height };
}
