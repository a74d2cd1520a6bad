/** `millstream.function.<name>.<option>`: options of a function without touching its code. */
import { ConfigurationError } from '../errors.js';
import { formatConcurrency, parseConcurrency } from '../resource/concurrency.js';
import { parseMemory } from '../resource/parse-memory.js';
import { nearNames } from '../text/near-names.js';
import { parseDuration } from './parse-duration.js';
import { TABLE_NAME } from './parse-table-name.js';

/** What the text of an option is, as EXPLAIN shows it; throws or gives null for a wrong one. */
interface FunctionOption {
  readonly read: (text: string) => string | number | boolean | null;
  readonly expected: string;
}

const WHOLE: FunctionOption = {
  read: (text) => (/^[1-9]\d{0,8}$/.test(text) ? Number(text) : null),
  expected: 'a whole number of at least 1',
};

const WHOLE_ROWS: FunctionOption = {
  read: (text) => (/^[1-9]\d{0,14}$/.test(text) ? Number(text) : null),
  expected: 'a whole number of at least 1',
};

/** Options that act. */
const ACTIVE: Readonly<Record<string, FunctionOption>> = {
  memory: {
    read: (text) => (parseMemory(text) > 0 ? parseMemory(text) : null),
    expected: "a memory size: '256 MB', '1 GB'",
  },
  cpus: { read: positive, expected: 'a number of cores above 0, such as 0.5 or 2' },
  gpus: {
    read: (text) => {
      const devices = positive(text);
      return devices !== null && devices > 1 && !Number.isInteger(devices) ? null : devices;
    },
    expected: 'a part of one device, such as 0.5, or a whole number of devices',
  },
  resources: { read: (text) => (text === '' ? null : text), expected: 'a name' },
  concurrency: {
    read: (text) => {
      const range = parseConcurrency(text);
      return range === null ? null : formatConcurrency(range);
    },
    expected: "a whole number of at least 1, or the least and the most: '1-8'",
  },
  batch_rows: WHOLE,
  retry: { ...WHOLE, expected: 'the number of attempts, at least 1' },
  rate: {
    read: (text) => (/^(?=.*[1-9])\d+(\.\d+)?\s*\/\s*(ms|s|sec|min|m|h|d)$/.test(text) ? text : null),
    expected: "a number of calls and a time: '100/s', '10/min', '1000/h'",
  },
  cache: { ...WHOLE, expected: 'the number of results to keep, at least 1' },
  timeout: {
    read: (text) => (parseDuration(text) > 0 ? `${parseDuration(text) / 1000} s` : null),
    expected: "a duration: '500 ms', '10 s'",
  },
  ordered: {
    read: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null),
    expected: 'true or false',
  },
  on_error: {
    read: (text) => (/^(fail|null|skip|dead_letter)$/.test(text) ? text : null),
    expected: 'fail, null, skip or dead_letter',
  },
  dead_letter_table: {
    read: (text) => (TABLE_NAME.test(text) ? text : null),
    expected: 'the name of a table',
  },
  max_errors: {
    read: mostErrors,
    expected: "a number of rows, or a share of them: '100', '0.01', '1 %'",
  },
  max_output_rows: WHOLE_ROWS,
  max_output_bytes: {
    read: (text) => (parseMemory(text) > 0 ? parseMemory(text) : null),
    expected: "a size: '64 MB', '1 GB'",
  },
  replay: {
    read: (text) => (/^(true|false)$/i.test(text) ? text.toLowerCase() === 'true' : null),
    expected: 'true or false',
  },
  packages: { read: (text) => (text === '' ? null : text), expected: "requirements: 'numpy==2.1, regex'" },
  python: {
    read: (text) => (text === '' ? null : text),
    expected: "a version of Python or the path of one: '3.12', '>=3.11,<3.14'",
  },
};

/** Options that the core acts on before a worker exists. */
const OF_CORE = ['packages', 'python', 'memory', 'cpus', 'gpus', 'resources', 'dead_letter_table'];

/** What the functions of a setting must be, and the options that then act. */
interface FunctionForm {
  readonly kind: string;
  readonly isAsync: boolean;
  readonly deterministic: boolean;
  readonly batch: string | null;
}

/** Every option that a key may name. */
export const FUNCTION_OPTIONS: readonly string[] = Object.keys(ACTIVE);

/** The function and option that a key names; null for other keys. The option may be one that does not exist. */
export function functionKey(key: string): { readonly function: string; readonly option: string } | null {
  const match = /^millstream\.function\.(.+)\.([^.]+)$/.exec(key);
  return match === null ? null : { function: match[1]!, option: match[2]! };
}

/** @throws {ConfigurationError} OPTION_UNKNOWN, OPTION_VALUE */
export function checkFunctionOption(key: string, option: string, text: string): void {
  const known = Object.hasOwn(ACTIVE, option) ? ACTIVE[option]! : null;
  if (known !== null) {
    readOption(key, known, text);
    return;
  }
  const near = nearNames(option, FUNCTION_OPTIONS);
  throw new ConfigurationError('OPTION_UNKNOWN', `'${key}': functions have no option '${option}'.`, {
    hint:
      near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `They have ${FUNCTION_OPTIONS.join(', ')}.`,
  });
}

/** A function's options with the job's settings, which win. Texts have been checked. */
export function withOverrides(
  declared: Readonly<Record<string, string | number | boolean>>,
  texts: Readonly<Record<string, string>>,
): Record<string, string | number | boolean> {
  const read = Object.entries(texts).map(([option, text]) => [option, ACTIVE[option]!.read(text.trim())!]);
  return { ...declared, ...Object.fromEntries(read) };
}

/** The settings of a function in the words of workers. @throws {ConfigurationError} OPTION_VALUE where one cannot act on it */
export function wireOverrides(
  name: string,
  form: FunctionForm,
  texts: Readonly<Record<string, string>>,
): Record<string, string> {
  for (const [option, text] of Object.entries(texts)) {
    const key = `millstream.function.${name}.${option}`;
    if (option === 'ordered' && !form.isAsync) {
      throw new ConfigurationError('OPTION_VALUE', `'${key}': ${name} is not an async function.`, {
        hint: `Take it out, or write 'async def ${name}'.`,
      });
    }
    if (option === 'concurrency' && form.isAsync && text.includes('-')) {
      throw new ConfigurationError('OPTION_VALUE', `'${key}' is a range, and ${name} is an async function.`, {
        hint: 'Give one number: of async functions it is the number of calls in flight.',
      });
    }
    const whyNot = option === 'cache' ? whyNotKept(form) : null;
    if (whyNot !== null) {
      throw new ConfigurationError('OPTION_VALUE', `'${key}': ${name} ${whyNot}.`, {
        hint: 'Take it out: results are kept of deterministic scalar functions that are called by row.',
      });
    }
    if (option === 'batch_rows' && form.batch === null) {
      throw new ConfigurationError('OPTION_VALUE', `'${key}': ${name} takes rows, not batches.`, {
        hint: 'Take it out, or declare the function with batch=….',
      });
    }
  }
  return Object.fromEntries(
    Object.entries(texts)
      .filter(([option]) => !OF_CORE.includes(option))
      .map(([option, text]) => [option, String(ACTIVE[option]!.read(text.trim()))]),
  );
}

/** Why results of a function cannot be kept, as a clause; null: they can. */
function whyNotKept({ kind, batch, deterministic }: FunctionForm): string | null {
  if (kind !== 'scalar') return 'is not a scalar function';
  if (batch !== null) return 'takes whole columns, not rows';
  return deterministic ? null : 'is not deterministic';
}

function positive(text: string): number | null {
  const number = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  return number > 0 ? number : null;
}

/** A whole number of rows, or below 1 a share. */
function mostErrors(text: string): number | null {
  const percent = /^(\d{1,3}(?:\.\d{1,6})?)\s*%$/.exec(text);
  if (percent !== null) return share(Number(percent[1]) / 100);
  if (/^\d{1,12}$/.test(text)) return Number(text);
  return /^0?\.\d{1,9}$/.test(text) ? share(Number(text)) : null;
}

function share(value: number): number | null {
  return value > 0 && value < 1 ? value : null;
}

function readOption(key: string, option: FunctionOption, text: string): void {
  try {
    if (option.read(text.trim()) !== null) return;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
  }
  throw new ConfigurationError('OPTION_VALUE', `'${key}' cannot be '${text}': it is ${option.expected}.`);
}
