/** Rate and remaining time of the running job. */
import type { Progress } from '../../operators/index.js';
import { duration, grouped, rate, rowCount } from './numbers.js';

/** What a progress display shows. */
export interface ProgressReading {
  /** True for the first report of a job. */
  readonly isNew: boolean;
  /** Since the first report of the job. */
  readonly seconds: number;
  /** `1,200,000 of 3,000,000 rows (40 %), 400,000 rows/s, 4.50 s left` */
  readonly text: string;
}

/** Follows the jobs of a script: fewer rows than before mean that the next job has begun. */
export class JobClock {
  private start: number | null = null;
  private lastRows = 0;

  constructor(private readonly nowSeconds: () => number) {}

  read(progress: Progress): ProgressReading {
    const now = this.nowSeconds();
    const isNew = this.start === null || progress.rows < this.lastRows;
    if (this.start === null || isNew) this.start = now;
    this.lastRows = progress.rows;
    const seconds = now - this.start;
    return { isNew, seconds, text: describe(progress, seconds) };
  }
}

function describe({ rows, totalRows }: Progress, seconds: number): string {
  const done =
    totalRows === null || totalRows === 0
      ? rowCount(rows)
      : `${grouped(rows)} of ${grouped(totalRows)} rows (${Math.floor((100 * rows) / totalRows)} %)`;
  const left = totalRows === null || rows === 0 ? null : ((totalRows - rows) * seconds) / rows;
  const facts = [done, rate(rows, seconds), left === null || seconds === 0 ? null : `${duration(left)} left`];
  return facts.filter((fact) => fact !== null).join(', ');
}
