/** An endless job over windows of event time, Python and files, that is killed after checkpoints and goes on. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Ended, ended, startMillstream } from '../../cli/support/command.js';

const ROWS_PER_WINDOW = 10;

const FUNCTIONS = `
from millstream import udf

@udf
def doubled(x: int) -> int:
    return 2 * x
`;

function jobText(folder: string): string {
  return `
SET 'python.files' = '${folder}/functions.py';
SET 'parallelism.default' = '1';
SET 'execution.checkpointing.interval' = '20 ms';
SET 'execution.checkpointing.dir' = '${folder}/checkpoints';
CREATE TEMPORARY FUNCTION doubled AS 'functions.doubled' LANGUAGE PYTHON;
CREATE TEMPORARY TABLE events (
  id BIGINT, ts AS TO_TIMESTAMP_LTZ(id * 100, 3), WATERMARK FOR ts AS ts
) WITH ('connector' = 'datagen', 'rows-per-second' = '100',
  'fields.id.kind' = 'sequence', 'fields.id.start' = '0', 'fields.id.end' = '999999999');
CREATE TEMPORARY TABLE sums (n BIGINT, total BIGINT) WITH (
  'connector' = 'filesystem', 'path' = '${folder}/sums', 'format' = 'json');
INSERT INTO sums SELECT COUNT(*), SUM(doubled(id))
FROM TABLE(TUMBLE(TABLE events, DESCRIPTOR(ts), INTERVAL '1' SECOND)) GROUP BY window_start, window_end;
`;
}

interface Sum {
  readonly n: number;
  readonly total: number;
}

/** What the job writes of its first `rows` rows: the last window may not be full. */
export function sumsOf(rows: number): Sum[] {
  return Array.from({ length: Math.ceil(rows / ROWS_PER_WINDOW) }, (_, window) => {
    const first = window * ROWS_PER_WINDOW;
    const n = Math.min(ROWS_PER_WINDOW, rows - first);
    return { n, total: n * (2 * first + n - 1) };
  });
}

export class CheckpointedJob {
  readonly #checkpoints: string;

  constructor(private readonly folder: string) {
    this.#checkpoints = join(folder, 'checkpoints');
    mkdirSync(this.#checkpoints, { recursive: true });
    writeFileSync(join(folder, 'functions.py'), FUNCTIONS);
    writeFileSync(join(folder, 'job.sql'), jobText(folder));
  }

  /**
   * Runs it from its last checkpoint, if there is one, and ends it when `more` further checkpoints are complete.
   * @param end a signal (on SIGTERM it finishes what it has read, on SIGINT it takes a last checkpoint), or what ends it
   * @param from what it goes on from instead
   */
  async runUntil(
    more: number,
    end: 'SIGKILL' | 'SIGTERM' | 'SIGINT' | ((pid: number) => void),
    from: string | null = null,
  ): Promise<Ended> {
    const first = this.#newest();
    const options = first === 0 && from === null ? [] : ['-D', this.recovery(from)];
    const child = startMillstream(['run', join(this.folder, 'job.sql'), '--quiet', ...options]);
    const watching = setInterval(() => {
      if (this.#newest() < first + more) return;
      clearInterval(watching);
      if (typeof end === 'string') child.kill(end);
      else end(child.pid!);
    }, 5);
    try {
      return await ended(child);
    } finally {
      clearInterval(watching);
    }
  }

  recovery(from: string | null = null): string {
    return `execution.state-recovery.path=${from ?? this.#checkpoints}`;
  }

  /** The rows of the files that are shown, in the order of their windows. */
  shown(): Sum[] {
    const folder = join(this.folder, 'sums');
    const files = namesIn(folder).filter((name) => name.startsWith('part-'));
    const lines = files.flatMap((name) => readFileSync(join(folder, name), 'utf8').split('\n'));
    const sums = lines.filter((line) => line !== '').map((line): Sum => JSON.parse(line));
    return sums.sort((a, b) => a.total / a.n - b.total / b.n);
  }

  /** Everything in the folder of the table. */
  files(): string[] {
    return namesIn(join(this.folder, 'sums'));
  }

  /** Numbers go on from run to run. */
  #newest(): number {
    const numbers = namesIn(this.#checkpoints)
      .flatMap((run) => namesIn(join(this.#checkpoints, run)))
      .filter((name) => name.startsWith('chk-'))
      .map((name) => Number(name.slice('chk-'.length)));
    return Math.max(0, ...numbers);
  }
}

function namesIn(path: string): string[] {
  return existsSync(path) ? readdirSync(path) : [];
}
