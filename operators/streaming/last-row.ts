/** Deduplication: the last row of each key in event time; of several the one that came last. */
import {
  HeapState,
  type KeyedState,
  type StateBackend,
  type StateCodec,
  type StreamOperator,
} from '../../core/index.js';
import {
  type Change,
  type Collector,
  INSERT,
  type Row,
  type RowFunction,
  UPDATE_AFTER,
  UPDATE_BEFORE,
} from './row-function.js';
import { rowKey } from './value-key.js';

interface Last {
  time: bigint;
  row: Row;
  said: Row | null;
}

export class LastRow implements RowFunction {
  readonly #last: KeyedState<Last>;
  readonly #changed = new Set<Last>();

  constructor(
    private readonly spec: Extract<StreamOperator<number>, { kind: 'first_row' | 'last_row' }>,
    state: StateBackend = new HeapState(),
  ) {
    // At a barrier everything has been said.
    const codec: StateCodec<Last> = {
      save: ({ time, row }) => [time, row],
      load: (saved) => {
        const [time, row] = saved as [bigint, Row];
        return { time, row, said: row };
      },
    };
    this.#last = state.keyed('last', codec, { expires: true });
  }

  process(row: Row, _change: Change): void {
    const time = row[this.spec.time] as bigint;
    const key = rowKey(row, this.spec.keys);
    let last = this.#last.get(key);
    if (last === undefined) {
      last = { time, row, said: null };
    } else {
      if (time < last.time) return;
      last.time = time;
      last.row = row;
    }
    this.#last.set(key, last);
    this.#changed.add(last);
  }

  flush(out: Collector): void {
    for (const last of this.#changed) {
      if (last.said !== null) out.emit(UPDATE_BEFORE, [last.said], [1n]);
      out.emit(last.said === null ? INSERT : UPDATE_AFTER, [last.row], [1n]);
      last.said = last.row;
    }
    this.#changed.clear();
  }
}
