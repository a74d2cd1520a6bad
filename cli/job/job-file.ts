/** Reads a job file (YAML, or JSON as its subset) and makes a script of it. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';
import type { ErrorSource } from '../errors/render-error.js';
import { checkJobFile } from './check-job-file.js';
import { checkParameters } from './check-parameters.js';
import type { ScriptJob } from './job.js';
import { JobError } from './job-error.js';
import type { JobFileContent } from './job-file-content.js';
import { jobFileSql } from './job-file-sql.js';

/**
 * @param source the file's name and text
 * @param folder the file's folder; `sql: {file: …}` is relative to it
 * @throws {JobError} with line and caret, when the text is no YAML or does not fit the schema
 */
export async function readJobFile(source: ErrorSource, folder: string): Promise<ScriptJob> {
  const lines = new LineCounter();
  const document = parseDocument(source.text, { lineCounter: lines });
  const [syntaxError] = document.errors;
  if (syntaxError !== undefined) throw syntaxProblem(source, syntaxError, lines);
  checkJobFile(source, document as Document.Parsed, lines);
  const content = document.toJS() as JobFileContent;
  if (content.parameterSchema !== undefined)
    checkParameters(content, source, document as Document.Parsed, lines);
  const sql = jobFileSql(content, await statements(content.sql, source, folder));
  return {
    kind: 'script',
    source: { name: `${source.name} as SQL (millstream explain --sql ${source.name})`, text: sql },
    folder,
    mode: content.mode ?? null,
  };
}

async function statements(sql: JobFileContent['sql'], source: ErrorSource, folder: string): Promise<string> {
  if (typeof sql === 'string') return sql;
  if (!('file' in sql)) return sql.map((statement) => `${statement.trim().replace(/;$/, '')};`).join('\n');
  const file = resolve(folder, sql.file);
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw new JobError(
      'JOB_NOT_READABLE',
      `${file}, named by \`sql.file\` in ${source.name}, cannot be read`,
      null,
      {
        hint: 'The path is relative to the job file.',
        cause: error,
      },
    );
  }
}

function syntaxProblem(source: ErrorSource, error: YAMLError, lines: LineCounter): JobError {
  const [start, end] = error.pos;
  const { line, col } = lines.linePos(start);
  const message = error.message.split(' at line ')[0] ?? error.message;
  return new JobError('JOB_FILE_SYNTAX', message, source, {
    details: { file: source.name, line, column: col, length: Math.max(1, end - start) },
    hint: 'A job file is YAML or JSON.',
    cause: error,
  });
}
