import type { StreamElement } from '../batch/batch.js';
import { holdElement, releaseElement } from '../batch/hold.js';
import { ByteBudget, type ByteLease } from './byte-budget.js';
import { type Deferred, deferred } from './deferred.js';
import {
  type ChannelActivity,
  END_OF_INPUT,
  type ExchangeChannel,
  type ExchangeReader,
  elementBytes,
  movesOn,
} from './exchange-channel.js';

/**
 * A streaming exchange: a queue between one producer and one consumer, bounded by credits in bytes. An element is
 * charged and held from `push` until the consumer asks for the one after it.
 */
export class Edge implements ExchangeChannel, ExchangeReader {
  private readonly budget: ByteBudget;
  private readonly queue: Queued[] = [];
  /** What the consumer is at. */
  private last: Queued | null = null;
  private puller: Deferred<StreamElement> | null = null;
  private failure: { readonly error: unknown } | null = null;
  private ended = false;
  private closed = false;
  private unneeded: () => void = () => {};
  private moved = 0;

  constructor(capacityBytes: number) {
    this.budget = new ByteBudget(capacityBytes);
  }

  async push(element: StreamElement): Promise<void> {
    if (this.closed) return;
    const lease = await this.budget.acquire(elementBytes(element));
    if (this.closed) return lease.release();
    if (movesOn(element)) this.moved += 1;
    holdElement(element);
    this.queue.push({ element, lease });
    const { puller } = this;
    if (puller !== null) {
      this.puller = null;
      puller.resolve(this.take());
    }
  }

  async pull(): Promise<StreamElement> {
    if (this.failure !== null) throw this.failure.error;
    if (this.last !== null) drop(this.last);
    this.last = null;
    if (this.closed || this.ended) return END_OF_INPUT;
    if (this.queue.length > 0) return this.take();
    this.puller = deferred();
    return this.puller.promise;
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    // Not dropped: the consumer may still be at it.
    this.last?.lease.release();
    this.dropQueue();
    this.puller?.resolve(END_OF_INPUT);
    this.puller = null;
    if (!this.ended) this.unneeded();
  }

  reader(): ExchangeReader {
    return this;
  }

  onUnneeded(listener: () => void): void {
    this.unneeded = listener;
  }

  fail(error: unknown): void {
    if (this.failure !== null) return;
    this.failure = { error };
    this.budget.fail(error);
    this.puller?.reject(error);
    this.puller = null;
    this.dropQueue();
  }

  async renewed(): Promise<Edge> {
    return new Edge(this.budget.capacityBytes);
  }

  get isReadable(): boolean {
    return true;
  }

  async dispose(): Promise<void> {
    this.dropQueue();
  }

  get activity(): ChannelActivity {
    return {
      moved: this.moved,
      usedBytes: this.budget.usedBytes,
      capacityBytes: this.budget.capacityBytes,
      isFull: this.budget.isBlocking,
      hungry: this.puller === null ? [] : [0],
    };
  }

  private take(): StreamElement {
    this.last = this.queue.shift()!;
    const { element } = this.last;
    if (movesOn(element)) this.moved += 1;
    this.ended = element.kind === 'end';
    return element;
  }

  private dropQueue(): void {
    for (const queued of this.queue.splice(0)) drop(queued);
  }
}

function drop({ element, lease }: Queued): void {
  lease.release();
  releaseElement(element);
}

interface Queued {
  readonly element: StreamElement;
  readonly lease: ByteLease;
}
