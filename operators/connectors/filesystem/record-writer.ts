/** Writes rows as records, a line each, into one part file, or into one in each partition. */
import { basename, join } from 'node:path';
import {
  type Barrier,
  type Batch,
  type Column,
  decodeBatch,
  type Exchange,
  type Operator,
  type OperatorContext,
  type OperatorSurroundings,
  type SinkStage,
  type SqlValue,
  type Watermark,
} from '../../../core/index.js';
import type { FileOutput } from '../../file-output.js';
import type { RowEncoder } from '../../formats/format.js';
import type { Format } from '../../formats/make-format.js';
import { type Change, INSERT } from '../../streaming/row-function.js';
import { type PartFile, PartFiles } from './part-files.js';
import { partitionNamer } from './partition-names.js';

export class RecordWriter implements Operator {
  readonly #exchange: Exchange;
  readonly #encoder: RowEncoder;
  /** Positions in the exchange of the columns that are in records, and of those that name folders. */
  readonly #places: readonly number[];
  readonly #partitionPlaces: readonly number[];
  readonly #folderOf: ((values: readonly SqlValue[]) => string) | null;
  /** By folder below the output; the empty name is the output itself. */
  readonly #files = new Map<string, PartFile>();
  readonly #parts: PartFiles;

  constructor(
    private readonly stage: SinkStage,
    format: Format,
    private readonly job: OperatorSurroundings,
    private readonly output: FileOutput,
  ) {
    this.#parts = new PartFiles(stage.table);
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
    await this.#parts.flush();
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(_barrier: Barrier): Promise<void> {}

  async endInput(): Promise<void> {
    await this.#parts.close();
  }

  async close(): Promise<void> {
    await this.#parts.close();
  }

  async #fileIn(folder: string): Promise<PartFile> {
    const { temporaryPath } = this.output;
    const path = folder === '' ? temporaryPath : join(temporaryPath, folder, partName(temporaryPath));
    const file = await this.#parts.begin(path);
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
