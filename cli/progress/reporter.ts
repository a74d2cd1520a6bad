/** Everything a running command says on stderr. */
import type { Progress } from '../../operators/index.js';
import { LineProgress } from './line-progress.js';

/** Shows how far a job is, between the lines of other messages. */
export interface ProgressDisplay {
  update(progress: Progress): void;
  /** Makes room for other output; the next update shows it again. */
  hide(): void;
}

export interface ReporterOptions {
  readonly stderr: NodeJS.WriteStream;
  readonly quiet: boolean;
  /** Seconds from any start; never goes back. */
  readonly nowSeconds: () => number;
}

/** Progress, notes and log lines share stderr and never garble each other. */
export class Reporter {
  private isPaused = false;

  private constructor(
    private readonly options: ReporterOptions,
    private readonly display: ProgressDisplay | null,
  ) {}

  /** A bar or, of a stream, a table on a terminal, lines where there is none, nothing with `quiet`. */
  static async create(options: ReporterOptions): Promise<Reporter> {
    if (options.quiet) return new Reporter(options, null);
    if (!options.stderr.isTTY) {
      const write = (line: string) => void options.stderr.write(`${line}\n`);
      return new Reporter(options, new LineProgress(write, options.nowSeconds, Date.now));
    }
    const { BarProgress } = await import('./bar-progress.js');
    const { TableProgress } = await import('./table-progress.js');
    const { stderr, nowSeconds } = options;
    const bar = new BarProgress(stderr, nowSeconds);
    return new Reporter(options, new TableProgress(stderr, nowSeconds, Date.now, bar));
  }

  /** While it is true, nothing is said of progress: somebody else has the terminal. */
  set paused(paused: boolean) {
    this.isPaused = paused;
    if (paused) this.display?.hide();
  }

  progress(progress: Progress): void {
    if (!this.isPaused) this.display?.update(progress);
  }

  /** Something that may be left out with `quiet`. */
  note(text: string): void {
    if (!this.options.quiet) this.line(text);
  }

  /** Something that is always shown: errors, lines printed by functions. */
  line(text: string): void {
    this.display?.hide();
    this.options.stderr.write(`${text}\n`);
  }

  /** Before results are written to the same terminal, and at the end. */
  hideProgress(): void {
    this.display?.hide();
  }
}
