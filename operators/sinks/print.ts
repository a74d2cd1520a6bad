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
import { CHANGES, type Change } from '../streaming/row-function.js';

/** Writes text; resolves when more may be written. */
export type WriteText = (text: string) => Promise<void>;

/** Text as it is, times and intervals as Java prints them, everything else by the JSON encoding without its quotes; NULL is `null`. */
export class PrintSink implements Operator {
  #context!: OperatorContext;
  readonly #prefix: string;
  #hasPrinted = false;

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
    const changes = this.stage.change === null ? null : all[this.stage.change]!;
    const lines: string[] = [];
    for (let row = 0; row < batch.rows; row++) {
      const values = columns.map(({ read, text }) => text(read(row)));
      const change = changes === null ? '+I' : CHANGES[changes.value(row) as Change];
      lines.push(`${this.#prefix}${change}[${values.join(', ')}]\n`);
    }
    this.#hasPrinted = true;
    await this.write(lines.join(''));
  }

  whyNotAgain(): string | null {
    return this.#hasPrinted ? 'rows have been printed' : null;
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
    if (value !== null && column.type.kind === 'INTERVAL_YEAR_MONTH') return javaPeriod(value as number);
    if (value !== null && column.type.kind === 'INTERVAL_DAY_TIME') return javaDuration(value as bigint);
    const text = json(value);
    return text.startsWith('"') ? javaTime(text.slice(1, -1), column.type.kind) : text;
  };
}

/** `P14M`; none is `P0D`. */
function javaPeriod(months: number): string {
  return months === 0 ? 'P0D' : `P${months}M`;
}

/** `PT26H3M4.567S`; of a negative one each part is. */
function javaDuration(millis: bigint): string {
  if (millis === 0n) return 'PT0S';
  const hours = millis / 3_600_000n;
  const minutes = (millis / 60_000n) % 60n;
  const seconds = Number(millis % 60_000n) / 1_000;
  return `PT${hours === 0n ? '' : `${hours}H`}${minutes === 0n ? '' : `${minutes}M`}${seconds === 0 ? '' : `${seconds}S`}`;
}

/** `LocalTime`, `LocalDateTime` and `Instant` leave out what is zero at the end; an instant keeps its seconds. */
function javaTime(text: string, kind: Column['type']['kind']): string {
  if (kind !== 'TIME' && kind !== 'TIMESTAMP' && kind !== 'TIMESTAMP_LTZ') return text;
  const [, date = '', minutes, seconds, fraction = '', zone = ''] = TIME.exec(text) ?? [];
  if (minutes === undefined) return text;
  const digits = fraction.padEnd(Math.ceil(fraction.length / 3) * 3, '0');
  const isShort = seconds === '00' && digits === '' && zone === '';
  return `${date}${date === '' ? '' : 'T'}${minutes}${isShort ? '' : `:${seconds}`}${digits === '' ? '' : `.${digits}`}${zone}`;
}

const TIME = /^(?:(\S+) )?(\d\d:\d\d):(\d\d)(?:\.(\d*?)0*)?(Z?)$/;
