/** Things that wait for a moment. */

/** What waits for one moment, in the order in which it came. */
interface Bucket<T> {
  readonly items: T[];
  /** How many have been taken out. */
  taken: number;
}

/** Gives things back by their time, those of one time in the order in which they came: a binary heap of times. */
export class TimeQueue<T> {
  readonly #times: number[] = [];
  readonly #buckets = new Map<number, Bucket<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(time: number, item: T): void {
    this.#size += 1;
    const bucket = this.#buckets.get(time);
    if (bucket !== undefined) {
      bucket.items.push(item);
      return;
    }
    this.#buckets.set(time, { items: [item], taken: 0 });
    this.#rise(time);
  }

  /** The time of the first; `Infinity` where nothing waits. */
  get first(): number {
    return this.#times[0] ?? Number.POSITIVE_INFINITY;
  }

  /** Takes out, one by one, what waits for `time` or an earlier moment; what is added meanwhile may be among it. */
  *due(time: number): Generator<{ readonly time: number; readonly item: T }> {
    for (let first = this.first; this.#size > 0 && first <= time; first = this.first) {
      yield { time: first, item: this.#take(first) };
    }
  }

  /** What waits now, in no order; each with its place among those of its time. */
  snapshot(): readonly { readonly time: number; readonly order: number; readonly item: T }[] {
    return [...this.#buckets].flatMap(([time, { items, taken }]) =>
      items.slice(taken).map((item, order) => ({ time, order, item })),
    );
  }

  #take(time: number): T {
    const bucket = this.#buckets.get(time)!;
    const item = bucket.items[bucket.taken]!;
    bucket.taken += 1;
    this.#size -= 1;
    if (bucket.taken === bucket.items.length) {
      this.#buckets.delete(time);
      this.#sink();
    }
    return item;
  }

  #rise(time: number): void {
    const heap = this.#times;
    let at = heap.push(time) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent]! <= time) return;
      heap[at] = heap[parent]!;
      heap[parent] = time;
      at = parent;
    }
  }

  /** The last takes the place of the first, and sinks to its own. */
  #sink(): void {
    const heap = this.#times;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      if (left >= heap.length) break;
      const child = left + 1 < heap.length && heap[left + 1]! < heap[left]! ? left + 1 : left;
      if (heap[child]! >= last) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}
