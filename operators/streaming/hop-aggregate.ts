/** GROUP BY with windows that overlap: rows are taken into slices as long as a slide, which the windows over them share. */
import {
  HeapState,
  type KeyedState,
  type OperatorValue,
  plain,
  type SqlValue,
  type StateBackend,
  type StateCodec,
  type StreamOperator,
  TimeQueue,
} from '../../core/index.js';
import type { Accumulator } from './aggregates/accumulator.js';
import { Calls, resultsOf } from './call-state.js';
import { millisecondsOf } from './event-time.js';
import { type Change, type Collector, INSERT, type Row, type RowFunction } from './row-function.js';
import { rowKey, valuesKey } from './value-key.js';

type Spec = Extract<StreamOperator<number>, { kind: 'hop' }>;

/** The rows of one key in one slice. */
interface Part {
  readonly begin: number;
  readonly keys: readonly SqlValue[];
  readonly values: readonly Accumulator[];
}

/** A key in a window. */
type Whole = Pick<Part, 'keys' | 'values'>;

/**
 * Says a window when the watermark has passed it. A row counts in those of its windows that have not ended, and is late where
 * all have.
 */
export class HopAggregate implements RowFunction {
  readonly #calls: Calls;
  readonly #parts: KeyedState<Part>;
  /** The keys in each slice, by its first moment. */
  readonly #slices = new Map<number, string[]>();
  readonly #watermark: OperatorValue<number>;
  /** The last milliseconds of the windows that are to be said next over each slice. */
  readonly #ends = new TimeQueue<null>();

  constructor(
    private readonly spec: Spec,
    state: StateBackend = new HeapState(),
  ) {
    const calls = new Calls(spec.calls, false);
    this.#calls = calls;
    const codec: StateCodec<Part> = {
      save: ({ begin, keys, values }) => [begin, keys, calls.save(values)],
      load: (saved) => {
        const [begin, keys, values] = saved as [number, Row, SqlValue];
        return { begin, keys, values: calls.load(values) };
      },
    };
    this.#parts = state.keyed('parts', codec);
    this.#watermark = state.value('watermark', plain<number>(), Number.NEGATIVE_INFINITY);
    for (const { begin, keys } of this.#parts.values()) this.#keysIn(begin).push(valuesKey(keys));
  }

  process(row: Row, _change: Change, _input: number, out: Collector): void {
    const { slide, offset, size, time, keys } = this.spec;
    const at = millisecondsOf(row[time] as bigint) - offset;
    const begin = Math.floor(at / slide) * slide + offset;
    if (begin + size - 1 <= this.#watermark.value) {
      out.late();
      return;
    }
    const key = rowKey(row, keys);
    let part = this.#parts.get(stateKey(begin, key));
    if (part === undefined) {
      part = { begin, keys: keys.map((column) => row[column]!), values: this.#calls.start() };
      this.#parts.set(stateKey(begin, key), part);
      this.#keysIn(begin).push(key);
    }
    this.#calls.apply(part.values, row, true);
  }

  advance(watermarkMs: number, out: Collector): void {
    for (const { time: last } of this.#ends.due(watermarkMs)) {
      // Several slices may ask for one window.
      if (last <= this.#watermark.value) continue;
      const { size, slide } = this.spec;
      const begin = last + 1 - size;
      this.#say(begin, out);
      this.#forget(begin);
      this.#watermark.value = last;
      if (this.#hasSlices(begin + slide, begin + size)) this.#ends.add(last + slide, null);
    }
    this.#watermark.value = watermarkMs;
  }

  #say(begin: number, out: Collector): void {
    const moments = [begin, begin + this.spec.size, begin + this.spec.size - 1];
    const edges = moments.map((moment) => BigInt(moment) * 1000n);
    for (const { keys, values } of this.#window(begin).values()) {
      out.emit(INSERT, [], [...edges, ...keys, ...resultsOf(values)]);
    }
  }

  /** The keys of a window; what is in one slice only is not copied. */
  #window(begin: number): Map<string, Whole> {
    const found = new Map<string, Whole>();
    const merged = new Set<string>();
    for (let slice = begin; slice < begin + this.spec.size; slice += this.spec.slide) {
      for (const key of this.#slices.get(slice) ?? []) {
        const part = this.#parts.get(stateKey(slice, key))!;
        let whole = found.get(key);
        if (whole === undefined) {
          found.set(key, part);
          continue;
        }
        if (!merged.has(key)) {
          merged.add(key);
          const values = this.#calls.start();
          this.#calls.merge(values, whole.values);
          whole = { keys: whole.keys, values };
          found.set(key, whole);
        }
        this.#calls.merge(whole.values, part.values);
      }
    }
    return found;
  }

  #forget(slice: number): void {
    for (const key of this.#slices.get(slice) ?? []) this.#parts.delete(stateKey(slice, key));
    this.#slices.delete(slice);
  }

  #keysIn(slice: number): string[] {
    let keys = this.#slices.get(slice);
    if (keys === undefined) {
      keys = [];
      this.#slices.set(slice, keys);
      this.#ends.add(this.#firstOver(slice), null);
    }
    return keys;
  }

  #hasSlices(from: number, to: number): boolean {
    for (let slice = from; slice < to; slice += this.spec.slide) if (this.#slices.has(slice)) return true;
    return false;
  }

  /** The last millisecond of the first window over a slice that has not ended. */
  #firstOver(slice: number): number {
    let last = slice + this.spec.slide - 1;
    while (last <= this.#watermark.value) last += this.spec.slide;
    return last;
  }
}

function stateKey(slice: number, key: string): string {
  return `${slice};${key}`;
}
