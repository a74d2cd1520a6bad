/** A script → what its export has; refused where it is not portable, before anything is written. */
import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import {
  ConfigurationError,
  type FlinkVersion,
  type MillstreamError,
  PlanError,
  parseScript,
  type Statement,
} from '../../core/index.js';
import { parseArchives } from '../environments/worker-folder.js';
import type { JobSession, PlacedFinding } from '../session/session-types.js';
import { type ExportedFiles, type ExportPlan, isPythonFunction } from './export-plan.js';
import { type PythonModules, pythonModules } from './python-modules.js';

export interface ExportRequest {
  readonly name: string;
  readonly sql: string;
  readonly version: FlinkVersion;
  /** `-D` keys and values. */
  readonly settings: Readonly<Record<string, string>>;
  readonly workingDirectory: string;
  /** Modules of functions are also found here; null: there is no file. */
  readonly jobFolder: string | null;
  /** A program of PyFlink, or statements for a SQL gateway. */
  readonly as: 'driver' | 'gateway';
}

/** A plan, or everything that stands against it. */
export type PlannedExport =
  | { readonly kind: 'plan'; readonly plan: ExportPlan }
  | {
      readonly kind: 'refused';
      readonly errors: readonly MillstreamError[];
      readonly findings: readonly PlacedFinding[];
    };

/** @throws {MillstreamError} where the text cannot be parsed, or files that it names are not there */
export async function planExport(session: JobSession, request: ExportRequest): Promise<PlannedExport> {
  const { sql, version } = request;
  const findings: PlacedFinding[] = [];
  const errors: MillstreamError[] = [];
  const modes = new Set<'batch' | 'streaming'>();
  const rewritten: (string | null)[] = [];
  for await (const result of session.portability(sql, version)) {
    if (result.kind === 'wrong') {
      errors.push(result.error);
      continue;
    }
    findings.push(...result.findings);
    if (result.mode !== null) modes.add(result.mode);
    rewritten.push(result.rewritten);
  }
  const against = findings.filter(({ effect }) => effect === 'refused' || effect === 'differs');
  if (errors.length + against.length > 0) return { kind: 'refused', errors, findings: against };
  const [mode = 'batch', other] = modes;
  if (other !== undefined) throw twoModes();
  const statements = parseScript(sql).map((statement, i) => ({
    statement,
    text: rewritten[i] ?? sql.slice(statement.span.start, statement.span.end),
  }));
  if (request.as === 'driver') for (const { statement } of statements) refuseReset(statement);
  const { files, notes } = filesOf(
    request,
    statements.map(({ statement }) => statement),
  );
  const told = findings.map(
    ({ effect, message, line }) =>
      `Line ${line}: ${message} It was ${effect === 'rewritten' ? 'rewritten: each has a query of its own, and the two are joined' : 'left out'}.`,
  );
  const plan: ExportPlan = {
    name: request.name,
    version,
    mode,
    statements,
    settings: request.settings,
    files,
    notes: [...told, ...notes, ...pathNotes(statements.map(({ statement }) => statement))],
  };
  return { kind: 'plan', plan };
}

function twoModes(): PlanError {
  return new PlanError(
    'EXPORT_MODES',
    'The script has batch and streaming jobs, and a Flink job has one mode.',
    {
      hint: 'Give --mode streaming, or make two scripts of it.',
    },
  );
}

function refuseReset(statement: Statement): void {
  if (statement.kind !== 'reset') return;
  throw new PlanError('EXPORT_RESET', 'RESET cannot be said to PyFlink.', {
    hint: 'SET the key to the value that it should have.',
  });
}

/** Flink imports all that stands before the last dot. */
function refuseAttributeOfClass(target: string, modules: PythonModules): void {
  const parts = target.split('.').slice(0, -1);
  const [top = '', ...inner] = parts;
  const path = modules.files.get(`${top}.py`) ?? modules.files.get(top);
  if (path === undefined || inner.length === 0) return;
  const place = join(path, ...inner);
  if (existsSync(place) || existsSync(`${place}.py`)) return;
  throw new PlanError(
    'EXPORT_FUNCTION',
    `Flink takes functions of modules, and ${parts.join('.')} is none.`,
    {
      hint: `Give the function a name in its module: \`${target.split('.').at(-1)} = ${parts.at(-1)}.${target.split('.').at(-1)}\`.`,
    },
  );
}

/** The value of a key that is in force at the end of the script. */
function lastSetting(request: ExportRequest, statements: readonly Statement[], key: string): string | null {
  const set = statements.findLast((each) => each.kind === 'set' && each.key?.value === key);
  return (set?.kind === 'set' ? set.value?.value : undefined) ?? request.settings[key] ?? null;
}

function filesOf(
  request: ExportRequest,
  statements: readonly Statement[],
): { readonly files: ExportedFiles; readonly notes: readonly string[] } {
  const { workingDirectory, jobFolder } = request;
  const setting = (key: string) => lastSetting(request, statements, key);
  const at = (path: string, key: string) => existing(resolve(workingDirectory, path), key);
  const listed = (key: string) =>
    (setting(key) ?? '')
      .split(',')
      .map((path) => path.trim())
      .filter(Boolean);
  const paths = listed('python.files').map((path) => at(path, 'python.files'));
  const folders: string[] = [];
  const copies = new Map<string, string>();
  const zips: string[] = [];
  for (const path of paths) {
    if (statSync(path).isDirectory()) folders.push(path);
    else if (path.endsWith('.py')) {
      const copy = `python/${basename(path)}`;
      // Of two modules of one name the first is imported.
      if (!copies.has(copy)) copies.set(copy, path);
      folders.push(dirname(path));
    } else zips.push(add(copies, path));
  }
  const targets = statements.flatMap((statement) =>
    isPythonFunction(statement) ? [statement.path.value] : [],
  );
  const roots = [...folders, ...(jobFolder === null ? [] : [jobFolder]), workingDirectory];
  const modules = pythonModules(targets, roots);
  for (const target of targets) refuseAttributeOfClass(target, modules);
  for (const [name, path] of modules.files) copies.set(`python/${name}`, path);
  const [wanted, wheels] = (setting('python.requirements') ?? '').split('#');
  if (wanted !== '') copies.set('requirements.txt', at(wanted!, 'python.requirements'));
  const archives = parseArchives(listed('python.archives'), workingDirectory).map(({ file, target }) => ({
    path: add(copies, existing(file, 'python.archives')),
    target,
  }));
  const notes = [
    ...modules.elsewhere.map(
      (name) => `The module ${name} is not beside the job: it has to be installed on the cluster.`,
    ),
    ...(wheels === undefined
      ? []
      : ['Wheels of python.requirements are not copied: packages come from the index.']),
    ...(setting('python.executable') === null
      ? []
      : [`python.executable was left out: give ${request.as === 'driver' ? '-pyexec' : '--pyexec'}.`]),
  ];
  const requirements = wanted === '' ? null : 'requirements.txt';
  const files = { copies, zips, requirements, archives, needsMillstream: modules.usesMillstream };
  return { files, notes };
}

/** Files of the same name get folders of their own. */
function add(copies: Map<string, string>, path: string): string {
  let copy = `files/${basename(path)}`;
  for (let i = 2; copies.has(copy) && copies.get(copy) !== path; i++) copy = `files/${i}/${basename(path)}`;
  copies.set(copy, path);
  return copy;
}

function existing(path: string, key: string): string {
  if (existsSync(path)) return path;
  throw new ConfigurationError('EXPORT_FILE', `There is no file or folder ${path}, which '${key}' names.`, {
    hint: 'Relative paths start at the working directory.',
  });
}

/** Connectors that are in every Flink, and formats. */
const BUILT_IN = new Set([
  'filesystem',
  'datagen',
  'print',
  'blackhole',
  'json',
  'csv',
  'raw',
  'debezium-json',
]);

function pathNotes(statements: readonly Statement[]): string[] {
  const notes = new Set<string>();
  for (const statement of statements) {
    if (statement.kind !== 'create_table') continue;
    const option = (key: string) => statement.options.find((each) => each.key.value === key)?.value.value;
    const path = option('path');
    if (option('connector') === 'filesystem' && path !== undefined && !/^\w+:\/\//.test(path))
      notes.add(
        `Table ${statement.name.parts.at(-1)!.name}: '${path}' has to be there for every machine of the cluster.`,
      );
    for (const name of [option('connector'), option('format')])
      if (name !== undefined && !BUILT_IN.has(name))
        notes.add(`'${name}' needs its jar on the cluster, or in pipeline.jars.`);
  }
  return [...notes];
}
