/** The file of `--metrics`, as a user reads it. */
import { readFileSync } from 'node:fs';

export interface MetricLine {
  readonly time: string;
  readonly final: boolean;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Its lines in order; those that functions measure themselves have no `value` to compare and are left out. */
export function readMetrics(path: string): MetricLine[] {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line) as MetricLine).filter(({ value }) => value !== null);
}

/** The last values of a metric, added up over its labels; those of stages whose name begins with `stage` alone. */
export function finalSum(lines: readonly MetricLine[], name: string, stage = ''): number {
  return finals(lines, name)
    .filter(({ labels }) => (labels.stage ?? '').startsWith(stage))
    .reduce((sum, { value }) => sum + value, 0);
}

/** The last lines of a metric, one for each set of labels. */
export function finals(lines: readonly MetricLine[], name: string): MetricLine[] {
  return lines.filter((line) => line.final && line.name === name);
}
