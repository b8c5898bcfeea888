// Measures BullMQ on Redis.
import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { measure, readSettings, required, versioned } from './common.mjs';

const CONCURRENCY = 50;
const QUEUE = 'bench';

const url = required('PEERS_REDIS', 'the address of a Redis server');
const connection = { url, maxRetriesPerRequest: null };
const queue = new Queue(QUEUE, { connection });
const job = (stamp) => ({ name: 'noop', data: { stamp }, opts: { removeOnComplete: true } });

const peer = {
  enqueue: (stamp) => queue.add('noop', { stamp }, { removeOnComplete: true }),
  enqueueBulk: (jobs) => queue.addBulk(Array.from({ length: jobs }, () => job(0))),
  async prepare(handle) {
    const worker = new Worker(QUEUE, async ({ data }) => handle(data.stamp), {
      connection,
      concurrency: CONCURRENCY,
      autorun: false,
    });
    worker.on('error', (error) => console.error(`bullmq: ${error.message}`));
    await worker.waitUntilReady();
    let running;
    return {
      async start() {
        running = worker.run();
      },
      async stop() {
        await worker.close();
        await running;
      },
    };
  },
  // Completed jobs are removed.
  completed: async (enqueued) => enqueued - (await queue.getJobCountByTypes()),
  clear: () => queue.obliterate({ force: true }),
};

/** How Redis makes what it was told durable. */
async function durability() {
  const redis = new Redis(url);
  const [, appendonly] = await redis.config('GET', 'appendonly');
  const [, appendfsync] = await redis.config('GET', 'appendfsync');
  await redis.quit();
  return appendonly === 'yes' ? appendfsync : 'no log';
}

const about = {
  system: versioned('bullmq'),
  database: 'redis',
  sync: await durability(),
  settings: `concurrency ${CONCURRENCY}`,
};
await measure(peer, about, readSettings());
await queue.close();
