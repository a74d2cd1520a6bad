/** Binding that asks functions for their columns on the way. */
import { AnalysisNeeded, type AnalysisRequest } from '../../core/index.js';

/**
 * What `bind` gives once nothing is missing. `ask` puts a question to the function and keeps the answer for the next
 * time `bind` runs; what it throws ends the binding.
 */
export async function withAnalyses<T>(
  bind: () => T,
  ask: (request: AnalysisRequest) => Promise<void>,
): Promise<T> {
  for (;;) {
    const request = attempt(bind);
    if (!(request instanceof AnalysisNeeded)) return request;
    await ask(request.request);
  }
}

function attempt<T>(bind: () => T): T | AnalysisNeeded {
  try {
    return bind();
  } catch (error) {
    if (error instanceof AnalysisNeeded) return error;
    throw error;
  }
}
