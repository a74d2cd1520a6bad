/** The PyFlink program of an export. */
import type { Statement } from '../../core/index.js';
import { type ExportPlan, FILE_SETTINGS } from './export-plan.js';

/** The text of `driver.py`: settings, functions, and the statements one after the other. */
export function driverText(plan: ExportPlan): string {
  const { mode, files, name, version } = plan;
  const lines = [
    `"""Runs ${name} on Apache Flink ${version}: \`python driver.py\`, or \`flink run -py driver.py\`. Written by Millstream."""`,
    '',
    'from __future__ import annotations',
    '',
    'import sys',
    'from pathlib import Path',
    '',
    'from pyflink.table import EnvironmentSettings, TableEnvironment',
    '',
    'HERE = Path(__file__).resolve().parent',
    'sys.path.insert(0, str(HERE / "python"))',
    '',
    '',
    'def main() -> None:',
    ...indented([
      `env = TableEnvironment.create(EnvironmentSettings.in_${mode}_mode())`,
      'config = env.get_config()',
      'env.add_python_file(str(HERE / "python"))',
      ...files.zips.map((path) => `env.add_python_file(str(HERE / ${quoted(path)}))`),
      ...(files.requirements === null
        ? []
        : [`env.set_python_requirements(str(HERE / ${quoted(files.requirements)}))`]),
      ...files.archives.map(
        ({ path, target }) => `env.add_python_archive(str(HERE / ${quoted(path)}), ${quoted(target)})`,
      ),
      ...Object.entries(plan.settings).flatMap(([key, value]) => setting(key, value)),
      ...plan.statements.flatMap(({ statement, text }) => run(statement, text)),
    ]),
    '',
    '',
    'if __name__ == "__main__":',
    '    main()',
  ];
  return `${lines.join('\n')}\n`;
}

function run(statement: Statement, text: string): string[] {
  if (statement.kind === 'set')
    return statement.key === null ? [] : setting(statement.key.value, statement.value?.value ?? '');
  const call = `env.execute_sql(${literal(text)})`;
  switch (statement.kind) {
    case 'insert':
    case 'statement_set':
      return [`${call}.wait()`];
    case 'query_statement':
    case 'explain':
    case 'show':
    case 'describe':
      return [`${call}.print()`];
    case 'create_table':
      return [statement.query === null ? call : `${call}.wait()`];
    default:
      return [call];
  }
}

function setting(key: string, value: string): string[] {
  if (key.startsWith('millstream.') || FILE_SETTINGS.has(key)) return [];
  return [`config.set(${quoted(key)}, ${quoted(value)})`];
}

/** A Python string as people write it; the text is exactly the statement's. */
function literal(text: string): string {
  const isPlain = !text.includes('"""') && !text.includes('\\') && !text.endsWith('"');
  return isPlain && text.includes('\n') ? `"""${text}"""` : quoted(text);
}

/** Texts in JSON are texts in Python too. */
function quoted(text: string): string {
  return JSON.stringify(text);
}

/** Lines inside texts of several lines stay where they are. */
function indented(blocks: readonly string[]): string[] {
  return blocks.map((block) => `    ${block}`);
}
