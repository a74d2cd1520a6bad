/** Dead letters in a file: one JSON object a line. */
import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { reasonOf, SinkError } from '../../core/index.js';
import type { DeadLetter, LetterWriter } from './dead-letter.js';

/** Written as rows are answered: a job that fails later keeps the letters it wrote. */
export class DeadLetterFile implements LetterWriter {
  #descriptor: number | null = null;

  /**
   * @param place Absolute; lines are appended to what is there.
   * @param onNote Told of the file when the first letter is written.
   */
  constructor(
    readonly place: string,
    private readonly onNote: (text: string) => void,
  ) {}

  /** @throws {SinkError} DEAD_LETTER_WRITE */
  async write(letters: readonly DeadLetter[]): Promise<void> {
    const lines = letters.map(({ time, ...letter }) =>
      JSON.stringify({ time: new Date(time).toISOString(), ...letter }),
    );
    try {
      if (this.#descriptor === null) {
        mkdirSync(dirname(this.place), { recursive: true });
        this.#descriptor = openSync(this.place, 'a', 0o600);
        this.onNote(`rows that are given up are written to ${this.place}`);
      }
      writeSync(this.#descriptor, `${lines.join('\n')}\n`);
    } catch (error) {
      throw new SinkError(
        'DEAD_LETTER_WRITE',
        `Dead letters cannot be written to ${this.place}: ${reasonOf(error)}.`,
        {
          hint: "Name a file that can be written: SET 'millstream.dead-letter.path' = 'rejected.jsonl'.",
          cause: error,
        },
      );
    }
  }

  close(): void {
    if (this.#descriptor !== null) closeSync(this.#descriptor);
    this.#descriptor = null;
  }
}
