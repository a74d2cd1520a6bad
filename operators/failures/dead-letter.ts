/** What is told of a row that a function failed on, or a record that cannot be read, and that was given up. */

/** Fields as `DEAD_LETTER_COLUMNS`. */
export interface DeadLetter {
  /** Milliseconds since the epoch. */
  readonly time: number;
  readonly job: string;
  readonly stage: string;
  /** Null: it is a record of a source, which no function was given. */
  readonly function: string | null;
  readonly code: string;
  readonly message: string;
  /** The values of the row as text, by column; null where they cannot be read. */
  readonly row: Readonly<Record<string, string>> | null;
  readonly attempt: number;
  readonly traceback: string | null;
}

/** Takes letters in. */
export interface LetterWriter {
  /** Where they go, for messages: a file, or a table's name. */
  readonly place: string;
  /** Resolves when more may be written. */
  write(letters: readonly DeadLetter[]): Promise<void>;
}
