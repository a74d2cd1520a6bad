/** Progress where there is no terminal: one line every few seconds. */
import type { Progress } from '../../operators/index.js';
import { JobClock } from './job-clock.js';
import type { ProgressDisplay } from './reporter.js';
import { streamFacts } from './stream-table.js';

const SECONDS_BETWEEN_LINES = 5;

/** A job shorter than five seconds prints nothing. */
export class LineProgress implements ProgressDisplay {
  private readonly clock: JobClock;
  private lastSeconds = 0;

  constructor(
    private readonly writeLine: (line: string) => void,
    nowSeconds: () => number,
    private readonly nowMs: () => number,
  ) {
    this.clock = new JobClock(nowSeconds);
  }

  update(progress: Progress): void {
    const reading = this.clock.read(progress);
    if (reading.isNew) this.lastSeconds = 0;
    if (reading.seconds - this.lastSeconds < SECONDS_BETWEEN_LINES) return;
    this.lastSeconds = reading.seconds;
    this.writeLine([reading.text, ...streamFacts(progress.stages, this.nowMs())].join(', '));
  }

  hide(): void {
    // A line that was written stays.
  }
}
