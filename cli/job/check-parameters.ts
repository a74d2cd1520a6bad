/** Checks `parameters` of a job file against the JSON Schema that the file itself gives for them. */
import { Ajv, type ValidateFunction } from 'ajv';
import type { Document, LineCounter } from 'yaml';
import { reasonOf } from '../../core/index.js';
import type { ErrorSource } from '../errors/render-error.js';
import { problemAt } from './check-job-file.js';
import { JobError } from './job-error.js';
import type { JobFileContent } from './job-file-content.js';

/** @throws {JobError} JOB_FILE_INVALID at the parameter that does not fit, or where the schema is none */
export function checkParameters(
  { parameters = {}, parameterSchema = {} }: JobFileContent,
  source: ErrorSource,
  document: Document.Parsed,
  lines: LineCounter,
): void {
  const validate = compile(parameterSchema, source);
  if (validate(parameters)) return;
  const problem = validate.errors?.[0];
  if (problem !== undefined) throw problemAt(problem, ['parameters'], source, document, lines);
}

function compile(schema: Readonly<Record<string, unknown>>, source: ErrorSource): ValidateFunction {
  try {
    return new Ajv({ verbose: true, allowUnionTypes: true, strictTypes: false }).compile(schema);
  } catch (error) {
    const reason = reasonOf(error);
    throw new JobError('JOB_FILE_INVALID', `\`parameterSchema\` is no JSON Schema: ${reason}`, source, {
      hint: 'It is an object schema, for example {properties: {limit: {type: integer, minimum: 1}}, required: [limit]}.',
      cause: error,
    });
  }
}
