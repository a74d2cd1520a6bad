/** Python functions: their interpreter, files, packages and variables, and what is kept of failures. */
import type { Option } from './option.js';
import { TABLE_NAME } from './parse-table-name.js';

export const PYTHON_OPTIONS = {
  'python.executable': {
    type: 'string',
    default: null,
    meaning: 'Python interpreter of the workers (3.10 or later); by default the one of the installation.',
  },
  'python.files': {
    type: 'list',
    default: null,
    meaning:
      'Folders, .py and .zip files in front of the path of Python modules, relative to the working directory.',
  },
  'python.logging.default.level': {
    type: 'string',
    default: 'INFO',
    meaning: 'Lowest level of Python logging that is shown.',
    schema: { enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] },
  },
  'python.logging.level.overrides': {
    type: 'map',
    default: null,
    meaning: "Levels of single Python loggers: 'urllib3:WARNING,model.cache:DEBUG'.",
    schema: { additionalProperties: { enum: ['DEBUG', 'INFO', 'WARNING', 'ERROR', 'CRITICAL'] } },
  },
  'pipeline.global-job-parameters': {
    type: 'map',
    default: null,
    meaning: "What functions read by get_job_parameter: 'model:small,limit:10'.",
  },
  'pipeline.cached-files': {
    type: 'maps',
    default: null,
    meaning:
      "Files that functions find by name: 'name:weights,path:model/weights.bin', relative to the working directory.",
    schema: { items: { type: 'object', properties: { name: {}, path: {} }, required: ['name', 'path'] } },
  },
  'millstream.replay.save': {
    type: 'boolean',
    default: 'true',
    meaning:
      'The bundle that a function fails on is kept for a week, readable by its owner, for `millstream replay`.',
  },
  'millstream.dead-letter.path': {
    type: 'string',
    default: null,
    meaning:
      "File for the rows that functions with on_error='dead_letter' fail on, one JSON object a line, appended; by " +
      'default dead-letters-<job>.jsonl in the working directory.',
    schema: { minLength: 1 },
  },
  'millstream.dead-letter.table': {
    type: 'string',
    default: null,
    meaning:
      'Table for the same rows, written by its connector and shown together with the other output of the job. They ' +
      'are in the file then only where millstream.dead-letter.path names it; records of tables go to the file alone.',
    schema: { pattern: TABLE_NAME.source },
  },
  'python.requirements': {
    type: 'string',
    default: null,
    meaning:
      "Requirements file of the functions that declare no dependencies; 'file#folder' takes wheels from the folder " +
      'and from nowhere else.',
    schema: { minLength: 1 },
  },
  'python.archives': {
    type: 'list',
    default: null,
    meaning:
      "Archives (zip, tar, tar.gz, tar.bz2, tar.xz, tar.zst) unpacked into the workers' folder: 'path' under its own " +
      "name, 'path#target' under another.",
  },
  'python.systemenv.enabled': {
    type: 'boolean',
    default: 'false',
    meaning:
      'Function workers are given every variable of the environment; false: those every program needs.',
  },
  'millstream.worker.env': {
    type: 'list',
    default: null,
    meaning:
      "Variables for function workers: 'NAME' or 'PREFIX_*' of the environment, 'NAME=value'. Values are not shown.",
  },
} as const satisfies Readonly<Record<string, Option>>;
