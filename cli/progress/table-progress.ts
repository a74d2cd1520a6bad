/** Progress of a stream on a terminal: a table that is drawn over. */
import type { Progress } from '../../operators/index.js';
import { displayWidth } from '../format/display-width.js';
import { JobClock } from './job-clock.js';
import type { ProgressDisplay } from './reporter.js';
import { StreamTable } from './stream-table.js';

const SECONDS_BETWEEN_DRAWINGS = 0.5;
const LEAST_COLUMNS = 20;
/** The cursor to the beginning of the line so many lines above, and all from there on empty. */
const up = (lines: number) => `\u001B[${lines}F\u001B[J`;

/** Draws jobs that are streams; `other` shows the rest. */
export class TableProgress implements ProgressDisplay {
  readonly #clock: JobClock;
  #table: StreamTable;
  /** How wide each line is that stands there. */
  #drawn: readonly number[] = [];
  #drawnAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly stderr: NodeJS.WriteStream,
    private readonly nowSeconds: () => number,
    private readonly nowMs: () => number,
    private readonly other: ProgressDisplay,
  ) {
    this.#clock = new JobClock(nowSeconds);
    this.#table = new StreamTable(nowMs);
  }

  update(progress: Progress): void {
    if (progress.stages.length === 0) {
      this.other.update(progress);
      return;
    }
    const { isNew, text } = this.#clock.read(progress);
    if (isNew) this.#table = new StreamTable(this.nowMs);
    const now = this.nowSeconds();
    if (now - this.#drawnAt < SECONDS_BETWEEN_DRAWINGS) return;
    this.#drawnAt = now;
    const columns = Math.max(LEAST_COLUMNS, this.#columns) - 1;
    const room = (this.stderr.rows ?? Number.POSITIVE_INFINITY) - 2;
    const lines = [text.slice(0, columns), ...this.#table.lines(progress, now, columns, room)];
    this.stderr.write(`${this.#overDrawn()}${lines.join('\n')}\n`);
    this.#drawn = lines.map(displayWidth);
  }

  hide(): void {
    this.other.hide();
    if (this.#drawn.length > 0) this.stderr.write(this.#overDrawn());
    this.#drawn = [];
    this.#drawnAt = Number.NEGATIVE_INFINITY;
  }

  get #columns(): number {
    return this.stderr.columns ?? Number.POSITIVE_INFINITY;
  }

  /** A terminal that became narrower has folded what stands there. */
  #overDrawn(): string {
    if (this.#drawn.length === 0) return '';
    const folded = this.#drawn.map((width) => Math.max(1, Math.ceil(width / this.#columns)));
    const lines = folded.reduce((sum, count) => sum + count, 0);
    return up(Math.min(lines, (this.stderr.rows ?? Number.POSITIVE_INFINITY) - 1));
  }
}
