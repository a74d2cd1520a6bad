/** What a script of a test prints. */
import { expect } from 'vitest';
import { millstream } from '../../cli/support/command.js';

/** The rows, each as its change and its values, of a script that succeeds. */
export async function printedRows(sql: string, ...options: string[]): Promise<unknown[][]> {
  const run = await millstream(['run', '-e', sql, '--format', 'jsonl', '--quiet', ...options]);
  expect([run.code, run.stderr]).toEqual([0, expect.any(String)]);
  const lines = run.stdout.toString().split('\n');
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const { op, row } = JSON.parse(line);
      return [op, ...row];
    });
}

/** CREATE TABLE with these options. */
export function tableText(name: string, columns: string, options: Readonly<Record<string, string>>): string {
  const text = Object.entries(options).map(([key, value]) => `'${key}' = '${value}'`);
  return `CREATE TABLE ${name} (${columns}) WITH (${text.join(', ')});\n`;
}
