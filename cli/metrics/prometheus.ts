/** Metrics of a job in the text format of Prometheus, version 0.0.4. */
import type { JobMetrics } from '../../operators/index.js';

type Reading = JobMetrics['readings'][number];
type Labels = Readonly<Record<string, string>>;

interface Family {
  readonly kind: 'counter' | 'gauge' | 'summary';
  readonly lines: string[];
}

/** One paragraph a metric; what functions measure begins with `millstream_udf_`. Null: no job has run yet. */
export function prometheusText(metrics: JobMetrics | null): string {
  const families = new Families();
  families.add('millstream_up', 'gauge', '', {}, 1);
  if (metrics === null) return families.text();
  const job = metrics.jobId;
  for (const { name, kind, labels, value } of metrics.engine) {
    families.add(named(`millstream_${name}`, kind), kind, '', { ...labels, job }, value);
  }
  for (const reading of metrics.readings) addReading(families, reading, job);
  return families.text();
}

function addReading(families: Families, reading: Reading, job: string): void {
  const { kind, value, count, rate, sum, p50, p95, p99, subtask } = reading;
  const name = `millstream_udf_${reading.name}`;
  const own = subtask === null ? {} : { subtask: String(subtask) };
  const labels = { ...reading.labels, function: reading.function, ...own, job };
  switch (kind) {
    // It may go down as well.
    case 'counter':
      families.add(named(name, 'gauge'), 'gauge', '', labels, count);
      break;
    case 'gauge':
      families.add(named(name, 'gauge'), 'gauge', '', labels, value);
      break;
    case 'meter':
      families.add(named(name, 'counter'), 'counter', '', labels, count);
      families.add(named(`${name}_per_second`, 'gauge'), 'gauge', '', labels, rate);
      break;
    case 'distribution':
    case 'histogram': {
      const family = named(name, 'summary');
      const quantiles = [
        ['0.5', p50],
        ['0.95', p95],
        ['0.99', p99],
      ] as const;
      for (const [quantile, at] of quantiles)
        families.add(family, 'summary', '', { ...labels, quantile }, at);
      families.add(family, 'summary', '_sum', labels, sum);
      families.add(family, 'summary', '_count', labels, count);
      break;
    }
  }
}

/** Lines of one metric must follow each other, whatever order they come in. */
class Families {
  readonly #families = new Map<string, Family>();

  /** Leaves out what has no value; a name that is taken by another kind gets the kind behind it. */
  add(name: string, kind: Family['kind'], suffix: string, labels: Labels, value: number | null): void {
    if (value === null) return;
    let family = this.#families.get(name);
    if (family !== undefined && family.kind !== kind) {
      this.add(`${name}_${kind}`, kind, suffix, labels, value);
      return;
    }
    family ??= { kind, lines: [] };
    this.#families.set(name, family);
    family.lines.push(`${name}${suffix}${labelText(labels)} ${valueText(value)}`);
  }

  text(): string {
    return [...this.#families]
      .map(([name, { kind, lines }]) => `# TYPE ${name} ${kind}\n${lines.join('\n')}\n`)
      .join('');
  }
}

function named(name: string, kind: Family['kind']): string {
  const plain = name.replace(/[^a-zA-Z0-9_:]/g, '_');
  return kind === 'counter' ? `${plain}_total` : plain;
}

function labelText(labels: Labels): string {
  const parts = Object.entries(labels).map(([name, value]) => `${labelName(name)}="${escaped(value)}"`);
  return parts.length === 0 ? '' : `{${parts.join(',')}}`;
}

function labelName(name: string): string {
  return name.replace(/[^a-zA-Z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function valueText(value: number): string {
  if (Number.isFinite(value)) return String(value);
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf';
}
