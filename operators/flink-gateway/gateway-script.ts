/** What a gateway is sent for an export: properties of the session, and the statements. */
import { ConfigurationError, type Statement } from '../../core/index.js';
import { type ExportedStatement, type ExportPlan, FILE_SETTINGS } from '../flink-export/export-plan.js';

export interface GatewayScript {
  /** Configuration that the session begins with. */
  readonly properties: Readonly<Record<string, string>>;
  readonly statements: readonly ExportedStatement[];
}

export interface ScriptPlaces {
  /** Where the gateway finds the files of the export, a folder or a URL; null: the job has none. */
  readonly files: string | null;
  /** Python of the task managers, and of the gateway; null: as the cluster has it. */
  readonly pythonOfWorkers: string | null;
  readonly pythonOfGateway: string | null;
}

/** Statements are sent as they are written, but settings that Flink does not have. */
export function gatewayScript(plan: ExportPlan, places: ScriptPlaces): GatewayScript {
  const { files, mode, settings } = plan;
  const { pythonOfWorkers, pythonOfGateway } = places;
  const at = (path: string) => `${places.files}/${path}`;
  const properties = {
    'execution.runtime-mode': mode,
    ...Object.fromEntries(Object.entries(settings).filter(([key]) => isSent(key))),
    ...(places.files === null ? {} : { 'python.files': ['python', ...files.zips].map(at).join(',') }),
    ...(files.requirements === null ? {} : { 'python.requirements': at(files.requirements) }),
    ...(files.archives.length === 0
      ? {}
      : { 'python.archives': files.archives.map(({ path, target }) => `${at(path)}#${target}`).join(',') }),
    ...(pythonOfWorkers === null ? {} : { 'python.executable': pythonOfWorkers }),
    ...(pythonOfGateway === null ? {} : { 'python.client.executable': pythonOfGateway }),
  };
  const statements = plan.statements.filter(({ statement }) => {
    refuseResetOfAll(statement);
    const isSetting = statement.kind === 'set' || statement.kind === 'reset';
    return !isSetting || statement.key === null || isSent(statement.key.value);
  });
  return { properties, statements };
}

function isSent(key: string): boolean {
  return !key.startsWith('millstream.') && !FILE_SETTINGS.has(key);
}

function refuseResetOfAll(statement: Statement): void {
  if (statement.kind !== 'reset' || statement.key !== null) return;
  throw new ConfigurationError(
    'EXPORT_RESET',
    'RESET of all settings would take the mode and the files from the job.',
    {
      hint: 'RESET the keys by their names.',
    },
  );
}
