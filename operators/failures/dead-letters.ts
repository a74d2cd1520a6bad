/** The dead letters of a job: what is written of a row that a function gave up, and where. */
import type { FailedRow } from '../../bridge/index.js';
import { type Clock, InternalError } from '../../core/index.js';
import type { DeadLetter, LetterWriter } from './dead-letter.js';
import type { DeadLetterQueue } from './dead-letter-queue.js';

/** Where the letters of a job go. */
export interface DeadLettersOptions {
  readonly jobId: string;
  readonly clock: Clock;
  /** Where letters about rows of a function go; nowhere where its rows are not written down. */
  readonly writers: (name: string) => readonly LetterWriter[];
  /** Where records that sources give up are written down. */
  readonly file: LetterWriter;
  /** Queues of tables, by the name that their sources know. */
  readonly queues: ReadonlyMap<string, DeadLetterQueue>;
}

export class DeadLetters {
  /** Stages that may still give rows up. */
  #stages = 0;

  constructor(private readonly options: DeadLettersOptions) {}

  /** The letters for a table, once all stages of the job have been made; ended where none of them gives rows up. */
  queue(name: string): DeadLetterQueue {
    const queue = this.options.queues.get(name);
    if (queue === undefined)
      throw new InternalError('GRAPH_INVALID', `Nobody writes the letters of ${name}.`);
    if (this.#stages === 0) queue.end();
    return queue;
  }

  /** A stage that may give rows up has been made; it says `stageEnded` when it is closed. */
  stageMade(): void {
    this.#stages += 1;
  }

  /** When all have, tables have all of their letters. */
  stageEnded(): void {
    this.#stages -= 1;
    if (this.#stages > 0) return;
    for (const queue of this.options.queues.values()) queue.end();
  }

  /** Where letters about rows of a function go, for messages. */
  places(name: string): string[] {
    return this.options.writers(name).map(({ place }) => place);
  }

  /** Resolves when more may be written. @throws {SinkError} DEAD_LETTER_WRITE */
  async write(stage: string, rows: readonly FailedRow[]): Promise<void> {
    const time = this.options.clock.nowMs();
    const byWriter = new Map<LetterWriter, DeadLetter[]>();
    for (const failed of rows) {
      const letter = this.#letter(time, stage, failed);
      for (const writer of this.options.writers(failed.function)) {
        const letters = byWriter.get(writer);
        if (letters === undefined) byWriter.set(writer, [letter]);
        else letters.push(letter);
      }
    }
    await Promise.all([...byWriter].map(([writer, letters]) => writer.write(letters)));
  }

  /** Records of a source; resolves, with the place, when more may be written. @throws {SinkError} DEAD_LETTER_WRITE */
  async writeRecords(
    stage: string,
    records: readonly Pick<DeadLetter, 'message' | 'row'>[],
  ): Promise<string> {
    const { clock, file, jobId: job } = this.options;
    const same = { time: clock.nowMs(), job, stage, function: null, code: 'SOURCE_RECORD' } as const;
    await file.write(records.map((record) => ({ ...same, ...record, attempt: 1, traceback: null })));
    return file.place;
  }

  #letter(time: number, stage: string, failed: FailedRow): DeadLetter {
    const { code, message, values, attempt, traceback } = failed;
    const { jobId: job } = this.options;
    return { time, job, stage, function: failed.function, code, message, row: values, attempt, traceback };
  }
}
