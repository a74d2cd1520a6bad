/** The file of `--metrics`: lines of JSON, appended while a job runs and when it ends. */
import { closeSync, openSync, writeSync } from 'node:fs';
import type { JobMetrics } from '../../operators/index.js';
import { JobError } from '../job/job-error.js';
import { metricLines } from './metric-table.js';

export class MetricsFile {
  private constructor(
    private readonly descriptor: number,
    private readonly now: () => Date,
  ) {}

  /** Opens or makes the file. @throws {JobError} METRICS_FILE where it cannot be written */
  static open(path: string, now: () => Date = () => new Date()): MetricsFile {
    try {
      return new MetricsFile(openSync(path, 'a'), now);
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code ?? 'unknown reason';
      throw new JobError('METRICS_FILE', `--metrics: ${path} cannot be written (${code})`, null, {
        hint: 'Name a file in a folder that exists; lines are appended to it.',
        cause: error,
      });
    }
  }

  /** Appends what has been measured. */
  write(metrics: JobMetrics): void {
    writeSync(this.descriptor, metricLines(metrics, this.now()));
  }

  close(): void {
    closeSync(this.descriptor);
  }
}
