import type { MessageToProduce } from '@platformatic/kafka';

export type KafkaRecord = MessageToProduce<Buffer, Buffer, Buffer, Buffer>;

/** Of one request: the client makes one batch of them for each partition, and brokers take batches of at most 1 MiB. */
const MOST_TOGETHER_BYTES = 900_000;
/** That may wait before rows are held up. */
const MOST_WAITING_BYTES = 8 * 2 ** 20;
const MOST_WAITING = 16_384;
/** What a record, or a header of one, costs beside its bytes. */
const OVERHEAD_BYTES = 32;

/** Records behind those on their way, in the order of the rows. */
export class WaitingRecords {
  #records: KafkaRecord[] = [];
  #bytes = 0;

  add(record: KafkaRecord): void {
    this.#records.push(record);
    this.#bytes += bytesOf(record);
  }

  get isEmpty(): boolean {
    return this.#records.length === 0;
  }

  get isFull(): boolean {
    return this.#records.length >= MOST_WAITING || this.#bytes >= MOST_WAITING_BYTES;
  }

  /** Takes the first ones, as many as go together; one that is larger goes alone. */
  take(): KafkaRecord[] {
    let count = 0;
    let bytes = 0;
    for (const record of this.#records) {
      const more = bytesOf(record);
      if (count > 0 && bytes + more > MOST_TOGETHER_BYTES) break;
      bytes += more;
      count += 1;
    }
    this.#bytes -= bytes;
    return this.#records.splice(0, count);
  }
}

function bytesOf({ key, value, headers }: KafkaRecord): number {
  let bytes = OVERHEAD_BYTES + (key?.length ?? 0) + (value?.length ?? 0);
  if (headers instanceof Map)
    for (const [name, content] of headers) bytes += OVERHEAD_BYTES + name.length + content.length;
  return bytes;
}
