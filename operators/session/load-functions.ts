/** Functions that a statement names → what the binder asks about them. */
import {
  type AnalysisRequest,
  type Configuration,
  type FunctionDeclaration,
  type FunctionEntry,
  withOverrides,
} from '../../core/index.js';
import type { FunctionWorkers } from '../function-workers.js';
import type { EngineHost } from './engine-host.js';

/** Declarations of functions, with the options in force. */
export interface LoadedFunctions {
  /** Null where there are no functions. */
  readonly workers: FunctionWorkers | null;
  readonly declarations: readonly FunctionDeclaration[];
  readonly functions: {
    declaration(name: string): FunctionDeclaration | null;
    analysis(request: AnalysisRequest): string | null;
  };
  /** Asks a function for its columns; `functions.analysis` gives the answer from then on. */
  analyze(request: AnalysisRequest): Promise<void>;
}

/** Has a worker import the functions, where there are any. */
export async function loadFunctions(
  entries: readonly FunctionEntry[],
  { host, configuration }: { readonly host: EngineHost; readonly configuration: Configuration },
): Promise<LoadedFunctions> {
  const workers = entries.length === 0 ? null : await host.functionWorkers();
  const declared = (await workers?.declare(entries)) ?? new Map<string, FunctionDeclaration>();
  const byName = new Map(
    [...declared].map(([name, declaration]) => [name.toLowerCase(), inForce(declaration, configuration)]),
  );
  const analyses = new Map<string, string>();
  return {
    workers,
    declarations: [...byName.values()],
    functions: {
      declaration: (name) => byName.get(name.toLowerCase()) ?? null,
      analysis: (request) => analyses.get(JSON.stringify(request)) ?? null,
    },
    analyze: async (request) => {
      analyses.set(JSON.stringify(request), await workers!.analyze(request));
    },
  };
}

/** A declaration with the options that the job's settings give it. */
function inForce(declaration: FunctionDeclaration, configuration: Configuration): FunctionDeclaration {
  const settings = configuration.functionOptions(declaration.name);
  return { ...declaration, options: withOverrides(declaration.options, settings) };
}
