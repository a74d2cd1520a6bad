/**
 * Aborted as soon as one of `signals` is, with its reason. Lives as long as they do: what `AbortSignal.any` gives, Node
 * keeps for ever once somebody listens to it, also when nobody can abort it any more.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const joined = new AbortController();
  for (const signal of signals) {
    if (signal.aborted) joined.abort(signal.reason);
    else signal.addEventListener('abort', () => joined.abort(signal.reason), { once: true });
  }
  return joined.signal;
}
