/** Progress on a terminal: one line that is drawn over; a bar where the number of rows is known. */
import cliProgress from 'cli-progress';
import type { Progress } from '../../operators/index.js';
import { JobClock } from './job-clock.js';
import type { ProgressDisplay } from './reporter.js';

const BAR_CELLS = 24;

export class BarProgress implements ProgressDisplay {
  private readonly clock: JobClock;
  private bar: cliProgress.SingleBar | null = null;

  constructor(
    private readonly stderr: NodeJS.WriteStream,
    nowSeconds: () => number,
  ) {
    this.clock = new JobClock(nowSeconds);
  }

  update(progress: Progress): void {
    const { isNew, text } = this.clock.read(progress);
    if (isNew) this.hide();
    if (this.bar === null) {
      this.bar = createBar(this.stderr);
      this.bar.start(progress.totalRows ?? 0, progress.rows, { text });
    } else {
      this.bar.setTotal(progress.totalRows ?? 0);
      this.bar.update(progress.rows, { text });
    }
  }

  hide(): void {
    this.bar?.stop();
    this.bar = null;
  }
}

/** `gracefulExit` would take SIGINT for itself; the cursor stays visible for when the process is killed. */
function createBar(stream: NodeJS.WriteStream): cliProgress.SingleBar {
  return new cliProgress.SingleBar({
    stream,
    format: (_options, { progress, total }, payload: { text: string }) =>
      total > 0 ? `${drawn(progress)} ${payload.text}` : payload.text,
    clearOnComplete: true,
    gracefulExit: false,
    hideCursor: null,
    linewrap: true,
    fps: 10,
  });
}

function drawn(progress: number): string {
  const full = Math.round(Math.min(1, Math.max(0, progress)) * BAR_CELLS);
  return '█'.repeat(full) + '░'.repeat(BAR_CELLS - full);
}
