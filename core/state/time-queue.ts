/** Things that wait for a moment. */

interface Waiting<T> {
  readonly time: number;
  readonly order: number;
  readonly item: T;
}

/** Gives things back by their time, those of one time in the order in which they came. A binary heap. */
export class TimeQueue<T> {
  readonly #heap: Waiting<T>[] = [];
  #next = 0;

  get size(): number {
    return this.#heap.length;
  }

  add(time: number, item: T): void {
    const heap = this.#heap;
    let at = heap.push({ time, order: this.#next++, item }) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!before(heap[at]!, heap[parent]!)) return;
      [heap[at], heap[parent]] = [heap[parent]!, heap[at]!];
      at = parent;
    }
  }

  /** The time of the first; `Infinity` where nothing waits. */
  get first(): number {
    return this.#heap[0]?.time ?? Number.POSITIVE_INFINITY;
  }

  #take(time: number): { readonly time: number; readonly item: T } | null {
    const heap = this.#heap;
    const first = heap[0];
    if (first === undefined || first.time > time) return null;
    const last = heap.pop()!;
    if (heap.length > 0) {
      heap[0] = last;
      this.#sink();
    }
    return first;
  }

  /** Takes out, one by one, what waits for `time` or an earlier moment; what is added meanwhile may be among it. */
  *due(time: number): Generator<{ readonly time: number; readonly item: T }> {
    for (let next = this.#take(time); next !== null; next = this.#take(time)) yield next;
  }

  /** What waits now, in no order; each with its place among those of its time. */
  snapshot(): readonly { readonly time: number; readonly order: number; readonly item: T }[] {
    return this.#heap.slice();
  }

  #sink(): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let least = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        if (child < heap.length && before(heap[child]!, heap[least]!)) least = child;
      }
      if (least === at) return;
      [heap[at], heap[least]] = [heap[least]!, heap[at]!];
      at = least;
    }
  }
}

function before<T>(a: Waiting<T>, b: Waiting<T>): boolean {
  return a.time < b.time || (a.time === b.time && a.order < b.order);
}
