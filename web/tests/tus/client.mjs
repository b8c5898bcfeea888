// Sends one file by tus-js-client, as a program of somebody else does: node client.mjs ENDPOINT FILE NAME
//
// It prints one line of JSON for each thing that happens. It asks again for as long as the server is away.
import { createReadStream, statSync } from 'node:fs';
import { Upload } from 'tus-js-client';

const [endpoint, file, name] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);
const size = statSync(file).size;
const delays = Array.from({ length: 60 }, (_, turn) => Math.min(2000, 50 * (turn + 1)));

const upload = new Upload(createReadStream(file), {
  endpoint,
  uploadSize: size,
  chunkSize: Number(process.env.CHUNK_BYTES ?? 16 * 1024 * 1024),
  retryDelays: delays,
  metadata: { filename: name },
  uploadUrl: process.env.UPLOAD_URL ?? null,
  onBeforeRequest: (request) => say({ method: request.getMethod() }),
  onAfterResponse: (_, response) =>
    say({ status: response.getStatus(), document: response.getHeader('Sluice-Document') ?? null }),
  onShouldRetry: (error) => {
    const status = error.originalResponse?.getStatus() ?? 0;
    say({ retry: status });
    return status === 0 || status === 409 || status === 423 || status >= 500;
  },
  onUploadUrlAvailable: () => say({ url: upload.url }),
  onError: (error) => {
    say({ error: error.originalResponse?.getStatus() ?? 0, text: error.originalResponse?.getBody() ?? error.message });
    process.exit(1);
  },
  onSuccess: () => {
    say({ done: upload.url });
    // Not only when its idle connections are closed.
    process.stdout.write('', () => process.exit(0));
  },
});
upload.start();
