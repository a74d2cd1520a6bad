import type { StreamElement } from '../batch/batch.js';
import { holdElement, releaseElement } from '../batch/hold.js';
import { Edge } from './edge.js';
import type { ChannelActivity, ExchangeChannel, ExchangeReader } from './exchange-channel.js';

/**
 * A streaming exchange with several consumers: each has all elements, in order, through an edge of its own. The slowest one holds
 * the producer up, so what lies in the edges is never more than what lies in one of them.
 */
export class FanOut implements ExchangeChannel {
  private readonly edges: readonly Edge[];
  private unneeded: () => void = () => {};

  constructor(
    private readonly capacityBytes: number,
    consumers: number,
  ) {
    this.edges = Array.from({ length: consumers }, () => new Edge(capacityBytes));
    let open = consumers;
    for (const edge of this.edges) {
      edge.onUnneeded(() => {
        open -= 1;
        if (open === 0) this.unneeded();
      });
    }
  }

  async push(element: StreamElement): Promise<void> {
    // A fast consumer may be done with it before a slow one has room for it.
    holdElement(element);
    try {
      await Promise.all(this.edges.map((edge) => edge.push(element)));
    } finally {
      releaseElement(element);
    }
  }

  reader(consumer: number): ExchangeReader {
    return this.edges[consumer]!;
  }

  onUnneeded(listener: () => void): void {
    this.unneeded = listener;
  }

  fail(error: unknown): void {
    for (const edge of this.edges) edge.fail(error);
  }

  async renewed(): Promise<FanOut> {
    return new FanOut(this.capacityBytes, this.edges.length);
  }

  get isReadable(): boolean {
    return true;
  }

  async dispose(): Promise<void> {
    for (const edge of this.edges) await edge.dispose();
  }

  get activity(): ChannelActivity {
    const activities = this.edges.map(({ activity }) => activity);
    return {
      moved: activities.reduce((sum, { moved }) => sum + moved, 0),
      usedBytes: Math.max(...activities.map(({ usedBytes }) => usedBytes)),
      capacityBytes: this.capacityBytes,
      isFull: activities.some(({ isFull }) => isFull),
      hungry: activities.flatMap(({ hungry }, consumer) => (hungry.length > 0 ? [consumer] : [])),
    };
  }
}
