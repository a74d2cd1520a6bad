/** The SQL that a job file stands for. */
import { backticked, formatMap } from '../../core/index.js';
import type {
  EnvironmentEntry,
  FunctionEntry,
  JobFileContent,
  OptionValues,
  TableEntry,
} from './job-file-content.js';

/** One script: settings, functions, tables, then `statements` as they are. It means exactly what the file means. */
export function jobFileSql(content: JobFileContent, statements: string): string {
  const prologue = [
    ...settings(content),
    ...Object.entries(content.functions ?? {}).flatMap(([name, entry]) => functionStatements(name, entry)),
    ...Object.entries(content.tables ?? {}).map(([name, entry]) => tableStatement(name, entry)),
  ];
  return [...prologue, statements].join('\n');
}

function settings(content: JobFileContent): string[] {
  const { mode, resources, environment, parameters, files, options } = content;
  return [
    ...setIfGiven('execution.runtime-mode', mode),
    ...setIfGiven('millstream.memory', resources?.memory),
    ...setIfGiven('parallelism.default', resources?.parallelism),
    ...environmentSettings(environment ?? {}),
    ...setIfGiven('pipeline.global-job-parameters', parameters && formatMap(textValues(parameters))),
    ...setIfGiven('pipeline.cached-files', files && cachedFiles(files)),
    ...Object.entries(options ?? {}).map(([key, value]) => set(key, value)),
  ];
}

function environmentSettings({ executable, requirements, files, archives }: EnvironmentEntry): string[] {
  return [
    ...setIfGiven('python.executable', executable),
    ...setIfGiven('python.requirements', requirements),
    ...setIfGiven('python.files', files?.join(',')),
    ...setIfGiven('python.archives', archives?.join(',')),
  ];
}

function textValues(values: OptionValues): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, String(value)]));
}

function cachedFiles(files: Readonly<Record<string, string>>): string {
  return Object.entries(files)
    .map(([name, path]) => formatMap({ name, path }))
    .join(';');
}

function functionStatements(name: string, entry: string | FunctionEntry): string[] {
  const { target, ...options } = typeof entry === 'string' ? { target: entry } : entry;
  return [
    ...Object.entries(options as OptionValues).map(([key, value]) =>
      set(`millstream.function.${name}.${key}`, value),
    ),
    `CREATE TEMPORARY FUNCTION ${backticked(name)} AS ${literal(target)} LANGUAGE PYTHON;`,
  ];
}

function tableStatement(name: string, { columns, options }: TableEntry): string {
  const body = Object.entries(columns).map(([column, type]) => `  ${backticked(column)} ${type}`);
  const pairs = Object.entries(options).map(
    ([key, value]) => `  ${literal(key)} = ${literal(String(value))}`,
  );
  return `CREATE TEMPORARY TABLE ${backticked(name)} (\n${body.join(',\n')}\n) WITH (\n${pairs.join(',\n')}\n);`;
}

function setIfGiven(key: string, value: string | number | undefined): string[] {
  return value === undefined ? [] : [set(key, value)];
}

function set(key: string, value: string | number | boolean): string {
  return `SET ${literal(key)} = ${literal(String(value))};`;
}

function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
