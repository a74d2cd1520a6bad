/** The rows of a table as its reader takes them: the query runs while they are taken, at the reader's pace. */
import { type RecordBatch, RecordBatchReader } from 'apache-arrow';
import {
  decodeBatch,
  SchemaRegistry,
  type SqlValue,
  type Column as TableColumn,
  validateRecordBatchMessage,
} from '../../core/index.js';
import type { JobSummary, RowsResult } from '../session/session-types.js';
import { recordReader } from './record-value.js';

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
    for await (const { schema, message } of this.#messages(await this.#plan())) {
      yield RecordBatchReader.from([schema, message]).next().value as RecordBatch;
    }
  }

  /** Rows as records, exact: BIGINT is bigint, DECIMAL and times are text (docs/typescript-api.md). */
  async *records(): AsyncGenerator<R, void, undefined> {
    const result = await this.#plan();
    const read = recordReader(result.columns);
    const schemas = new SchemaRegistry();
    const exchange = { columns: result.columns, groups: [result.columns.map((_, i) => i)] };
    for await (const { schema, message } of this.#messages(result)) {
      const group = schemas.register(schema);
      const { rows } = validateRecordBatchMessage(message, schemas.layout(group));
      const groups = [{ schema: group, message, shared: null, messageRows: rows, selection: null }];
      const columns = decodeBatch({ kind: 'batch', rows, groups, continued: false }, exchange, schemas);
      for (let row = 0; row < rows; row++) {
        yield read(columns.map((column): SqlValue => column.value(row))) as R;
      }
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

  async *#messages(result: RowsResult) {
    let schema: Uint8Array | null = null;
    for await (const message of result.arrowStream()) {
      if (schema === null) schema = message;
      else if (message.byteLength > END_BYTES) yield { schema, message };
    }
  }
}
