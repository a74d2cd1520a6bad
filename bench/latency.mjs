/** Streaming: datagen at a steady rate → row function → print; the time from making a row to having it at the sink. */
import { execute, openSession } from './support/engine.mjs';
import { watchLoad } from './support/load.mjs';
import { saveResults } from './support/results.mjs';
import { percentile } from './support/statistics.mjs';

const ROWS_PER_SECOND = 1_000;
const SECONDS = 10;
/** Rows of the first second are left out: workers open their stages then. */
const WARM_UP_ROWS = ROWS_PER_SECOND;

const SQL = `
  CREATE TEMPORARY FUNCTION w1 AS 'functions.w1' LANGUAGE PYTHON;
  CREATE TEMPORARY TABLE made_rows (made_at TIMESTAMP_LTZ(6), x DOUBLE, y DOUBLE) WITH (
    'connector' = 'datagen', 'rows-per-second' = '${ROWS_PER_SECOND}',
    'number-of-rows' = '${ROWS_PER_SECOND * (SECONDS + 1)}',
    'fields.x.min' = '0', 'fields.x.max' = '1', 'fields.y.min' = '0', 'fields.y.max' = '1');
  CREATE TEMPORARY TABLE printed (made_at TIMESTAMP_LTZ(6), z DOUBLE) WITH ('connector' = 'print');
  INSERT INTO printed SELECT made_at, w1(x, y) FROM made_rows;`;

export async function benchLatency() {
  // What datagen reads: in whole milliseconds it would make figures half a one too high.
  Date.now = nowMs;
  const latencies = [];
  const session = await openSession({
    workers: 1,
    mode: 'streaming',
    print: async (text) => {
      const now = nowMs();
      for (const [, seconds, fraction] of text.matchAll(/\+I\[([^,.]+)(\.\d+)?Z,/g))
        latencies.push(now - Date.parse(`${seconds.replace(' ', 'T')}Z`) - Number(fraction ?? 0) * 1000);
    },
  });
  const watch = watchLoad();
  try {
    await execute(session, SQL);
  } finally {
    await session.close();
  }
  const { otherLoad, cpuSeconds } = watch();
  const measured = latencies.slice(WARM_UP_ROWS);
  const [p50, p99, most] = [0.5, 0.99, 1].map((share) => percentile(measured, share));
  console.log(
    `\nLatency at ${ROWS_PER_SECOND} rows/s over ${measured.length} rows, other load ${otherLoad?.toFixed(2) ?? '?'}:`,
  );
  console.log(`p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, most ${most.toFixed(1)} ms`);
  console.log(saveResults('latency', { rows: measured.length, p50, p99, most, otherLoad, cpuSeconds }));
}

function nowMs() {
  return performance.timeOrigin + performance.now();
}
