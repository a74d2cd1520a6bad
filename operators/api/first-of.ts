/** A look at the first item of an iterable that leaves the iterable whole. */
import { type Items, isOneShot } from './memory-rows.js';

/** The first item, undefined where there is none, and items that begin with it: `items` itself if it can be read again. */
export async function firstOf<T>(
  items: Items<T>,
): Promise<{ readonly first: T | undefined; readonly items: Items<T> }> {
  const isAsync = Symbol.asyncIterator in items;
  const iterator = isAsync ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const { value: first, done } = await iterator.next();
  if (done === true) return { first: undefined, items: [] };
  if (isOneShot(items)) return { first, items: resumed(first, iterator) };
  await iterator.return?.();
  return { first, items };
}

async function* resumed<T>(
  first: T,
  iterator: Iterator<T> | AsyncIterator<T>,
): AsyncGenerator<T, void, undefined> {
  try {
    yield first;
    while (true) {
      const next = await iterator.next();
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.();
  }
}
