/** The account at the end of a job: rows, time by function, memory by worker. */
import type { FunctionSummary, JobSummary, WorkerSummary } from '../../operators/index.js';
import { metricTable } from '../metrics/metric-table.js';
import { alignColumns } from './columns.js';
import { bytes, duration, grouped, rate, rowCount } from './numbers.js';

/** Several lines without a final line break; sections without content are left out. */
export function renderSummary(summary: JobSummary): string {
  const sections = [totals(summary)];
  if (summary.functions.length > 0) sections.push(functionTable(summary.functions));
  if (summary.failures.length > 0) sections.push(failureLines(summary).join('\n'));
  if (summary.workers.length > 0) sections.push(workerTable(summary.workers));
  if (summary.metrics.length > 0) sections.push(metricTable(summary.metrics));
  return sections.join('\n\n');
}

function totals({ rowsIn, rowsOut, seconds, lateRows, restarts }: JobSummary): string {
  const facts = [
    `${rowCount(rowsIn)} in`,
    `${rowCount(rowsOut)} out`,
    duration(seconds),
    rate(rowsIn, seconds),
    lateRows === 0
      ? null
      : `${rowCount(lateRows)} came too late and ${lateRows === 1 ? 'was' : 'were'} dropped`,
    restarts === 0
      ? null
      : `${restarts === 1 ? '1 worker' : `${grouped(restarts)} workers`} died and ${restarts === 1 ? 'was' : 'were'} replaced`,
  ];
  return facts.filter((fact) => fact !== null).join(', ');
}

function functionTable(functions: readonly FunctionSummary[]): string {
  const retried = functions.some(({ retries }) => retries > 0);
  const calls = retried ? ['calls', 'retries'] : ['calls'];
  const heading = ['function', ...calls, 'batches', 'waiting', 'shipping', 'Python', 'returning'];
  const rows = functions.map((entry) => [
    entry.name,
    grouped(entry.calls),
    ...(retried ? [grouped(entry.retries)] : []),
    grouped(entry.batches),
    ...[entry.waitingMs, entry.shippingMs, entry.pythonMs, entry.returningMs].map((ms) =>
      duration(ms / 1000),
    ),
  ]);
  return alignColumns([heading, ...rows], 1).join('\n');
}

/** `price: 12 rows left out (10 ValueError, 2 WORKER_OOM), see failed.jsonl`: a line for each function. */
function failureLines({ failures, letterPlaces }: JobSummary): string[] {
  const names = [...new Set(failures.map((failure) => failure.function))];
  return names.map((name) => {
    const own = failures.filter((failure) => failure.function === name);
    const total = own.reduce((sum, { rows }) => sum + rows, 0);
    const kinds = own.map(({ rows, exception, code }) => `${grouped(rows)} ${exception ?? code}`);
    const became = own[0]!.onError === 'null' ? 'given as NULL' : 'left out';
    const places = letterPlaces[name] ?? [];
    const see = places.length === 0 ? '' : `, see ${places.join(' and ')}`;
    return `${name}: ${rowCount(total)} ${became} (${kinds.join(', ')})${see}`;
  });
}

function workerTable(workers: readonly WorkerSummary[]): string {
  const heading = ['worker', 'kind', 'enforced by', 'memory peak', 'cap', 'used'];
  const rows = workers.map(({ name, kind, peakBytes, capBytes, capLevel }) => [
    name,
    kind,
    capLevel,
    peakBytes === null ? 'unknown' : bytes(peakBytes),
    capBytes === null ? 'none' : bytes(capBytes),
    peakBytes === null || capBytes === null ? '' : `${Math.round((100 * peakBytes) / capBytes)} %`,
  ]);
  return alignColumns([heading, ...rows], 3).join('\n');
}
