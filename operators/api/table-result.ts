/** The rows of a table as its reader takes them: the query runs while they are taken, at the reader's pace. */
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import {
  decodeBatch,
  SchemaRegistry,
  type SqlValue,
  type Column as TableColumn,
  types,
  validateRecordBatchMessage,
} from '../../core/index.js';
import type { JobSummary, RowChange, RowsResult } from '../session/session-types.js';
import { CHANGES, type Change, INSERT } from '../streaming/row-function.js';
import { recordReader } from './record-value.js';

/** A record of a changelog. */
export interface ChangedRecord<R> {
  /** It is there from now on (`+I`, `+U`), or no more (`-U`: another takes its place, `-D`). */
  readonly op: RowChange;
  readonly row: R;
}

const CHANGE_COLUMN: TableColumn = { name: 'change', type: types.notNull(types.tinyint()) };

/** The end of an IPC stream: a continuation marker and a length of zero. */
const END_BYTES = 8;

/**
 * Rows of the record type `R`. Every iteration plans and runs the query anew; leaving one early cancels it. Errors of
 * the query are thrown by the iteration.
 */
export class TableResult<R extends object> implements AsyncIterable<RecordBatch> {
  #summary: () => JobSummary | null = () => null;

  /** `plan` gives a result of which nothing has been taken, each time. */
  constructor(private readonly plan: () => Promise<RowsResult>) {}

  /** Arrow record batches, none of them empty; the next is made when it is asked for. */
  async *[Symbol.asyncIterator](): AsyncGenerator<RecordBatch, void, undefined> {
    for await (const { schema, message } of messagesOf((await this.#plan()).arrowStream())) {
      yield RecordBatchReader.from([schema, message]).next().value as RecordBatch;
    }
  }

  /** Rows as records, exact: BIGINT is bigint, DECIMAL and times are text (docs/typescript-api.md). */
  async *records(): AsyncGenerator<R, void, undefined> {
    const result = await this.#plan();
    const read = recordReader(result.columns);
    for await (const row of this.#rows(result.arrowStream(), result.columns)) yield read(row) as R;
  }

  /** Records with what becomes of each; where rows do not change later all of them are `+I`. */
  async *changes(): AsyncGenerator<ChangedRecord<R>, void, undefined> {
    const result = await this.#plan();
    const read = recordReader(result.columns);
    const { changeStream } = result;
    const stream = changeStream === null ? result.arrowStream() : changeStream();
    const columns = changeStream === null ? result.columns : [...result.columns, CHANGE_COLUMN];
    for await (const row of this.#rows(stream, columns)) {
      const change = (changeStream === null ? INSERT : row.at(-1)) as Change;
      yield { op: CHANGES[change], row: read(row) as R };
    }
  }

  /** All records at once: for results that fit in memory. */
  async toArray(): Promise<R[]> {
    const records: R[] = [];
    for await (const record of this.records()) records.push(record);
    return records;
  }

  /** Names and SQL types; plans the query and runs nothing. */
  async columns(): Promise<readonly TableColumn[]> {
    return (await this.#plan()).columns;
  }

  /** Where rows, time and memory of the last iteration went; null before it has ended. */
  get summary(): JobSummary | null {
    return this.#summary();
  }

  async #plan(): Promise<RowsResult> {
    const result = await this.plan();
    this.#summary = () => result.summary();
    return result;
  }

  async *#rows(
    stream: AsyncIterable<Uint8Array>,
    columns: readonly TableColumn[],
  ): AsyncGenerator<SqlValue[], void, undefined> {
    const schemas = new SchemaRegistry();
    const exchange = { columns, groups: [columns.map((_, i) => i)] };
    for await (const { schema, message } of messagesOf(stream)) {
      const group = schemas.register(schema);
      const { rows } = validateRecordBatchMessage(message, schemas.layout(group));
      const groups = [{ schema: group, message, shared: null, messageRows: rows, selection: null }];
      const decoded = decodeBatch({ kind: 'batch', rows, groups, continued: false }, exchange, schemas);
      for (let row = 0; row < rows; row++) yield decoded.map((column): SqlValue => column.value(row));
    }
  }
}

async function* messagesOf(stream: AsyncIterable<Uint8Array>) {
  let schema: Uint8Array | null = null;
  for await (const message of stream) {
    if (schema === null) schema = message;
    else if (message.byteLength > END_BYTES) yield { schema, message };
  }
}
