/** From the configuration to how function workers are isolated. */
import { dirname, resolve } from 'node:path';
import type { IsolationLevel, IsolationOptions } from '../../bridge/index.js';
import { type Configuration, ConfigurationError, type StageGraph } from '../../core/index.js';
import type { DebugOptions } from './session-types.js';

/** What the options do not say. */
export interface IsolationFacts {
  readonly workingDirectory: string;
  /** Absolute folders and files with code and data of functions; asked whenever a sandbox is made. */
  readonly readable: () => readonly string[];
  /** Where functions of all workers keep what they share. */
  readonly sharedFolder: string;
  /** Variables that workers are given, by name; null: all. */
  readonly inherited: readonly string[] | null;
  readonly debug: DebugOptions | null;
}

export function isolationLevel(configuration: Configuration): IsolationLevel {
  return configuration.get('millstream.isolation') as IsolationLevel;
}

/** Null where functions run with the rights of the core. @throws {ConfigurationError} OPTION_VALUE */
export function isolationOptions(
  configuration: Configuration,
  facts: IsolationFacts,
): IsolationOptions | null {
  const level = isolationLevel(configuration);
  if (level === 'off') return null;
  const { workingDirectory, debug } = facts;
  const network = configuration.get('millstream.isolation.network');
  if (debug !== null && debug.port !== null && !network) throw debuggerShutOut();
  const paths = (key: 'millstream.isolation.read' | 'millstream.isolation.write') =>
    (configuration.get(key) ?? []).map((path) => resolve(workingDirectory, path));
  return {
    level,
    workingDirectory,
    network,
    readable: facts.readable,
    granted: paths('millstream.isolation.read'),
    writable: [
      ...paths('millstream.isolation.write'),
      facts.sharedFolder,
      ...(debug === null ? [] : [dirname(debug.socket)]),
    ],
    environment: facts.inherited,
    temporaryBytes: configuration.get('millstream.isolation.temporary'),
  };
}

/** What EXPLAIN says of it; nothing where there is none, or nothing to isolate. */
export function explainIsolation(configuration: Configuration, graph: StageGraph): string {
  const level = isolationLevel(configuration);
  if (level === 'off' || !graph.stages.some(({ kind }) => kind === 'python')) return '';
  const granted = (['network', 'read', 'write'] as const).flatMap((name) => {
    const text = configuration.text(`millstream.isolation.${name}`);
    return text === null || text === 'false' ? [] : [`${name} ${text}`];
  });
  const grants = granted.length === 0 ? 'nothing granted' : `granted: ${granted.join(', ')}`;
  return `\n\nisolation: ${level}, ${grants}`;
}

function debuggerShutOut(): ConfigurationError {
  return new ConfigurationError(
    'OPTION_VALUE',
    "'millstream.isolation': a debugger cannot reach a worker that has no network.",
    { hint: "Set 'millstream.isolation.network' = 'true', or debug in the terminal." },
  );
}
