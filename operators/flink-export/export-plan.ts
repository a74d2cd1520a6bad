/** What an export has: the statements in order, what they need, and what is told about it. */
import type { CreateFunctionStatement, FlinkVersion, Statement } from '../../core/index.js';

/** A statement for the driver. */
export interface ExportedStatement {
  readonly statement: Statement;
  /** As written but for what the notes say, without its semicolon. */
  readonly text: string;
}

/** A Python function that the driver registers. */
export type ExportedFunction = Extract<CreateFunctionStatement, { form: 'path' }>;

export interface ExportPlan {
  /** What the job is called, for people. */
  readonly name: string;
  readonly version: FlinkVersion;
  readonly mode: 'batch' | 'streaming';
  readonly statements: readonly ExportedStatement[];
  /** Settings that are not in statements (`-D`), by key. */
  readonly settings: Readonly<Record<string, string>>;
  readonly files: ExportedFiles;
  /** What was left out or needs care, a sentence each. */
  readonly notes: readonly string[];
}

/** Files of the export, by their place in it. */
export interface ExportedFiles {
  /** Absolute path of each file or folder, by its path in the export: `python/functions.py`. */
  readonly copies: ReadonlyMap<string, string>;
  /** Zip files in front of the path of Python modules, as paths in the export. */
  readonly zips: readonly string[];
  readonly requirements: string | null;
  readonly archives: readonly { readonly path: string; readonly target: string }[];
  /** The functions are declared with Millstream's decorators, some at least. */
  readonly needsMillstream: boolean;
}

/** True for CREATE FUNCTION of a Python function by its path. */
export function isPythonFunction(statement: Statement): statement is ExportedFunction {
  return statement.kind === 'create_function' && statement.form === 'path' && statement.language === 'PYTHON';
}

/** Settings that the driver gives in another way than by their key. */
export const FILE_SETTINGS = new Set([
  'python.files',
  'python.requirements',
  'python.archives',
  'python.executable',
  'execution.runtime-mode',
]);

/** True for statements whose job writes, and goes on without whoever submitted it. */
export function isWriting(statement: Statement): boolean {
  return (
    statement.kind === 'insert' ||
    statement.kind === 'statement_set' ||
    (statement.kind === 'create_table' && statement.query !== null)
  );
}
