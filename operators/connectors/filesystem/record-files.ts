/** Files whose lines are records, as a source: those that are there, or also those that come. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  type Barrier,
  fromJsonBytes,
  jsonBytes,
  MillstreamError,
  type OperatorContext,
  reasonOf,
  SourceError,
  type SourceOperator,
  type SourceStage,
  type SqlValue,
} from '../../../core/index.js';
import {
  checkUnchanged,
  type FileIdentity,
  filesAt,
  identitiesOf,
  olderFirst,
} from '../../sources/file-position.js';
import { newFiles } from '../../sources/new-files.js';
import { pause } from '../../sources/pause.js';
import type { ConnectorHost } from '../connector.js';
import { fieldsOf } from '../fields-of.js';
import { RecordReader } from '../record-reader.js';
import { RejectedRecords } from '../rejected-records.js';
import { MOST_ROWS, SourceRows } from '../source-rows.js';
import { linesOf } from './lines-of.js';
import { partitionReader } from './partition-names.js';
import type { RecordTable } from './record-table.js';

/** What a checkpoint knows of the files. */
interface Position {
  /** Of a folder that is monitored: those that were read before `files`. */
  readonly done: readonly string[];
  /** Those that are being read, in the order in which they are. */
  readonly files: readonly FileIdentity[];
  /** How many of `files` have been read whole, and how many lines of the one behind them. */
  readonly read: number;
  readonly lines: number;
}

const START: Position = { done: [], files: [], read: 0, lines: 0 };

/** A record by its place. */
interface Line {
  readonly file: string;
  readonly number: number;
}

/** Reads the older files first: what a change takes back came before it. */
export class RecordFiles implements SourceOperator {
  #context!: OperatorContext;
  #rows!: SourceRows;
  /** What has gone out. */
  #position: Position;
  /** The values of the partition of the file that is being read; null: nobody has asked. */
  #partition: readonly SqlValue[] | null = null;
  readonly #isRestored: boolean;
  readonly #path: string;
  readonly #reader: RecordReader<Line>;
  readonly #rejected: RejectedRecords | null;

  constructor(
    private readonly stage: SourceStage,
    private readonly table: RecordTable,
    private readonly host: ConnectorHost,
  ) {
    this.#path = resolve(host.workingDirectory, table.path);
    const state = host.job.restored?.get(stage.id) ?? null;
    this.#isRestored = state !== null;
    this.#position = state === null ? START : fromJsonBytes<Position>(state);
    this.#rejected = table.format.onParseError === 'dead_letter' ? new RejectedRecords(stage, host) : null;
    this.#reader = this.#recordReader();
  }

  /** @throws {SourceError} SOURCE_NOT_FOUND, SOURCE_CHANGED */
  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
    this.#rows = new SourceRows(this.stage, this.host.job, context);
    const { files } = this.#position;
    if (this.table.monitorMs !== null) {
      checkUnchanged(
        files,
        files.flatMap(([path]) => filesAt(path)),
      );
      return;
    }
    const now = olderFirst(identitiesOf([{ path: this.#path }]));
    if (this.#isRestored) checkUnchanged(files, now);
    else this.#position = { ...START, files: now };
    if (now.length === 0 && !existsSync(this.#path)) throw this.#notThere();
  }

  async run(): Promise<void> {
    const { signal } = this.#context;
    const { monitorMs } = this.table;
    while (!signal.aborted) {
      await this.#readFiles();
      if (monitorMs === null || signal.aborted) return;
      const files = newFiles(this.stage.table, this.#path, new Set(this.#position.done));
      if (files.length === 0) await pause(this.#context, monitorMs);
      else this.#position = { ...this.#position, files };
    }
  }

  snapshot(barrier: Barrier): Promise<void> {
    return this.#rows.snapshot(barrier, () => jsonBytes(this.#position));
  }

  async close(): Promise<void> {}

  #notThere(): SourceError {
    return new SourceError(
      'SOURCE_NOT_FOUND',
      `Table ${this.stage.table}: there are no files ${this.#path}.`,
      {
        details: { file: this.#path },
        hint: `Relative paths are resolved against the working directory, ${this.host.workingDirectory}.`,
      },
    );
  }

  async #readFiles(): Promise<void> {
    const { files, read, done } = this.#position;
    for (const file of files.slice(read)) {
      await this.#readFile(file);
      if (this.#context.signal.aborted) return;
      this.#position = { ...this.#position, read: this.#position.read + 1, lines: 0 };
    }
    if (this.table.monitorMs === null) return;
    this.#position = { ...START, done: [...done, ...files.map(([path]) => path)] };
  }

  async #readFile([path, bytes]: FileIdentity): Promise<void> {
    const before = this.#position.lines;
    let number = 0;
    this.#partition = null;
    try {
      for await (const lines of linesOf(path, bytes, this.#context.signal)) {
        for (const line of lines) {
          number += 1;
          if (number <= before) continue;
          this.#reader.read(line, { file: path, number }, (row) => this.#rows.add(row));
          if (this.#rows.pending >= MOST_ROWS) await this.#send(number);
        }
        if (number > before) await this.#send(number);
      }
    } catch (error) {
      if (this.#context.signal.aborted) return;
      throw error instanceof MillstreamError ? error : unreadable(this.stage.table, path, error);
    }
  }

  async #send(lines: number): Promise<void> {
    await this.#rejected?.write();
    await this.#rows.send(() => {
      this.#position = { ...this.#position, lines };
    });
  }

  #recordReader(): RecordReader<Line> {
    const { declared, partitionedBy, table } = this.stage;
    // Partition columns are known beside the record, as METADATA is.
    const inFolders = declared.filter(({ name }) => partitionedBy.includes(name));
    const fields = declared.map((field) =>
      inFolders.includes(field) ? { ...field, metadata: field.name } : field,
    );
    const inRecords = fieldsOf(fields);
    const valuesOf = partitionReader(inFolders);
    const rejected = this.#rejected;
    return new RecordReader(
      fields,
      this.table.format.decoder(inRecords),
      inRecords.map(({ name }) => name),
      (key, _field, { file }) => {
        this.#partition ??= valuesOf(file);
        return this.#partition[inFolders.findIndex(({ name }) => name === key)]!;
      },
      ({ file, number }) => `line ${number} of ${file}`,
      table,
      rejected &&
        ((error, { file, number }, bytes) => rejected.reject(error, { file, line: String(number) }, bytes)),
    );
  }
}

function unreadable(table: string, path: string, cause: unknown): SourceError {
  return new SourceError('SOURCE_READ', `Table ${table}: ${path} cannot be read: ${reasonOf(cause)}.`, {
    details: { file: path },
    hint: 'Check that the file is there and whole, and the rights of it.',
    cause,
  });
}
