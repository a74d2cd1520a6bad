import { setMaxListeners } from 'node:events';

/**
 * Aborted as soon as one of `signals` is, with its reason. Lives as long as they do: what `AbortSignal.any` gives, Node
 * keeps for ever once somebody listens to it, also when nobody can abort it any more.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  // One for each task of a job: Node would warn of a leak from eleven on.
  setMaxListeners(0, ...signals);
  const joined = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) joined.abort(signal.reason);
    else signal.addEventListener('abort', () => joined.abort(signal.reason), { once: true });
  }
  return joined.signal;
}
