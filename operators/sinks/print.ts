/** The `print` connector: a line for each row, as Flink's: `+I[1, abc, null]`. */

import type { Column } from '../../core/index.js';
import {
  type Barrier,
  type Batch,
  decodeBatch,
  type Exchange,
  jsonWriter,
  type Operator,
  type OperatorContext,
  type SchemaRegistry,
  type SinkStage,
  type SqlValue,
  type Watermark,
} from '../../core/index.js';

/** Writes text; resolves when more may be written. */
export type WriteText = (text: string) => Promise<void>;

/** Text and lists as they are, everything else by the JSON encoding without its quotes; NULL is `null`. */
export class PrintSink implements Operator {
  #context!: OperatorContext;
  readonly #prefix: string;

  constructor(
    private readonly stage: SinkStage,
    private readonly exchange: Exchange,
    private readonly schemas: SchemaRegistry,
    private readonly write: WriteText,
  ) {
    const identifier = stage.options['print-identifier'];
    this.#prefix = identifier === undefined || identifier === '' ? '' : `${identifier}> `;
  }

  async open(context: OperatorContext): Promise<void> {
    this.#context = context;
  }

  async processBatch(batch: Batch): Promise<void> {
    const all = decodeBatch(batch, this.exchange, this.schemas);
    const columns = this.stage.columns.map(({ column }) => ({
      read: all[column]!.value,
      text: textWriter(this.exchange.columns[column]!),
    }));
    const lines: string[] = [];
    for (let row = 0; row < batch.rows; row++) {
      const values = columns.map(({ read, text }) => text(read(row)));
      lines.push(`${this.#prefix}+I[${values.join(', ')}]\n`);
    }
    await this.write(lines.join(''));
  }

  async processWatermark(_watermark: Watermark): Promise<void> {}

  async snapshot(barrier: Barrier): Promise<void> {
    this.#context.acknowledge(barrier.checkpointId, null);
  }

  async endInput(): Promise<void> {}

  async close(): Promise<void> {}
}

function textWriter(column: Column): (value: SqlValue) => string {
  const json = jsonWriter(column.type);
  return (value) => {
    if (typeof value === 'string') return value;
    const text = json(value);
    return text.startsWith('"') ? text.slice(1, -1) : text;
  };
}
