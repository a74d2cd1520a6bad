/** Writes rows as records, a line each, into one part file, or into one in each partition. */
import { createWriteStream, type WriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import {
  type Barrier,
  type Batch,
  type Column,
  decodeBatch,
  type Exchange,
  type Operator,
  type OperatorContext,
  type OperatorSurroundings,
  reasonOf,
  SinkError,
  type SinkStage,
  type SqlValue,
  type Watermark,
} from '../../../core/index.js';
import type { FileOutput } from '../../file-output.js';
import type { RowEncoder } from '../../formats/format.js';
import type { Format } from '../../formats/make-format.js';
import { type Change, INSERT } from '../../streaming/row-function.js';
import { partitionNamer } from './partition-names.js';

/** Bytes that are put together before they are written. */
const CHUNK_BYTES = 65_536;
const NEWLINE = Buffer.from('\n');

export class RecordWriter implements Operator {
  readonly #exchange: Exchange;
  readonly #encoder: RowEncoder;
  /** Positions in the exchange of the columns that are in records, and of those that name folders. */
  readonly #places: readonly number[];
  readonly #partitionPlaces: readonly number[];
  readonly #folderOf: ((values: readonly SqlValue[]) => string) | null;
  /** By folder below the output; the empty name is the output itself. */
  readonly #files = new Map<string, PartFile>();

  constructor(
    private readonly stage: SinkStage,
    format: Format,
    private readonly job: OperatorSurroundings,
    private readonly output: FileOutput,
  ) {
    this.#exchange = job.graph.exchanges.find(({ id }) => id === stage.inputs[0])!;
    const partitionedBy = stage.files!.partitionedBy;
    const inRecords = stage.fields.filter(({ name }) => !partitionedBy.includes(name));
    const inFolders = partitionedBy.map((name) => stage.fields.find((field) => field.name === name)!);
    const placesOf = (fields: readonly Column[]) =>
      fields.map(({ name }) => stage.columns.find((column) => column.name === name)!.column);
    this.#encoder = format.encoder(inRecords);
    this.#places = placesOf(inRecords);
    this.#partitionPlaces = placesOf(inFolders);
    this.#folderOf = inFolders.length === 0 ? null : partitionNamer(inFolders);
  }

  async open(_context: OperatorContext): Promise<void> {
    await this.output.clear();
    if (this.#folderOf === null) await this.#fileIn('');
  }

  /** @throws {SinkError} SINK_WRITE, SINK_ROW */
  async processBatch(batch: Batch): Promise<void> {
    const columns = decodeBatch(batch, this.#exchange, this.job.schemas);
    const change = this.stage.change === null ? null : columns[this.stage.change]!;
    for (let row = 0; row < batch.rows; row++) {
      const values = (places: readonly number[]) => places.map((place) => columns[place]!.value(row));
      const kind = (change?.value(row) ?? INSERT) as Change;
      const record = this.#encoder.encode(values(this.#places), kind);
      const folder = this.#folderOf?.(values(this.#partitionPlaces)) ?? '';
      const file = this.#files.get(folder) ?? (await this.#fileIn(folder));
      if (record !== null) await file.add(record);
    }
    for (const file of this.#files.values()) await file.flush();
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(_barrier: Barrier): Promise<void> {}

  async endInput(): Promise<void> {
    for (const file of this.#files.values()) await file.end();
  }

  async close(): Promise<void> {
    for (const file of this.#files.values()) file.destroy();
  }

  async #fileIn(folder: string): Promise<PartFile> {
    const { temporaryPath } = this.output;
    const path = folder === '' ? temporaryPath : join(temporaryPath, folder, partName(temporaryPath));
    const file = new PartFile(path, this.stage.table);
    await file.open();
    this.#files.set(folder, file);
    return file;
  }
}

/** Of a part in a partition: shown, it is named as the part itself. */
function partName(temporaryPath: string): string {
  return basename(temporaryPath)
    .replace(/^\./, '')
    .replace(/\.inprogress$/, '');
}

/** A file that grows. */
class PartFile {
  #stream: WriteStream | null = null;
  #lines: Uint8Array[] = [];
  #bytes = 0;

  constructor(
    private readonly path: string,
    private readonly table: string,
  ) {}

  async open(): Promise<void> {
    await this.#told(async () => {
      await mkdir(dirname(this.path), { recursive: true });
      const stream = createWriteStream(this.path);
      this.#stream = stream;
      await new Promise((resolve, reject) => stream.once('open', resolve).once('error', reject));
    });
  }

  async add(record: Uint8Array): Promise<void> {
    this.#lines.push(record, NEWLINE);
    this.#bytes += record.byteLength;
    if (this.#bytes >= CHUNK_BYTES) await this.flush();
  }

  async flush(): Promise<void> {
    if (this.#lines.length === 0) return;
    const bytes = Buffer.concat(this.#lines);
    this.#lines = [];
    this.#bytes = 0;
    const stream = this.#stream!;
    await this.#told(
      () =>
        new Promise<void>((resolve, reject) =>
          stream.write(bytes, (error) => (error ? reject(error) : resolve())),
        ),
    );
  }

  async end(): Promise<void> {
    const stream = this.#stream!;
    await this.#told(async () => {
      stream.end();
      await finished(stream);
    });
  }

  destroy(): void {
    this.#stream?.destroy();
  }

  async #told(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (cause) {
      throw new SinkError(
        'SINK_WRITE',
        `Table ${this.table}: ${this.path} cannot be written: ${reasonOf(cause)}`,
        {
          hint: "Check the table's 'path' and the rights and free space of that folder.",
          cause,
        },
      );
    }
  }
}
