/** Records that cannot be read and are given up: told in the file of dead letters, with their place. */
import type { SourceStage } from '../../core/index.js';
import type { MalformedRecord } from '../formats/format.js';
import type { ConnectorHost } from './connector.js';

/** A record as a dead letter has it: where it was, and its bytes, as text under `value`. */
export interface RejectedRecord {
  readonly message: string;
  readonly row: Readonly<Record<string, string>>;
}

/** Takes the place of a failure of the job. */
export type RejectRecord = (
  error: MalformedRecord,
  place: Readonly<Record<string, string>>,
  bytes: Uint8Array | null,
) => void;

/** Those of a source that have not been written. */
export class RejectedRecords {
  #records: RejectedRecord[] = [];
  #hasTold = false;

  constructor(
    private readonly stage: SourceStage,
    private readonly host: ConnectorHost,
  ) {}

  readonly reject: RejectRecord = ({ message }, place, bytes) => {
    const value = bytes === null ? {} : { value: textOf(bytes) };
    this.#records.push({
      message: `A record of table ${this.stage.table} cannot be read: ${message}.`,
      row: { ...place, ...value },
    });
  };

  /** Before the rows behind them go out. @throws {SinkError} DEAD_LETTER_WRITE */
  async write(): Promise<void> {
    if (this.#records.length === 0) return;
    const records = this.#records;
    this.#records = [];
    const place = await this.host.writeRejected(this.stage.id, records);
    if (this.#hasTold) return;
    this.#hasTold = true;
    this.host.onNote(`table ${this.stage.table}: records that cannot be read are left out, see ${place}`);
  }
}

/** UTF-8, or hexadecimal digits where it is none. */
function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return `0x${Buffer.from(bytes).toString('hex')}`;
  }
}
