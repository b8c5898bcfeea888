// Measures BullMQ on Redis.
import { Queue, Worker } from 'bullmq';
import { measure, readSettings, required, versioned } from './common.mjs';

const CONCURRENCY = 50;
const QUEUE = 'bench';

const connection = { url: required('PEERS_REDIS', 'the address of a Redis server'), maxRetriesPerRequest: null };
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

async function durability() {
  const client = await queue.client;
  const [, appendonly] = await client.config('GET', 'appendonly');
  const [, appendfsync] = await client.config('GET', 'appendfsync');
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
