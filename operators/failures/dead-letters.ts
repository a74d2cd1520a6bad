/** The dead letters of a job: one JSON object a line for each row that a function gave up. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FailedRow } from '../../bridge/index.js';
import { type Clock, SinkError } from '../../core/index.js';

/** Where dead letters go. */
export interface DeadLettersOptions {
  /** Absolute; lines are appended to what is there. */
  readonly file: string;
  readonly jobId: string;
  readonly clock: Clock;
  /** Told of the file when the first letter is written. */
  readonly onNote: (text: string) => void;
}

/** Written as rows are answered: a job that fails later keeps the letters it wrote. */
export class DeadLetters {
  #descriptor: number | null = null;
  #written = 0;

  constructor(private readonly options: DeadLettersOptions) {}

  get file(): string {
    return this.options.file;
  }

  /** Letters written so far. */
  get written(): number {
    return this.#written;
  }

  /** @throws {SinkError} DEAD_LETTER_WRITE */
  async write(stage: string, rows: readonly FailedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { jobId, clock, file, onNote } = this.options;
    const time = new Date(clock.nowMs()).toISOString();
    const lines = rows.map((failed) =>
      JSON.stringify({
        time,
        job: jobId,
        stage,
        function: failed.function,
        code: failed.code,
        message: failed.message,
        row: failed.values,
        attempt: failed.attempt,
        traceback: failed.traceback,
      }),
    );
    try {
      if (this.#descriptor === null) {
        mkdirSync(dirname(file), { recursive: true });
        this.#descriptor = openSync(file, 'a', 0o600);
        onNote(`rows that functions fail on are written to ${file}`);
      }
      writeSync(this.#descriptor, `${lines.join('\n')}\n`);
    } catch (error) {
      throw new SinkError(
        'DEAD_LETTER_WRITE',
        `Dead letters cannot be written to ${file}: ${reason(error)}.`,
        {
          hint: "Name a file that can be written: SET 'millstream.dead-letter.path' = 'rejected.jsonl'.",
          cause: error,
        },
      );
    }
    this.#written += rows.length;
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
