/** Checks every message received against `messages.schema.json`. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { InternalError } from '../../core/index.js';
import { validator } from './compiled-schema.js';
import type { ControlFromWorker, DataFromWorker } from './messages.js';

/** A message that a worker may send on its control connection. @throws {InternalError} PROTOCOL_MESSAGE. */
export function checkControlFromWorker(value: unknown): ControlFromWorker {
  return checkOneOf(value, CONTROL_FROM_WORKER) as ControlFromWorker;
}

/** A message that a worker may send on its data connection. @throws {InternalError} PROTOCOL_MESSAGE. */
export function checkDataMessage(value: unknown): DataFromWorker {
  return checkOneOf(value, DATA) as DataFromWorker;
}

/** The result of an instruction, by the name of its definition. @throws {InternalError} PROTOCOL_MESSAGE. */
export function checkResult<Result>(value: unknown, definition: ResultDefinition): Result {
  check(value, definition);
  return value as Result;
}

/** Definitions that results of instructions follow. */
export type ResultDefinition =
  | 'LoadFunctionsResult'
  | 'AnalyzeFunctionResult'
  | 'DescribeFilesResult'
  | 'OpenFunctionStageResult'
  | 'DumpStackResult'
  | 'Empty';

/** Checks `value` against the definition of that name. @throws {InternalError} PROTOCOL_MESSAGE with the path. */
export function check(value: unknown, definition: string): void {
  const validate = validator(definition);
  if (validate === undefined) {
    throw new InternalError('PROTOCOL_DEFINITION', `messages.schema.json has no definition ${definition}.`);
  }
  if (!validate(value)) {
    throw malformed(`a ${definition} message`, describe(validate.errors?.[0]));
  }
}

const CONTROL_FROM_WORKER: Readonly<Record<string, string>> = {
  hello: 'Hello',
  reply: 'Reply',
  heartbeat: 'Heartbeat',
  log: 'Log',
  metrics: 'Metrics',
};

const DATA: Readonly<Record<string, string>> = {
  schema: 'SchemaMessage',
  release: 'Release',
  batch: 'BatchMessage',
  end: 'End',
  credit: 'Credit',
  done: 'Done',
  failed_rows: 'FailedRows',
  failed: 'Failed',
};

function checkOneOf(value: unknown, definitions: Readonly<Record<string, string>>): unknown {
  const type = typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined;
  if (typeof type !== 'string' || !Object.hasOwn(definitions, type)) {
    throw malformed(
      'a message',
      `/type is ${JSON.stringify(type)}, not one of ${Object.keys(definitions).join(', ')}`,
    );
  }
  check(value, definitions[type]!);
  return value;
}

function malformed(what: string, reason: string): InternalError {
  return new InternalError(
    'PROTOCOL_MESSAGE',
    `A worker sent ${what} that does not follow the protocol: ${reason}.`,
    {
      hint: 'Make sure that the worker runs the same version of millstream; otherwise please report this.',
    },
  );
}

function describe(error: ErrorObject | undefined): string {
  if (error === undefined) {
    return 'unknown reason';
  }
  const path = error.instancePath === '' ? 'it' : error.instancePath;
  const parameters: Readonly<Record<string, unknown>> = error.params;
  const extra = parameters.additionalProperty;
  return `${path} ${error.message ?? 'is wrong'}${typeof extra === 'string' ? ` (${extra})` : ''}`;
}
