/** What Flink's grammar has and Millstream has not, each with the way that works here. */
import type { SqlError } from '../../errors.js';
import type { Cursor } from './cursor.js';

const CHANGE = 'Files are replaced as a whole: INSERT OVERWRITE t SELECT … the rows as they shall be.';
const MODULES = 'Modules hold Java functions; there is the core module alone. CREATE FUNCTION takes Python.';

/** Statements, by their first word. */
const STATEMENTS: Readonly<Record<string, string>> = {
  ANALYZE: 'Leave it out: what is known of a file is read from it when a query is planned.',
  CALL: 'There are no procedures: write their statements, or a Python function.',
  COMPILE: 'Jobs are planned when they run; EXPLAIN shows the plan.',
  DELETE: CHANGE,
  LOAD: MODULES,
  MERGE: CHANGE,
  REFRESH: 'Run INSERT OVERWRITE with the query of the table.',
  STOP: 'End a job by Ctrl-C or SIGTERM; `millstream ps` lists those that run.',
  TRUNCATE: 'INSERT OVERWRITE t SELECT * FROM t WHERE FALSE empties a table.',
  UNLOAD: MODULES,
  UPDATE: CHANGE,
  UPSERT: CHANGE,
};

/** Commands of Flink's SQL client. */
const CLIENT = new Set(['CLEAR', 'EXIT', 'HELP', 'QUIT', 'SOURCE']);

/** Kinds of objects, behind CREATE, ALTER, DROP, SHOW and DESCRIBE. */
const OBJECTS: Readonly<Record<string, string>> = {
  CONNECTION: 'Options of a table say where it is.',
  CONNECTIONS: 'Options of a table say where it is.',
  JOB: '`millstream ps` lists the jobs that run.',
  JOBS: '`millstream ps` lists the jobs that run.',
  MATERIALIZED: 'Make a TABLE, and fill it with INSERT OVERWRITE where it is to be refreshed.',
  MODEL: 'Call the model in a Python function; its open() loads it once for each worker.',
  MODELS: 'Call models in Python functions.',
  PROCEDURES: 'There are none.',
  SECRET: 'Functions read secrets from the environment: millstream.worker.env names its variables.',
};

/** The error for a statement that Flink has and Millstream has not; null for any other word. */
export function refusedStatement(c: Cursor): SqlError | null {
  const { word, span } = c.peek();
  if (CLIENT.has(word)) {
    return c.error(span, `${word} is a command of Flink's SQL client, not a statement`, {
      hint: 'Leave it out: a script is run to its end.',
    });
  }
  const hint = STATEMENTS[word];
  return hint === undefined ? null : c.unsupported(span, `the statement ${word}`, hint);
}

/** The same for an object that stands `ahead` tokens further, as in CREATE MODEL; `what` is the beginning of the statement. */
export function refusedObject(c: Cursor, what: string, ahead = 0): SqlError | null {
  const { word, span } = c.peek(ahead);
  const hint = OBJECTS[word];
  return hint === undefined ? null : c.unsupported(span, `${what} ${word}`, hint);
}
