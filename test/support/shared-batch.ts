import type { Batch, SharedMessage } from '../../core/index.js';

/** A message in memory of this process that counts who holds it, as one in shared memory does. */
export class CountedMessage implements SharedMessage {
  holders = 1;

  constructor(private readonly bytes: Uint8Array) {}

  get byteLength(): number {
    return this.bytes.byteLength;
  }

  read(): Uint8Array {
    this.#check();
    return this.bytes.slice();
  }

  hold(): void {
    this.#check();
    this.holders += 1;
  }

  release(): void {
    this.#check();
    this.holders -= 1;
  }

  #check(): void {
    if (this.holders < 1) throw new Error('nobody holds it');
  }
}

/** The batch as if its messages lay in shared memory, and those messages, held once each. */
export function shareBatch(batch: Batch): { readonly batch: Batch; readonly messages: CountedMessage[] } {
  const messages = batch.groups.map(({ message }) => new CountedMessage(message));
  const groups = batch.groups.map((group, i) => ({
    ...group,
    message: group.message.subarray(0, 8),
    shared: messages[i]!,
  }));
  return { batch: { ...batch, groups }, messages };
}
