/** Pickled values among those of a state, which are shown by what they hold. */
import type { SqlValue } from '../../core/index.js';
import type { ShowBytes } from './state-json.js';

/** For each pickle the JSON of its value; null: it cannot be read. */
export type ShowPickles = (pickles: readonly Uint8Array[]) => Promise<readonly (string | null)[]>;

/** How the bytes in `values` are shown: `{"$python": …}` where they are a pickle that can be read. */
export async function shownPickles(values: Iterable<SqlValue>, show: ShowPickles): Promise<ShowBytes> {
  const pickles = [...picklesIn(values)];
  const shown = new Map<Uint8Array, string>();
  if (pickles.length > 0) {
    const texts = await show(pickles);
    pickles.forEach((pickle, i) => {
      const text = texts[i];
      if (text != null) shown.set(pickle, `{"$python":${text}}`);
    });
  }
  return (bytes) => shown.get(bytes) ?? null;
}

function* picklesIn(values: Iterable<SqlValue>): Generator<Uint8Array> {
  for (const value of values) {
    if (value instanceof Uint8Array) {
      if (isPickle(value)) yield value;
    } else if (Array.isArray(value)) {
      yield* picklesIn(value);
    }
  }
}

/** By its first opcode, the protocol, and its last one. */
function isPickle(bytes: Uint8Array): boolean {
  return bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5 && bytes.at(-1) === 0x2e;
}
