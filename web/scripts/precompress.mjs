// Writes .br and .gz beside every file of dist that is worth it, for the binary to embed,
// and refuses a build whose first JavaScript is over its budget.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const FOLDER = new URL('../dist/', import.meta.url).pathname;
const FIRST_SCRIPT_BUDGET = 150_000;
const TEXT = /\.(html|js|css|svg|json|txt|webmanifest)$/;

const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && TEXT.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name));

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
