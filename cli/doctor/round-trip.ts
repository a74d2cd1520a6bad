/** A row through a Python function and back: everything that a job needs, once cold and once warm. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MillstreamError } from '../../core/index.js';
import type { JobSession, WorkerSummary } from '../../operators/index.js';
import { renderError } from '../errors/render-error.js';
import type { OpenSession } from '../open-session.js';
import { duration } from '../progress/numbers.js';
import { type Finding, ok, problem, warning } from './finding.js';

const MODULE = 'millstream_doctor_probe';
const SOURCE = `from millstream import udf


@udf
def add_one(number: int) -> int:
    return number + 1
`;
const CREATE = `CREATE TEMPORARY FUNCTION add_one AS '${MODULE}.add_one' LANGUAGE PYTHON;`;
const QUERY = 'SELECT add_one(CAST(41 AS BIGINT))';

/** Runs the query twice in one session; also says which level enforces the workers' caps. */
export async function checkRoundTrip(openSession: OpenSession, signal: AbortSignal): Promise<Finding[]> {
  const folder = await mkdtemp(join(tmpdir(), 'millstream-doctor-'));
  try {
    await writeFile(join(folder, `${MODULE}.py`), SOURCE);
    return await roundTrip(openSession, signal, folder);
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return [problem('round trip', renderError(error, null, false), null)];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function roundTrip(openSession: OpenSession, signal: AbortSignal, folder: string): Promise<Finding[]> {
  const ignore = () => {};
  const session = await openSession({
    configuration: {},
    workingDirectory: folder,
    jobFolder: folder,
    onLog: ignore,
    onProgress: ignore,
    onNote: ignore,
    print: async () => {},
    signal,
    python: null,
    mode: 'batch',
  });
  try {
    const cold = await measure(session, `${CREATE} ${QUERY}`);
    const warm = await measure(session, QUERY);
    if (cold.answer !== '42') {
      return [problem('round trip', `the answer was ${cold.answer}, not 42`, 'Please report this.')];
    }
    const times = `first row after ${duration(cold.seconds)}, with running workers after ${duration(warm.seconds)}`;
    return [ok('round trip', times), ...capFindings(warm.workers)];
  } finally {
    await session.close();
  }
}

interface Measured {
  readonly answer: string | null;
  readonly seconds: number;
  readonly workers: readonly WorkerSummary[];
}

async function measure(session: JobSession, sql: string): Promise<Measured> {
  const start = performance.now();
  let answer: string | null = null;
  let workers: readonly WorkerSummary[] = [];
  for await (const result of session.execute(sql)) {
    if (result.kind !== 'rows') continue;
    for await (const batch of result.batches()) answer = batch.rows > 0 ? batch.jsonText(0, 0) : answer;
    workers = result.summary()?.workers ?? [];
  }
  return { answer, seconds: (performance.now() - start) / 1000, workers };
}

function capFindings(workers: readonly WorkerSummary[]): Finding[] {
  const levels = [...new Set(workers.map(({ capLevel }) => capLevel))];
  if (levels.length === 0) return [];
  if (!levels.includes('watchdog'))
    return [ok('memory caps', `enforced by the kernel (${levels.join(', ')})`)];
  const hint =
    'For caps that the kernel enforces, run where cgroups are writable (a systemd user session, or root in a container).';
  return [warning('memory caps', 'watched every 50 ms and enforced by a kill (watchdog)', hint)];
}
