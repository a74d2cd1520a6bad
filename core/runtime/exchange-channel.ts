/** The two ends of a running exchange, as tasks see them: the same for `edge.ts` and `spill-exchange.ts`. */
import { batchBytes, type StreamElement } from '../batch/batch.js';

export interface ExchangeWriter {
  /** Resolves when the exchange has taken the element: waiting is the backpressure. Order is that of the calls. */
  push(element: StreamElement): Promise<void>;
}

export interface ExchangeReader {
  /**
   * The next element. Asking for it says that the one before has been dealt with: only then is its room given back.
   * Never called twice at once. After `close`, and after the end, every answer is the end.
   */
  pull(): Promise<StreamElement>;
  /** No more is needed: what waits is dropped, and what comes is taken and dropped. */
  close(): void;
}

/** A running exchange. */
export interface ExchangeChannel extends ExchangeWriter {
  /** The reader of consumer `consumer`, counted over all inputs that read the exchange. */
  reader(consumer: number): ExchangeReader;
  /** Called once when the last reader has closed: the producer may stop. */
  onUnneeded(listener: () => void): void;
  /** Every pending and later `push` and `pull` rejects with `error`. */
  fail(error: unknown): void;
  /** An exchange as this one was at the start, for a producer that begins anew; this one's readers read it too where it spills. */
  renewed(): Promise<ExchangeChannel>;
  /** False: its rows were given up before they were all there, so a reader that begins anew finds none. */
  readonly isReadable: boolean;
  /** Removes what the exchange keeps outside memory. */
  dispose(): Promise<void>;
  /** For the stall check and the progress line. */
  readonly activity: ChannelActivity;
}

export interface ChannelActivity {
  /** Elements taken and handed out since the start; those that `movesOn` does not count are left out. */
  readonly moved: number;
  readonly usedBytes: number;
  readonly capacityBytes: number;
  /** A `push` waits for room. */
  readonly isFull: boolean;
  /** Consumers whose `pull` waits for an element. */
  readonly hungry: readonly number[];
}

/** False for the marker of a mini-batch: it comes by the clock, also while a job stands still. */
export function movesOn(element: StreamElement): boolean {
  return element.kind !== 'watermark' || element.miniBatch === undefined;
}

/** What an element costs on an edge beside its buffers: so markers and empty batches are bounded too. */
export const ELEMENT_OVERHEAD_BYTES = 512;

/** Bytes that an element is charged for. */
export function elementBytes(element: StreamElement): number {
  return ELEMENT_OVERHEAD_BYTES + (element.kind === 'batch' ? batchBytes(element) : 0);
}

export const END_OF_INPUT: StreamElement = { kind: 'end' };
