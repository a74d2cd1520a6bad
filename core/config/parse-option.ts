/** Text → typed, checked value of an option. */
import { Ajv, type ValidateFunction } from 'ajv';
import { ConfigurationError } from '../errors.js';
import { parseMemory } from '../resource/parse-memory.js';
import type { Option, OptionType, OptionTypes } from './option.js';
import { OPTIONS, type OptionKey } from './options.js';
import { parseDuration } from './parse-duration.js';
import { parseMap, parseMaps } from './parse-map.js';

/**
 * The value that `text` is for `key`. Enumerated values may be written in any case, as in Flink.
 * @throws {ConfigurationError} OPTION_VALUE, with what is expected
 */
export function parseOption(key: OptionKey, text: string): OptionTypes[OptionType] {
  const option: Option = OPTIONS[key];
  const value = parseAs(key, option, text.trim());
  const validate = validator(key, option);
  if (!validate(value)) throw invalid(key, option, text);
  return value;
}

function parseAs(key: OptionKey, option: Option, text: string): OptionTypes[OptionType] {
  switch (option.type) {
    case 'boolean':
      if (/^(true|false)$/i.test(text)) return text.toLowerCase() === 'true';
      throw invalid(key, option, text);
    case 'integer':
    case 'number':
      return text === '' ? Number.NaN : Number(text);
    case 'duration':
      return explained(key, text, parseDuration);
    case 'memory':
      return explained(key, text, parseMemory);
    case 'list':
      return text === '' ? [] : text.split(',').map((item) => item.trim());
    case 'map':
      return explained(key, text, parseMap);
    case 'maps':
      return explained(key, text, parseMaps);
    case 'string':
      return enumerated(option)?.find((value) => value.toLowerCase() === text.toLowerCase()) ?? text;
  }
}

function explained<T>(key: OptionKey, text: string, parse: (text: string) => T): T {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    throw new ConfigurationError('OPTION_VALUE', `'${key}': ${error.message}`, {
      hint: error.hint,
      cause: error,
    });
  }
}

function invalid(key: OptionKey, option: Option, text: string): ConfigurationError {
  return new ConfigurationError('OPTION_VALUE', `'${key}' cannot be '${text}': it is ${expected(option)}.`, {
    hint: option.meaning,
  });
}

function expected(option: Option): string {
  const values = enumerated(option);
  if (values !== null) return `one of ${values.join(', ')}`;
  const { minimum, maximum } = option.schema ?? {};
  const range = [
    minimum === undefined ? [] : [`at least ${minimum}`],
    maximum === undefined ? [] : [`at most ${maximum}`],
  ];
  const name = {
    boolean: 'true or false',
    integer: 'a whole number',
    number: 'a number',
    map: 'key:value,key:value',
    maps: 'key:value,key:value with semicolons between the maps',
  } as Readonly<Partial<Record<OptionType, string>>>;
  return [name[option.type] ?? `a valid ${option.type}`, ...range.flat()].join(', ');
}

function enumerated(option: Option): readonly string[] | null {
  return (option.schema?.enum as readonly string[] | undefined) ?? null;
}

// The schemas of the table are checked by a test: compiling the schema of schemas costs every start 90 ms.
const ajv = new Ajv({ strict: true, allErrors: false, meta: false, validateSchema: false });
const validators = new Map<OptionKey, ValidateFunction>();

/** Compiled on first use: most jobs set a few options. */
function validator(key: OptionKey, option: Option): ValidateFunction {
  let validate = validators.get(key);
  if (validate === undefined) {
    validate = ajv.compile({ type: JSON_TYPES[option.type], ...option.schema });
    validators.set(key, validate);
  }
  return validate;
}

const JSON_TYPES: Readonly<Record<OptionType, string>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  duration: 'number',
  memory: 'integer',
  list: 'array',
  map: 'object',
  maps: 'array',
};
