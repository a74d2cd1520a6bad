/** What EXPLAIN says of the functions of a stage: their form and their options in force. */
import type { FunctionDeclaration } from '../functions/function-declaration.js';
import { isInlineTarget, shownTarget } from '../functions/inline-target.js';
import type { FunctionResolver } from '../plan/function-resolver.js';
import { formatMemory } from '../resource/parse-memory.js';
import type { StageFunctionNote } from './stage-graph.js';

/** Notes of the functions that the steps call, each once, in the order of first use. */
export function functionNotes(
  steps: readonly { readonly function: string }[],
  functions: FunctionResolver,
): StageFunctionNote[] {
  const names = [...new Set(steps.map((step) => step.function))];
  return names.flatMap((name) => {
    const declaration = functions.declaration(name);
    const text = declaration === null ? '' : noteOf(declaration);
    return text === '' ? [] : [{ function: name, text }];
  });
}

/** `async, arrow batches, concurrency 8, rate 100/s`; empty where there is nothing to say. */
export function noteOf(declaration: FunctionDeclaration): string {
  const { isAsync, iterator, batch, options, target, deterministic } = declaration;
  return [
    ...(isInlineTarget(target) ? [shownTarget(target)] : []),
    ...(isAsync ? ['async'] : []),
    ...(deterministic ? [] : ['not deterministic, so no call is shared']),
    ...(batch === null ? [] : [iterator ? `iterator of ${batch} batches` : `${batch} batches`]),
    ...Object.entries(options).map(([name, value]) =>
      name === 'memory' && typeof value === 'number' ? `memory ${formatMemory(value)}` : `${name} ${value}`,
    ),
  ].join(', ');
}
