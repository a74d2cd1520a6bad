/** A session of the engine under test, and one statement in it, timed. */
import { setFlagsFromString } from 'node:v8';
import { collectInStepsOnceLong } from '../../dist/cli/collect-in-steps.js';
import { Session } from '../../dist/operators/index.js';
import { BENCH, PYTHON } from './places.mjs';

// As the command does (cli/main.ts, cli/command.ts).
setFlagsFromString('--no-incremental-marking');
collectInStepsOnceLong();

/** Opens a session with `workers` function workers. @param print takes the text of `print` tables */
export function openSession({
  workers,
  mode = 'batch',
  configuration = {},
  jobFolder = BENCH,
  print = async () => {},
  signal = new AbortController().signal,
}) {
  return Session.open({
    configuration: { 'parallelism.default': String(workers), ...configuration },
    workingDirectory: BENCH,
    jobFolder,
    onLog: ({ worker, text }) => process.stderr.write(`${worker}: ${text}\n`),
    onProgress: () => {},
    onNote: () => {},
    print,
    signal,
    python: PYTHON,
    mode,
  });
}

/** Runs statements that return no rows. */
export async function execute(session, sql) {
  for await (const result of session.execute(sql)) {
    if (result.kind === 'rows') throw new Error('a statement returned rows');
  }
}

/** Runs a query or an INSERT: its rows as lists of text or null, the seconds until the job had ended, and its summary. */
export async function queryRows(session, sql) {
  const start = performance.now();
  const kept = [];
  let summary = null;
  let columns = 0;
  for await (const result of session.execute(sql)) {
    if (result.kind === 'inserted') {
      summary = result.summary;
      continue;
    }
    columns = result.columns.length;
    for await (const batch of result.batches()) kept.push(batch);
    summary = result.summary();
  }
  const seconds = (performance.now() - start) / 1000;
  const text = (value) => (value === null ? null : String(value));
  const rows = kept.flatMap((batch) =>
    Array.from({ length: batch.rows }, (_, row) =>
      Array.from({ length: columns }, (_, column) => text(JSON.parse(batch.jsonText(row, column)))),
    ),
  );
  return { rows, seconds, summary };
}

/** Runs a query of one row and one column: its value, the seconds until the job had ended, and its summary. */
export async function queryNumber(session, sql) {
  const start = performance.now();
  let value = null;
  let summary = null;
  for await (const result of session.execute(sql)) {
    for await (const batch of result.batches()) if (batch.rows > 0) value = Number(batch.jsonText(0, 0));
    summary = result.summary();
  }
  return { value, seconds: (performance.now() - start) / 1000, summary };
}
