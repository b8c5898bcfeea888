// Pictures, a moving picture with sound, and captions for the mock.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const making = new Map();
const KEPT = join(tmpdir(), 'sluice-mock-media');

/** A gentle gradient with a quiet tone, made once per size and length. */
export function makeVideo(width, height, seconds) {
  mkdirSync(KEPT, { recursive: true });
  const path = join(KEPT, `video-${width}x${height}-${seconds}.mp4`);
  if (existsSync(path)) return Promise.resolve(path);
  if (!making.has(path)) {
    const part = `${path}.${process.pid}`;
    const small = `${width / 4}x${height / 4}`;
    const video = `gradients=s=${small}:d=${seconds}:r=10:speed=0.02:c0=0x0b3a47:c1=0x17232a:nb_colors=2`;
    const sound = `sine=frequency=220:duration=${seconds}`;
    const args = ['-v', 'error', '-y', '-f', 'lavfi', '-i', video, '-f', 'lavfi', '-i', sound];
    args.push(
      '-vf',
      `scale=${width}:${height}`,
      '-c:v',
      'libx264',
      '-preset',
      'ultrafast',
      '-pix_fmt',
      'yuv420p',
      '-g',
      '10',
      '-c:a',
      'aac',
      '-shortest',
    );
    args.push('-movflags', '+faststart', '-f', 'mp4', part);
    const made = run('ffmpeg', args).then(() => {
      renameSync(part, path);
      return path;
    });
    making.set(path, made);
  }
  return making.get(path);
}

const escape = (text) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

export function pageSvg(reel, scene) {
  const [width, height] = { '16:9': [640, 360], '9:16': [360, 640], '1:1': [480, 480] }[reel.shape];
  const title = escape(scene?.heading ?? reel.title);
  const hue = 205 + (scene?.n ?? 0) * 9;
  const lines = Array.from({ length: 7 }, (_, line) => {
    const y = height * 0.5 + line * 18;
    return `<rect x="${width * 0.12}" y="${y}" width="${width * (line % 3 === 2 ? 0.5 : 0.74)}" height="6" rx="3" fill="#fff" opacity="0.14"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" direction="${reel.language.dir}">
<rect width="100%" height="100%" fill="hsl(${hue} 45% 15%)"/><circle cx="${width * 0.85}" cy="${height * 0.2}" r="${height * 0.5}" fill="hsl(${hue} 55% 24%)" opacity="0.5"/>
${lines.join('')}<text x="50%" y="${height * 0.34}" text-anchor="middle" font-family="sans-serif" font-size="${width > 400 ? 27 : 19}" font-weight="600" fill="#f2f7f8">${title}</text></svg>`;
}

export function presenterSvg(name) {
  const hue = { Ada: 200, Omar: 25, Lin: 150 }[name] ?? 200;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 64"><rect width="64" height="64" fill="hsl(${hue} 35% 82%)"/>
<path d="M10 64c2-16 11-20 22-20s20 4 22 20z" fill="hsl(${hue} 40% 38%)"/><circle cx="32" cy="27" r="13" fill="hsl(28 45% 72%)"/>
<path d="M18 26c0-12 8-16 14-16s15 4 14 16c-3-7-8-9-14-9s-11 2-14 9z" fill="hsl(${hue} 30% 20%)"/>
<path d="M28 33q4 3 8 0" stroke="#7a3b2e" stroke-width="2" fill="none" stroke-linecap="round"/></svg>`;
}

export function subtitles(reel, mark) {
  const time = (seconds) => {
    const whole = Math.floor(seconds);
    const two = (value) => String(value).padStart(2, '0');
    return `${two(Math.floor(whole / 3600))}:${two(Math.floor(whole / 60) % 60)}:${two(whole % 60)}${mark}${String(Math.round((seconds - whole) * 1000)).padStart(3, '0')}`;
  };
  const cues = lines(reel).map(
    (line, index) => `${index + 1}\n${time(line.start_ms / 1000)} --> ${time(line.end_ms / 1000)}\n${line.text}`,
  );
  return `${mark === '.' ? 'WEBVTT\n\n' : ''}${cues.join('\n\n')}\n`;
}

/** The transcript with times: four seconds a scene, shared by its sentences. */
export function lines(reel) {
  return reel.scenes.flatMap((scene, at) => {
    const share = 4000 / scene.sentences.length;
    return scene.sentences.map((sentence, index) => ({
      start_ms: Math.round(at * 4000 + index * share),
      end_ms: Math.round(at * 4000 + (index + 1) * share),
      scene: scene.n,
      page: sentence.page,
      text: sentence.text,
    }));
  });
}
