// Fills in the service worker, writes .br and .gz beside every file of dist that is worth it, for the binary to embed,
// and refuses a build whose first JavaScript is over its budget.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { join, relative } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = new URL('../dist/', import.meta.url).pathname;
const FIRST_SCRIPT_BUDGET = 150_000;
const TEXT = /\.(html|js|css|svg|json|txt|webmanifest)$/;

const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && TEXT.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

fillWorker();

const brotliSize = new Map();
for (const file of files) {
  const bytes = readFileSync(file);
  const brotli = brotliCompressSync(bytes, {
    params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
  });
  brotliSize.set(file, brotli.length);
  if (brotli.length < bytes.length) writeFileSync(`${file}.br`, brotli);
  const gzip = gzipSync(bytes, { level: 9 });
  if (gzip.length < bytes.length) writeFileSync(`${file}.gz`, gzip);
}

const html = readFileSync(join(FOLDER, 'index.html'), 'utf8');
const first = [...html.matchAll(/(?:src|href)="\/([^"]+\.js)"/g)].map((match) => join(FOLDER, match[1]));
const total = first.reduce((sum, file) => sum + (brotliSize.get(file) ?? 0), 0);
console.log(`first JavaScript: ${(total / 1000).toFixed(1)} kB brotli of ${FIRST_SCRIPT_BUDGET / 1000} kB allowed`);
if (total > FIRST_SCRIPT_BUDGET) process.exit(1);

/** The files that the page needs to open without a connection; fonts are kept when they are used. */
function fillWorker() {
  const path = join(FOLDER, 'sw.js');
  const source = new URL('../src/', import.meta.url).pathname;
  const named = files.map((file) => `/${relative(FOLDER, file)}`).filter((name) => /\.(js|css)$/.test(name));
  const kept = ['/favicon.svg', ...named.filter((name) => name !== '/sw.js')].sort();
  const shell = /SHELL_PREFIXES = \[([^\]]*)\]/.exec(readFileSync(join(source, 'lib/router/match.ts'), 'utf8'))[1];
  const apps = readdirSync(join(source, 'apps'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const prefixes = ['', ...[...shell.matchAll(/'([^']+)'/g)].map((match) => match[1]), ...apps.map(({ name }) => name)];
  const contents = createHash('sha256').update(readFileSync(join(FOLDER, 'index.html')));
  for (const name of kept) contents.update(name).update(readFileSync(join(FOLDER, name)));
  const list = (all) => all.map((one) => `'${one}'`).join(', ');
  const filled = readFileSync(path, 'utf8')
    .replace('__VERSION__', contents.digest('hex').slice(0, 12))
    .replace("'__FILES__'", list(kept))
    .replace("'__PREFIXES__'", list(prefixes));
  if (/__[A-Z]+__/.test(filled)) throw new Error('sw.js has a value that was not filled in');
  writeFileSync(path, filled);
}
