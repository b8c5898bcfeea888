// What the programs of this folder share: settings, the phases that each peer goes through, and the lines that they print.
// The same as the Rust programs' `common`.
//
// A peer is an object with
//   enqueue(stamp)         enqueues one job that carries the stamp
//   enqueueBulk(jobs)      enqueues many jobs in the fastest way that there is
//   prepare(handle)        sets up workers that call handle(stamp) for each job; resolves to { start, stop }
//   prepareDrain(handle)   the same for the drain, if that has a faster way; optional
//   completed(enqueued)    how many of the jobs enqueued since the last clear are completed in the database
//   clear()                leaves no job that could run
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';

/** The stamp of a job that nobody waits for. */
const UNTIMED = 0;
/** How long callers enqueue. */
const ENQUEUE_MS = 2500;
/** Jobs handed over by one call when enqueueing in bulk. */
const BULK = 1000;
/** A drain is cut off here: at a few hundred jobs a second the rest says nothing new. */
const DRAIN_LIMIT_MS = 90_000;
/** A drain in which no job ran for so long has lost some. */
const DRAIN_STALL_MS = 20_000;
/** How long a database may take to show what handlers have done. */
const SETTLE_LIMIT_MS = 10_000;
/** No more pickups are tried after this time: a queue that polls each second would take for ever. */
const PICKUP_LIMIT_MS = 60_000;
/** How long one pickup may take; it counts as that long if it takes longer. */
const PICKUP_TIMEOUT_MS = 5000;

/** What the caller of a program chose. */
export function readSettings() {
  const count = { type: 'string' };
  const { values } = parseArgs({
    options: { jobs: { ...count, default: '20000' }, samples: { ...count, default: '300' } },
  });
  const settings = { jobs: Number(values.jobs), samples: Number(values.samples) };
  for (const [name, value] of Object.entries(settings)) {
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a whole number from 1`);
  }
  return settings;
}

/** A setting from the environment that has no default. */
export function required(name, meaning) {
  const value = process.env[name];
  if (!value) throw new Error(`set ${name} to ${meaning}`);
  return value;
}

/** A package with its version as package.json pins it, such as `pg-boss 10.4`. */
export function versioned(name) {
  const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url)));
  return `${name} ${dependencies[name].split('.').slice(0, 2).join('.')}`;
}

/**
 * Takes a peer through all phases and prints the figures. `about` is what all of its figures have in common:
 * { system, database, sync, settings }.
 */
export async function measure(peer, about, settings) {
  console.error(`${about.system} on ${about.database}, sync ${about.sync}`);
  const print = (measure, value, note) => printLine(about, measure, value, note);
  await peer.clear();
  await measureEnqueue(peer, print);
  await peer.clear();
  await measureDrain(peer, settings.jobs, print);
  await peer.clear();
  await measurePickup(peer, settings.samples, print);
  await peer.clear();
}

function printLine({ system, database, sync, settings }, measure, value, note) {
  const line = {
    system,
    database,
    sync,
    measure,
    value: Math.round(value * 1000) / 1000,
    note: `${settings}; ${note}`,
  };
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function measureEnqueue(peer, print) {
  for (const callers of [1, 100]) {
    const latencies = [];
    const failures = [];
    const start = performance.now();
    const callUntilEnd = async () => {
      while (performance.now() < start + ENQUEUE_MS) {
        const call = performance.now();
        try {
          await peer.enqueue(UNTIMED);
          latencies.push(performance.now() - call);
        } catch (error) {
          failures.push(error);
          await sleep(1);
        }
      }
    };
    await Promise.all(Array.from({ length: callers }, callUntilEnd));
    const rate = latencies.length / seconds(performance.now() - start);
    if (latencies.length === 0) throw new Error('no job could be enqueued', { cause: failures[0] });
    let note = `a call took p50 ${percentile(latencies, 50).toFixed(2)}, p99 ${percentile(latencies, 99).toFixed(2)} ms`;
    if (failures.length > 0) note += `; ${failures.length} calls failed, the first by: ${failures[0].message}`;
    print(callers === 1 ? 'enqueue_1_caller_per_s' : 'enqueue_100_callers_per_s', rate, note);
  }
}

async function measureDrain(peer, jobs, print) {
  let start = performance.now();
  for (let enqueued = 0; enqueued < jobs; enqueued += BULK) await peer.enqueueBulk(Math.min(BULK, jobs - enqueued));
  print('enqueue_bulk_per_s', jobs / seconds(performance.now() - start), `${BULK} jobs a call`);

  let ran = 0;
  const workers = await (peer.prepareDrain ?? peer.prepare)(() => {
    ran += 1;
  });
  start = performance.now();
  await workers.start();
  await waitUntilRan(jobs, start, () => ran);
  const completed =
    ran < jobs ? await peer.completed(jobs) : await waitUntilCompleted(jobs, () => peer.completed(jobs));
  const elapsed = seconds(performance.now() - start);
  await workers.stop();
  if (ran > jobs) throw new Error(`of ${jobs} jobs, ${ran} ran: some ran twice`);
  const note =
    completed === jobs
      ? `${jobs} jobs, all completed`
      : `cut off after ${Math.floor(elapsed)} s: ${ran} of ${jobs} jobs ran, ${completed} completed`;
  print('drain_per_s', completed / elapsed, note);
}

async function waitUntilRan(jobs, start, countRan) {
  let ran = 0;
  let lastProgress = start;
  while (countRan() < jobs && performance.now() - start < DRAIN_LIMIT_MS) {
    if (countRan() > ran) [ran, lastProgress] = [countRan(), performance.now()];
    if (performance.now() - lastProgress > DRAIN_STALL_MS) throw new Error(`${ran} of ${jobs} jobs ran, then no more`);
    await sleep(2);
  }
}

async function waitUntilCompleted(jobs, countCompleted) {
  const start = performance.now();
  for (;;) {
    const completed = await countCompleted();
    if (completed === jobs) return completed;
    if (performance.now() - start > SETTLE_LIMIT_MS) {
      throw new Error(`of ${jobs} jobs, ${completed} are completed in the database`);
    }
    await sleep(5);
  }
}

async function measurePickup(peer, samples, print) {
  let awaited = null;
  const workers = await peer.prepare((stamp) => {
    // A job that came after its caller gave up must not pass for the next one.
    if (awaited?.stamp === stamp) awaited.arrive(performance.now() - stamp);
  });
  await workers.start();
  // Workers come to rest before they are woken.
  await sleep(1500);
  const latencies = [];
  const calls = [];
  let tooLate = 0;
  const start = performance.now();
  for (let sample = 0; sample < samples && performance.now() - start < PICKUP_LIMIT_MS; sample += 1) {
    const arrival = new Promise((arrive) => {
      awaited = { stamp: performance.now(), arrive };
    });
    const call = performance.now();
    await peer.enqueue(awaited.stamp);
    calls.push(performance.now() - call);
    const timeout = new AbortController();
    const latency = await Promise.race([
      arrival,
      sleep(PICKUP_TIMEOUT_MS, null, { signal: timeout.signal }).catch(() => null),
    ]);
    timeout.abort();
    if (latency === null) tooLate += 1;
    latencies.push(latency ?? PICKUP_TIMEOUT_MS);
    // The pause varies, so that it does not keep in step with anyone's polling.
    await sleep(5 + ((sample * 7) % 6));
  }
  const count = latencies.length;
  if (tooLate === count) throw new Error(`no job was picked up within ${PICKUP_TIMEOUT_MS} ms`);
  await waitUntilCompleted(count, () => peer.completed(count));
  await workers.stop();
  let note = `${count} pickups, the slowest took ${percentile(latencies, 100).toFixed(2)} ms; `;
  note += `enqueueing took p50 ${percentile(calls, 50).toFixed(2)}, p99 ${percentile(calls, 99).toFixed(2)} ms`;
  if (tooLate > 0) note += `; ${tooLate} took more than ${seconds(PICKUP_TIMEOUT_MS)} s`;
  print('pickup_p50_ms', percentile(latencies, 50), note);
  print('pickup_p99_ms', percentile(latencies, 99), note);
}

function seconds(milliseconds) {
  return milliseconds / 1000;
}

function percentile(values, percent) {
  const ascending = values.toSorted((one, other) => one - other);
  return ascending[Math.min(Math.floor((ascending.length * percent) / 100), ascending.length - 1)];
}
