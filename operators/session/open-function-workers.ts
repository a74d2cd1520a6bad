/** From the configuration to the function workers of a session: their Python, environments, folder and variables. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { type Bridge, cacheFolder, Environments, findPython, type WorkerPython } from '../../bridge/index.js';
import { type Configuration, GpuDevices } from '../../core/index.js';
import { FunctionEnvironments } from '../environments/function-environments.js';
import {
  makeWorkerFolder,
  parseArchives,
  pathInArchive,
  type UnpackedArchive,
  unpackArchives,
} from '../environments/worker-folder.js';
import { type WorkerVariables, workerVariables } from '../environments/worker-variables.js';
import { FunctionWorkers, type FunctionWorkersOptions } from '../function-workers.js';
import { machineGpus } from '../ports/machine-gpus.js';
import type { TemporaryFolder } from '../ports/temporary-folder.js';
import { choosePythons, type SessionPythons } from './choose-pythons.js';
import type { DebugOptions } from './session-types.js';

export interface OpenWorkersOptions
  extends Pick<
    FunctionWorkersOptions,
    'slots' | 'memoryBytes' | 'paths' | 'reserve' | 'freeBytes' | 'sandboxEach' | 'variables' | 'idle'
  > {
  readonly configuration: Configuration;
  readonly workingDirectory: string;
  readonly temporaryFolder: TemporaryFolder;
  readonly onNote: (text: string) => void;
  readonly signal: AbortSignal;
  /** The function that is debugged; absent or null: none. */
  readonly debug?: DebugOptions | null;
}

/** The Pythons of a session, and its archives. */
export interface WorkerPlace extends SessionPythons {
  readonly archives: readonly UnpackedArchive[];
  readonly environments: Environments;
  /** Looks why a Python cannot be started, and throws what it finds. */
  readonly diagnose: () => Promise<unknown>;
}

/**
 * Finds the Pythons and unpacks the archives.
 * @throws {EnvironmentError} PYTHON_NOT_FOUND, PYTHON_VERSION, ENV_ARCHIVE
 */
export async function prepareWorkerPlace(
  options: Pick<OpenWorkersOptions, 'configuration' | 'workingDirectory' | 'onNote' | 'signal'>,
  python: string | null,
  useZygote: boolean,
): Promise<WorkerPlace> {
  const { configuration, workingDirectory, onNote, signal } = options;
  const wanted = parseArchives(configuration.get('python.archives') ?? [], workingDirectory);
  const named = configuration.get('python.executable') ?? python;
  const isInArchive = named !== null && wanted.some(({ target }) => named.startsWith(`${target}/`));
  const environmentsOf = ({ functions }: SessionPythons) =>
    new Environments({ cache: cacheFolder(), python: functions, onProgress: onNote, signal });
  // What is in an archive can be run only once another Python has unpacked it.
  const first = choosePythons(isInArchive ? null : named);
  const unpacking = environmentsOf(first);
  const archives = await unpackArchives(wanted, (file) => unpacking.unpack(file));
  const pythons = isInArchive ? choosePythons(pathInArchive(named, archives)) : first;
  const diagnose = () => Promise.all([findPython(pythons.functions), findPython(pythons.relational)]);
  // A zygote that does not start is looked into then; workers that are started one by one are not.
  if (!useZygote) await diagnose();
  return { ...pythons, archives, diagnose, environments: isInArchive ? environmentsOf(pythons) : unpacking };
}

/** Where workers of a job with archives run. */
export function workerFolder(temporaryFolder: TemporaryFolder): string {
  return join(temporaryFolder.path, 'workers');
}

/** The function workers of a bridge that was started with the Python for DuckDB. */
export function openFunctionWorkers(
  bridge: Bridge,
  place: WorkerPlace,
  options: OpenWorkersOptions,
): FunctionWorkers {
  const { configuration, workingDirectory, temporaryFolder, slots, memoryBytes, paths, reserve, freeBytes } =
    options;
  const { archives } = place;
  const folder = archives.length === 0 ? workingDirectory : workerFolder(temporaryFolder);
  const standard = standardPython(place);
  const chosen = new FunctionEnvironments(place.environments, () => ({
    requirements: configuration.get('python.requirements'),
    workingDirectory,
    option: (name, option) => configuration.text(`millstream.function.${name}.${option}`),
  }));
  return new FunctionWorkers(bridge, {
    slots,
    memoryBytes,
    reserve,
    freeBytes,
    idle: options.idle,
    limits: {
      processes: configuration.get('millstream.worker.processes'),
      openFiles: configuration.get('millstream.worker.open-files'),
      fileBytes: configuration.get('millstream.worker.file-size'),
    },
    gpus: new GpuDevices(configuration.get('millstream.gpus') ?? machineGpus()),
    paths,
    workingDirectory: folder,
    variables: options.variables,
    sandboxEach: options.sandboxEach,
    environments: async (functions) => {
      const found = await chosen.of(functions, paths);
      if (archives.length > 0) {
        // A zygote knows of the folder before it is made: whatever is killed, it does not stay.
        bridge.prepare('function');
        await temporaryFolder.make();
        await makeWorkerFolder(folder, archives);
      }
      return new Map([...found].map(([name, python]) => [name, python ?? standard]));
    },
  });
}

/** What function workers see of the environment. @throws {ConfigurationError} OPTION_VALUE */
export function variablesOf(configuration: Configuration, debug: DebugOptions | null): WorkerVariables {
  const variables = workerVariables(
    configuration.get('millstream.worker.env') ?? [],
    configuration.get('python.systemenv.enabled'),
  );
  if (debug === null) return variables;
  return {
    ...variables,
    environment: { ...variables.environment, MILLSTREAM_DEBUG: JSON.stringify(debug) },
  };
}

/** Null: the bridge's own. */
function standardPython({ functions, relational }: SessionPythons): WorkerPython | null {
  if (functions.executable === relational.executable) return null;
  const key = createHash('sha256').update(functions.executable).digest('hex').slice(0, 16);
  return { key, executable: functions.executable, isBuilt: false };
}
