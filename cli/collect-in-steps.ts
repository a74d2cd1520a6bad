import { constants, PerformanceObserver } from 'node:perf_hooks';
import { setFlagsFromString } from 'node:v8';

const LONG_MS = 100;

interface Collection {
  readonly duration: number;
  readonly detail: { readonly kind: number };
}

/**
 * V8 collects the heap of the command at once (`main.ts`). From the first time that this is long it does so in steps: the heap of a
 * stream that remembers much would hold up all rows for half a second where it has 400 MB.
 */
export function collectInStepsOnceLong(): void {
  const observer = new PerformanceObserver((list) => {
    // The types of Node do not have what is told of each.
    if (!(list.getEntries() as unknown as Collection[]).some(isLong)) return;
    setFlagsFromString('--incremental-marking');
    observer.disconnect();
  });
  observer.observe({ entryTypes: ['gc'] });
}

/** True for a collection of the old generation that held everything up. */
export function isLong({ duration, detail }: Collection): boolean {
  return detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR && duration > LONG_MS;
}
