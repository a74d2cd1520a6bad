/** Changes of a mini-batch without those that undo each other. */
import { type Change, DELETE, INSERT, isAddition, UPDATE_AFTER, UPDATE_BEFORE } from './row-function.js';

interface Entry<T> {
  readonly item: T;
  readonly key: string;
  change: Change;
  /** No other undoes it, and it undoes none. */
  readonly isKept: boolean;
  /** The other half of its update. */
  pair: Entry<T> | null;
  /** Half of an update whose other half is not known. */
  isLoose: boolean;
  isGone: boolean;
}

/**
 * What is left keeps its order, and its kind: where only half of an update is left, it is a deletion or an insertion of its own, so that
 * nobody who goes by the second halves alone misses a row that goes.
 */
export class FoldedChanges<T> {
  #waiting: Entry<T>[] = [];

  /** `key` is the same for equal items. */
  add(item: T, key: string, change: Change): void {
    this.#wait(item, key, change, false);
  }

  /** An item that no other undoes, and that undoes none. */
  keep(item: T, key: string, change: Change): void {
    this.#wait(item, key, change, true);
  }

  #wait(item: T, key: string, change: Change, isKept: boolean): void {
    this.#waiting.push({ item, key, change, isKept, pair: null, isLoose: false, isGone: false });
  }

  /** Gives what is left; nothing waits then. */
  take(give: (item: T, change: Change) => void): void {
    const entries = this.#waiting;
    this.#waiting = [];
    findPairs(entries);
    // The other half may come with the next mini-batch, and be undone there.
    const isCut = entries.at(-1)?.change === UPDATE_BEFORE;
    const areOwn = fold(entries) || isCut;
    for (const { item, change, isLoose, isGone } of entries) {
      if (!isGone) give(item, isLoose && areOwn ? ownKind(change) : change);
    }
  }
}

/** The halves of one update are one right behind the other, and alone. */
function findPairs<T>(entries: readonly Entry<T>[]): void {
  entries.forEach((entry, i) => {
    if (entry.change !== UPDATE_BEFORE && entry.change !== UPDATE_AFTER) return;
    const next = entries[i + 1];
    const isPair =
      entry.change === UPDATE_BEFORE &&
      entries[i - 1]?.change !== UPDATE_BEFORE &&
      next?.change === UPDATE_AFTER &&
      entries[i + 2]?.change !== UPDATE_AFTER;
    if (isPair) {
      entry.pair = next;
      next.pair = entry;
    } else if (entry.pair === null) entry.isLoose = true;
  });
}

/** Marks what undoes each other as gone. True where a half was among it whose other half is not known. */
function fold<T>(entries: readonly Entry<T>[]): boolean {
  // Under each key additions or removals, never both.
  const byKey = new Map<string, Entry<T>[]>();
  let isLooseFolded = false;
  for (const entry of entries) {
    if (entry.isKept) {
      byKey.delete(entry.key);
      continue;
    }
    const known = byKey.get(entry.key);
    const last = known?.at(-1);
    if (last !== undefined && isAddition(last.change) !== isAddition(entry.change)) {
      known!.pop();
      isLooseFolded ||= last.isLoose || entry.isLoose;
      undo(last, entry);
    } else if (known === undefined) byKey.set(entry.key, [entry]);
    else known.push(entry);
  }
  return isLooseFolded;
}

function undo<T>(first: Entry<T>, second: Entry<T>): void {
  first.isGone = true;
  second.isGone = true;
  if (first.pair === second) return;
  const comesBack = isAddition(second.change);
  // Halves that are left of two updates.
  const [before, after] = comesBack ? [second.pair, first.pair] : [first.pair, second.pair];
  const isOneUpdate = !comesBack && before !== null && after !== null;
  if (before !== null) {
    before.pair = isOneUpdate ? after : null;
    if (!isOneUpdate) before.change = DELETE;
  }
  if (after !== null) {
    after.pair = isOneUpdate ? before : null;
    if (!isOneUpdate) after.change = INSERT;
  }
}

function ownKind(change: Change): Change {
  return isAddition(change) ? INSERT : DELETE;
}
