/**
 * Which environment each function runs in. What is declared nearest to a function counts alone: its own options and
 * the inline metadata of its file; else the job's requirements; else the Python that was found.
 */
import { resolve } from 'node:path';
import {
  type DeclaredDependencies,
  type EnvironmentRequest,
  type Environments,
  type FunctionDependencies,
  type PythonDemand,
  requirementLines,
  type WorkerPython,
} from '../../bridge/index.js';
import { ERROR_KINDS } from '../../core/index.js';
import type { FunctionReference } from '../function-workers.js';
import { lockFor } from './lock-file.js';
import { findModuleFile, shortPlace } from './module-file.js';

const NO_LOCK: ReturnType<typeof lockFor> = { lock: null, demands: [] };

/** What the job says about dependencies. */
export interface JobDependencies {
  /** `python.requirements`: `file` or `file#folder of wheels`; null: none. */
  readonly requirements: string | null;
  readonly workingDirectory: string;
  /** Lock files do not count: they are being made. */
  readonly ignoreLocks?: boolean;
  /** `millstream.function.<name>.packages` and `.python`, which win over the decorator; null: not set. */
  readonly option: (name: string, option: 'packages' | 'python') => string | null;
}

export class FunctionEnvironments {
  constructor(
    private readonly environments: Environments,
    private readonly job: () => JobDependencies,
  ) {}

  /**
   * The environment of each function, built where it is new; null: the Python that was found.
   * @param paths where modules are looked for, absolute
   * @throws {EnvironmentError} before any function is imported
   */
  async of(
    functions: readonly FunctionReference[],
    paths: readonly string[],
  ): Promise<ReadonlyMap<string, WorkerPython | null>> {
    const found = new Map<string, WorkerPython | null>();
    // One after the other: what is built has its messages to itself.
    for (const reference of functions) {
      const request = await this.request(reference, paths);
      found.set(reference.name, request === null ? null : await this.environments.ensure(request));
    }
    return found;
  }

  /** What a function asks for; null where neither it nor the job asks for anything. */
  async request(reference: FunctionReference, paths: readonly string[]): Promise<EnvironmentRequest | null> {
    const job = this.job();
    const module = findModuleFile(reference.target, paths);
    const declared = module === null ? null : await this.environments.declared(module.file);
    const own = module === null ? null : (declared?.functions[module.attribute] ?? null);
    if (own !== null && own.problem !== null) throw fromWire(own.problem, reference.name);
    const packages = splitPackages(job.option(reference.name, 'packages')) ?? own?.packages ?? null;
    const pythons = demands(reference.name, module?.file ?? '', declared, own, job);
    if (packages === null && pythons.length === 0 && (declared?.metadata ?? null) === null)
      return jobRequest(job);
    const requirements = [...(declared?.metadata?.dependencies ?? []), ...(packages ?? [])];
    const { lock, demands: ofLock } =
      job.ignoreLocks === true || module === null ? NO_LOCK : lockFor(module.file, requirements, pythons);
    return {
      subject: `function ${reference.name}`,
      requirements,
      files: [],
      wheels: jobWheels(job),
      pythons: [...pythons, ...ofLock],
      lock,
    };
  }
}

/** `numpy>=2,<3, regex[x,y]` → its requirements; null stays null. */
export function splitPackages(text: string | null): string[] | null {
  if (text === null) return null;
  const parts = text.split(/,(?![^[]*\])(?=\s*[A-Za-z])/);
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** The environment of functions that declare nothing. */
function jobRequest(job: JobDependencies): EnvironmentRequest | null {
  if (job.requirements === null) return null;
  const file = resolve(job.workingDirectory, job.requirements.split('#', 1)[0]!);
  const { lock, demands: pythons } =
    job.ignoreLocks === true ? NO_LOCK : lockFor(file, requirementLines(file), []);
  return {
    subject: 'the job (python.requirements)',
    requirements: [],
    files: [file],
    wheels: jobWheels(job),
    pythons,
    lock,
  };
}

/** The folder of wheels is that of the whole job: who has no index for one function has none for another. */
function jobWheels({ requirements, workingDirectory }: JobDependencies): string | null {
  const folder = requirements?.split('#')[1];
  return folder === undefined || folder === '' ? null : resolve(workingDirectory, folder);
}

function demands(
  name: string,
  file: string,
  declared: DeclaredDependencies | null,
  own: FunctionDependencies | null,
  job: JobDependencies,
): PythonDemand[] {
  const set = job.option(name, 'python');
  const metadata = declared?.metadata ?? null;
  const found: PythonDemand[] = [];
  if (set !== null) found.push({ python: set, origin: `'millstream.function.${name}.python'` });
  else if (own?.python != null) {
    found.push({ python: own.python, origin: `the decorator of ${name} (${shortPlace(file, own.line)})` });
  }
  if (metadata?.python != null) {
    found.push({ python: metadata.python, origin: `requires-python (${shortPlace(file, metadata.line)})` });
  }
  return found;
}

function fromWire(problem: NonNullable<FunctionDependencies['problem']>, name: string) {
  const { kind, code, message, hint, details } = problem;
  return new ERROR_KINDS[kind](code, message, { hint, details: { ...details, function: name } });
}
