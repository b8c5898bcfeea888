// Measures pg-boss on PostgreSQL.
import pg from 'pg';
import PgBoss from 'pg-boss';
import { measure, readSettings, required, versioned } from './common.mjs';

const CONNECTIONS = 20;
const QUEUE = 'bench';
const BATCH = 200;
/** Batches in flight while draining. */
const LOOPS = 4;
/** The least that it takes. */
const POLLING_SECONDS = 0.5;

const connectionString = required('PEERS_POSTGRES', 'the address of an empty PostgreSQL database');
const database = new pg.Client({ connectionString });
await database.connect();
const boss = new PgBoss({ connectionString, max: CONNECTIONS });
boss.on('error', (error) => console.error(`pg-boss: ${error.message}`));
await boss.start();
await boss.createQueue(QUEUE);

const peer = {
  enqueue: (stamp) => boss.send(QUEUE, { stamp }),
  enqueueBulk: (jobs) => boss.insert(Array.from({ length: jobs }, () => ({ name: QUEUE, data: { stamp: 0 } }))),
  async prepare(handle) {
    return {
      start: () =>
        boss.work(QUEUE, { pollingIntervalSeconds: POLLING_SECONDS }, async ([job]) => handle(job.data.stamp)),
      stop: () => boss.offWork(QUEUE),
    };
  },
  // Loops that fetch and complete are its fastest documented way.
  async prepareDrain(handle) {
    const drainLoop = async () => {
      for (;;) {
        const jobs = await boss.fetch(QUEUE, { batchSize: BATCH });
        if (jobs.length === 0) return;
        for (const job of jobs) handle(job.data.stamp);
        await boss.complete(
          QUEUE,
          jobs.map((job) => job.id),
        );
      }
    };
    let loops;
    return {
      async start() {
        loops = Promise.all(Array.from({ length: LOOPS }, drainLoop));
      },
      stop: () => loops,
    };
  },
  async completed() {
    const { rows } = await database.query(
      `SELECT count(*)::int AS completed FROM pgboss.job WHERE name = $1 AND state = 'completed'`,
      [QUEUE],
    );
    return rows[0].completed;
  },
  clear: () => boss.clearStorage(),
};

const { rows } = await database.query('SHOW synchronous_commit');
const about = {
  system: versioned('pg-boss'),
  database: 'postgres',
  sync: rows[0].synchronous_commit,
  settings: `drained by ${LOOPS} loops in batches of ${BATCH}, polls each ${POLLING_SECONDS} s else, ${CONNECTIONS} connections`,
};
await measure(peer, about, readSettings());
await boss.stop({ graceful: false, close: true });
await database.end();
