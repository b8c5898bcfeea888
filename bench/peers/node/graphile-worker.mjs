// Measures Graphile Worker on PostgreSQL.
import { Logger, makeWorkerUtils, run, runMigrations } from 'graphile-worker';
import pg from 'pg';
import { measure, readSettings, required, versioned } from './common.mjs';

const CONCURRENCY = 24;
const LOCAL_QUEUE = 500;

const connectionString = required('PEERS_POSTGRES', 'the address of an empty PostgreSQL database');
const pgPool = new pg.Pool({ connectionString, max: CONCURRENCY + 4 });
const tell = (error) => console.error(`graphile-worker: ${error.message}`);
pgPool.on('error', tell);
pgPool.on('connect', (client) => client.on('error', tell));
const logger = new Logger(() => () => {});
await runMigrations({ pgPool, logger });
const utils = await makeWorkerUtils({ pgPool, logger });

/** Its settings as they are; or its fastest ones: jobs fetched ahead, and completions that share a statement. */
const variants = [
  {
    name: 'tuned',
    inWords: `local queue of ${LOCAL_QUEUE}, completions batched`,
    preset: { worker: { localQueue: { size: LOCAL_QUEUE }, completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
  },
  { name: 'default', inWords: 'no local queue', preset: {} },
];

const peerWith = (preset) => ({
  enqueue: (stamp) => utils.addJob('noop', { stamp }),
  enqueueBulk: (jobs) =>
    pgPool.query(
      `SELECT graphile_worker.add_jobs(array(
         SELECT json_populate_record(NULL::graphile_worker.job_spec,
                                     json_build_object('identifier', 'noop', 'payload', json_build_object('stamp', 0)))
         FROM generate_series(1, $1::int)))`,
      [jobs],
    ),
  async prepare(handle) {
    let runner;
    return {
      async start() {
        runner = await run({
          pgPool,
          logger,
          preset,
          concurrency: CONCURRENCY,
          noHandleSignals: true,
          pollInterval: 2000,
          taskList: { noop: async ({ stamp }) => handle(stamp) },
        });
      },
      stop: () => runner.stop(),
    };
  },
  // Completed jobs are deleted.
  async completed(enqueued) {
    const { rows } = await pgPool.query('SELECT count(*)::int AS left FROM graphile_worker._private_jobs');
    return enqueued - rows[0].left;
  },
  clear: () => pgPool.query('TRUNCATE graphile_worker._private_jobs CASCADE'),
});

const settings = readSettings();
const { rows } = await pgPool.query('SHOW synchronous_commit');
for (const { name, inWords, preset } of variants) {
  const about = {
    system: `${versioned('graphile-worker')} ${name}`,
    database: 'postgres',
    sync: rows[0].synchronous_commit,
    settings: `${inWords}, concurrency ${CONCURRENCY}, ${CONCURRENCY + 4} connections`,
  };
  await measure(peerWith(preset), about, settings);
}
await utils.release();
await pgPool.end();
