import type { StreamElement } from '../batch/batch.js';
import type { SpillFiles, SpillReaderFactory, SpillWriter } from '../ports/ports.js';
import { deferred } from './deferred.js';
import {
  type ChannelActivity,
  END_OF_INPUT,
  type ExchangeChannel,
  type ExchangeReader,
} from './exchange-channel.js';
import { decodeSpillFrame, encodeSpillFrame, SPILL_PREFIX_BYTES, spillFrameBytes } from './spill-frame.js';

/**
 * A materialised exchange: written once to a spill file, read by each consumer from the start once the producer
 * has ended. Holds one element for each reader in memory.
 */
export class SpillExchange implements ExchangeChannel {
  private writer: Promise<SpillWriter> | null = null;
  private readonly file = deferred<SpillReaderFactory>();
  private finished: SpillReaderFactory | null = null;
  private turn: Promise<void> = Promise.resolve();
  private failure: { readonly error: unknown } | null = null;
  private unneeded: () => void = () => {};
  private readonly openReaders: Set<number>;
  private readonly hungry = new Set<number>();
  private moved = 0;

  constructor(
    private readonly name: string,
    private readonly files: SpillFiles,
    consumers: number,
  ) {
    this.openReaders = new Set(Array.from({ length: consumers }, (_, consumer) => consumer));
  }

  push(element: StreamElement): Promise<void> {
    const written = this.turn.then(() => this.write(element));
    this.turn = written.catch(() => {});
    return written;
  }

  reader(consumer: number): ExchangeReader {
    this.openReaders.add(consumer);
    return new SpillReader(this.file.promise, {
      onWait: (waits) => (waits ? this.hungry.add(consumer) : this.hungry.delete(consumer)),
      onElement: () => {
        this.moved += 1;
        if (this.failure !== null) throw this.failure.error;
      },
      onClose: () => {
        this.openReaders.delete(consumer);
        if (this.openReaders.size === 0) this.unneeded();
      },
    });
  }

  onUnneeded(listener: () => void): void {
    this.unneeded = listener;
  }

  fail(error: unknown): void {
    this.failure ??= { error };
    this.file.reject(error);
  }

  /** What was written is dropped; a `push` that is under way ends before. */
  async renewed(): Promise<SpillExchange> {
    const emptied = this.turn.then(async () => {
      const written = await this.writer;
      this.writer = null;
      await written?.discard();
    });
    this.turn = emptied.catch(() => {});
    await emptied;
    return this;
  }

  get isReadable(): boolean {
    return this.finished !== null || this.openReaders.size > 0;
  }

  async dispose(): Promise<void> {
    await this.turn;
    if (this.finished !== null) await this.finished.discard();
    else if (this.writer !== null) await (await this.writer).discard();
  }

  /** A file has no bound of its own: the temporary-disk budget of its port bounds it. */
  get activity(): ChannelActivity {
    return { moved: this.moved, usedBytes: 0, capacityBytes: 0, isFull: false, hungry: [...this.hungry] };
  }

  private async write(element: StreamElement): Promise<void> {
    if (this.failure !== null) throw this.failure.error;
    this.writer ??= this.files.create(this.name);
    const writer = await this.writer;
    await writer.append(encodeSpillFrame(element));
    this.moved += 1;
    if (element.kind !== 'end') return;
    this.finished = await writer.finish();
    this.file.resolve(this.finished);
  }
}

interface ReaderEvents {
  readonly onWait: (waits: boolean) => void;
  /** Throws when the exchange has failed. */
  readonly onElement: () => void;
  readonly onClose: () => void;
}

/** Reads frame after frame; the prefix of the next frame is read together with the frame before it. */
class SpillReader implements ExchangeReader {
  private opened: SpillReaderFactory | null = null;
  private position = 0;
  private prefix: Uint8Array | null = null;
  private ended = false;
  private readonly closed = deferred<null>();

  constructor(
    private readonly file: Promise<SpillReaderFactory>,
    private readonly events: ReaderEvents,
  ) {}

  async pull(): Promise<StreamElement> {
    if (this.ended) return END_OF_INPUT;
    this.opened ??= await this.open();
    if (this.opened === null) return END_OF_INPUT;
    const element = await this.read(this.opened);
    this.events.onElement();
    if (element.kind === 'end') this.ended = true;
    return this.ended ? END_OF_INPUT : element;
  }

  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.closed.resolve(null);
    this.events.onClose();
  }

  /** Waits for the producer to end; null where the reader is closed before. */
  private async open(): Promise<SpillReaderFactory | null> {
    this.events.onWait(true);
    try {
      return await Promise.race([this.file, this.closed.promise]);
    } finally {
      this.events.onWait(false);
    }
  }

  private async read(file: SpillReaderFactory): Promise<StreamElement> {
    const prefix = this.prefix ?? (await this.readAt(file, SPILL_PREFIX_BYTES));
    const bodyBytes = spillFrameBytes(prefix);
    const isLast = this.position + bodyBytes >= file.byteLength;
    const bytes = await this.readAt(file, bodyBytes + (isLast ? 0 : SPILL_PREFIX_BYTES));
    this.prefix = bytes.slice(bodyBytes);
    return decodeSpillFrame(prefix, bytes.subarray(0, bodyBytes));
  }

  private async readAt(file: SpillReaderFactory, length: number): Promise<Uint8Array> {
    const bytes = await file.read(this.position, length);
    this.position += length;
    return bytes;
  }
}
