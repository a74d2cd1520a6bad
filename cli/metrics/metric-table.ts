/** What functions measured by themselves, as a table and as lines of JSON. */
import type { JobMetrics } from '../../operators/index.js';
import { alignColumns } from '../progress/columns.js';
import { number } from '../progress/numbers.js';

type Reading = JobMetrics['readings'][number];

/** One row for each metric; `most` rows, then how many more there are. */
export function metricTable(readings: readonly Reading[], most = 40): string {
  const rows = readings
    .slice(0, most)
    .map((reading) => [reading.function, nameOf(reading), measured(reading)]);
  const more = readings.length - rows.length;
  const lines = alignColumns([['function', 'metric', 'value'], ...rows], 3);
  return [...lines, ...(more > 0 ? [`… ${more} more: see --metrics FILE`] : [])].join('\n');
}

/** One line of JSON for each metric, with the time and the run. */
export function metricLines({ jobId, final, readings, engine }: JobMetrics, time: Date): string {
  return [...engine, ...readings]
    .map((reading) => `${JSON.stringify({ time: time.toISOString(), jobId, final, ...reading })}\n`)
    .join('');
}

function nameOf({ name, labels, subtask }: Reading): string {
  const parts = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
  if (subtask !== null) parts.push(`subtask=${subtask}`);
  return parts.length === 0 ? name : `${name}{${parts.join(', ')}}`;
}

function measured(reading: Reading): string {
  const { kind, value, count, rate, min, max, mean, p50, p95, p99 } = reading;
  if (kind === 'gauge') return number(value);
  const facts: (readonly [string, number | null])[] = [
    ['mean', mean],
    ['min', min],
    ['p50', p50],
    ['p95', p95],
    ['p99', p99],
    ['max', max],
  ];
  const texts = facts.filter(([, fact]) => fact !== null).map(([label, fact]) => `${label} ${number(fact)}`);
  if (rate !== null) texts.push(`${number(rate)}/s`);
  return [number(count), ...texts].join('  ');
}
