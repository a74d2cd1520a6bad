/** What a stack of Flink says, as an error of ours. */
import {
  ConfigurationError,
  EnvironmentError,
  type ErrorDetails,
  type MillstreamError,
  PlanError,
  UdfError,
} from '../../core/index.js';
import { type PythonFailure, pythonFailure } from '../flink-export/python-traceback.js';

/** Whether Flink took the statement. */
export type FailedWhile = 'planning' | 'running';

/**
 * The error for a failed statement or job: FLINK_JOB_FAILED with the traceback of the function, FLINK_JAR_MISSING,
 * FLINK_REQUIREMENTS, FLINK_PYTHON, or FLINK_REFUSED.
 */
export function flinkFailure(
  stack: string,
  while_: FailedWhile,
  place: Partial<ErrorDetails> = {},
): MillstreamError {
  // What a function says is not read as what Flink says; but a worker without PyFlink fails in Python too.
  const python = pythonFailure(stack);
  const isOfFunction = python !== null && !python.message.includes("No module named 'pyflink'");
  for (const known of isOfFunction ? [] : KNOWN) {
    const error = known(stack, place);
    if (error !== null) return error;
  }
  if (python !== null) {
    const missing = missingModule(stack, python);
    if (missing !== null) return missing;
    return new UdfError('FLINK_JOB_FAILED', `The job failed on Flink: ${python.message}`, {
      details: { traceback: python.traceback },
      hint: 'Try the function here: `millstream run` has the row that it failed on.',
    });
  }
  const cause = rootCause(stack);
  return while_ === 'planning'
    ? new PlanError('FLINK_REFUSED', `Flink refuses the statement: ${cause}`, {
        details: place,
        hint: 'The whole stack is in the log of the gateway.',
      })
    : new UdfError('FLINK_JOB_FAILED', `The job failed on Flink: ${cause}`, {
        details: place,
        hint: 'The whole stack is on the page of the job in Flink.',
      });
}

/** Functions are imported twice: where the statement is planned, with Flink's loader in the stack, and by the workers. */
function missingModule(stack: string, { message, traceback }: PythonFailure): MillstreamError | null {
  const module = /^ModuleNotFoundError: No module named '([^']+)'/.exec(message)?.[1];
  if (module === undefined) return null;
  const isPlanned = /PythonFunctionFactory|PythonFunctionUtils/.test(stack);
  return new EnvironmentError(
    'FLINK_PYTHON',
    `The Python ${isPlanned ? 'that plans the job' : 'of the task managers'} has no module ${module}, which the functions import.`,
    {
      details: { traceback },
      hint: isPlanned
        ? 'Requirements are installed for the task managers alone. Install it there too (--pyclientexec names the Python of a gateway, --python the one here), or import it inside of the function.'
        : 'Name it in the requirements (python.requirements), or install it into the Python that --pyexec names.',
    },
  );
}

type Known = (stack: string, place: Partial<ErrorDetails>) => MillstreamError | null;

const KNOWN: readonly Known[] = [
  (stack, details) => {
    const match = /Could not find any (format )?factory for identifier '([^']+)'/.exec(stack);
    if (match === null) return null;
    const [, format, name] = match;
    return new ConfigurationError(
      'FLINK_JAR_MISSING',
      `The cluster has no ${format === undefined ? 'connector' : 'format'} '${name}': its jar is missing.`,
      {
        details,
        hint: `Put ${jarOf(name!, format !== undefined)} into Flink's lib folder, or name it where the gateway can read it: --jar PATH.`,
      },
    );
  },
  (stack, details) => {
    const match = /(?:ClassNotFoundException|NoClassDefFoundError): ([\w.$/]+)/.exec(stack);
    if (match === null) return null;
    return new ConfigurationError(
      'FLINK_JAR_MISSING',
      `The cluster has no class ${match[1]!.replaceAll('/', '.')}: a jar is missing.`,
      { details, hint: 'Put the jar that has it into Flink’s lib folder, or name it: --jar PATH.' },
    );
  },
  (stack, details) => {
    if (!/pip[", ]+install|install requirements|requirements\.txt/i.test(stack)) return null;
    const said = /ERROR: .*/.exec(stack)?.[0].trim();
    return new EnvironmentError(
      'FLINK_REQUIREMENTS',
      `The workers of the cluster cannot install requirements.txt${said === undefined ? '' : `: ${said}`}`,
      {
        details,
        hint: 'Their machines have to reach a package index; where their Python has the packages already, leave python.requirements out.',
      },
    );
  },
  (stack, details) => {
    const match =
      /Cannot run program "([^"]*python[^"]*)"|(No module named 'pyflink')|Python callback server start failed/.exec(
        stack,
      );
    if (match === null) return null;
    const what = match[1] === undefined ? 'it has no PyFlink' : `${match[1]} is not there`;
    return new EnvironmentError('FLINK_PYTHON', `The Python of the cluster cannot be used: ${what}.`, {
      details,
      hint: 'Install apache-flink of the cluster’s version there, and name its Python: --pyexec for the task managers, --pyclientexec for the gateway.',
    });
  },
];

/** Jars that are known by another name than their connector's. */
const JARS: Readonly<Record<string, string>> = {
  'upsert-kafka': 'flink-sql-connector-kafka',
  jdbc: 'flink-connector-jdbc',
  'postgres-cdc': 'flink-sql-connector-postgres-cdc',
  parquet: 'flink-sql-parquet',
  orc: 'flink-sql-orc',
  avro: 'flink-sql-avro',
  'avro-confluent': 'flink-sql-avro-confluent-registry',
  'debezium-avro-confluent': 'flink-sql-avro-confluent-registry',
  protobuf: 'flink-sql-protobuf',
};

function jarOf(name: string, isFormat: boolean): string {
  return `${JARS[name] ?? `flink-sql-${isFormat ? '' : 'connector-'}${name}`} (of the cluster's version)`;
}

/** The message of the innermost cause, or of the outermost exception. */
function rootCause(stack: string): string {
  const lines = stack.split('\n').filter((line) => !/^\s+(at |\.\.\.)/.test(line));
  const at = lines.findLastIndex((line) => line.startsWith('Caused by: '));
  // Without causes: the first line of a stack of Java, the last one of a traceback.
  const isTraceback = lines.some((line) => line.startsWith('Traceback'));
  if (at < 0 && isTraceback) return lines.findLast((line) => line.trim() !== '')!.trim();
  const first = lines.slice(Math.max(at, 0));
  const end = first.findIndex(
    (line, i) => i > 0 && (line.trim() === '' || line.startsWith('End of exception')),
  );
  return first
    .slice(0, end === -1 ? 1 : end)
    .join(' ')
    .replace(/^Caused by: /, '')
    .replace(/^(?:[\w$]+\.)+\w+(?:Exception|Error): /, '')
    .trim();
}
