/** A session of the SQL tests: two workers, UTC, and nothing printed. */
import { Session, type StatementResult } from '../../operators/index.js';

/** Opens a session; relative paths are in `workingDirectory`, modules of functions in `jobFolder`. */
export function openSqlSession(
  workingDirectory: string,
  jobFolder: string,
  mode: 'batch' | 'streaming' | null = null,
): Promise<Session> {
  return Session.open({
    configuration: { 'table.local-time-zone': 'UTC', 'parallelism.default': '2' },
    workingDirectory,
    jobFolder,
    onLog: () => {},
    onProgress: () => {},
    onNote: () => {},
    print: async () => {},
    signal: new AbortController().signal,
    python: null,
    mode,
  });
}

/** Runs all statements; what the last one gave. */
export async function lastOf(results: AsyncIterable<StatementResult>): Promise<StatementResult | null> {
  let last: StatementResult | null = null;
  for await (const result of results) last = result;
  return last;
}
