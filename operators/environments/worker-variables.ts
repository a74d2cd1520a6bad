/** Which of the core's variables function workers are given: what every program needs, and what the job names. */
import { ConfigurationError } from '../../core/index.js';

type Variables = Readonly<Record<string, string | undefined>>;

/** Locale, time, folders, the network's way out, devices, and what the runtime itself reads; no credentials. */
const ALWAYS = [
  /^(PATH|HOME|USER|LOGNAME|SHELL|PWD|LANG|LANGUAGE|LC_.*|TZ|TZDIR|TERM|COLUMNS|TMPDIR|TEMP|TMP|HOSTNAME)$/,
  /^(XDG_.*|LD_LIBRARY_PATH|LD_PRELOAD|DYLD_.*|SSL_CERT_.*|REQUESTS_CA_BUNDLE|CURL_CA_BUNDLE|OPENSSL_CONF)$/,
  /^(HTTPS?_PROXY|NO_PROXY|ALL_PROXY|https?_proxy|no_proxy|all_proxy)$/,
  /^(CUDA_.*|NVIDIA_.*|ROCR_.*|HIP_.*|OMP_.*|MKL_.*|OPENBLAS_.*|NUMEXPR_.*|MALLOC_.*|ARROW_.*|JE_ARROW_.*)$/,
  /^(PYTHON.*|VIRTUAL_ENV|CONDA_PREFIX|MILLSTREAM_.*|HF_HOME|TRANSFORMERS_CACHE|TORCH_HOME)$/,
];

const SET_FOR_WORKERS = [
  'PYTHONPATH',
  'PYTHONUNBUFFERED',
  'OPENBLAS_NUM_THREADS',
  'OMP_NUM_THREADS',
  'MKL_NUM_THREADS',
  'JE_ARROW_MALLOC_CONF',
];

/** Variables of a worker, in the words of `WorkerSpec`. */
export interface WorkerVariables {
  /** Of the core, by name; null: all of them. */
  readonly inherited: readonly string[] | null;
  readonly environment: Readonly<Record<string, string>>;
}

/**
 * @param named `millstream.worker.env`: `NAME`, `PREFIX_*`, `NAME=value`
 * @param all `python.systemenv.enabled`
 * @throws {ConfigurationError} OPTION_VALUE for a name that is no variable, or is not set
 */
export function workerVariables(
  named: readonly string[],
  all: boolean,
  environment: Variables = process.env,
): WorkerVariables {
  const items = named.map(parseItem);
  const values = items.flatMap(({ name, value }) => (value === null ? [] : [[name, value] as const]));
  const patterns = items.filter(({ value }) => value === null);
  for (const { name, isPrefix } of patterns) {
    if (!isPrefix && environment[name] === undefined) throw refused(name, 'is not set where Millstream runs');
  }
  const isKept = (variable: string) =>
    ALWAYS.some((pattern) => pattern.test(variable)) ||
    patterns.some(({ name, isPrefix }) => (isPrefix ? variable.startsWith(name) : variable === name));
  const inherited = Object.keys(environment).filter(isKept);
  // Set for every Python process, and not of the core.
  return {
    inherited: all ? null : [...inherited, ...SET_FOR_WORKERS],
    environment: Object.fromEntries(values),
  };
}

interface Item {
  readonly name: string;
  readonly isPrefix: boolean;
  readonly value: string | null;
}

function parseItem(item: string): Item {
  const match = /^([A-Za-z_][A-Za-z0-9_]*)(?:(\*)|=([\s\S]*))?$/.exec(item);
  if (match === null) throw refused(item.split('=', 1)[0]!, 'is no name of a variable');
  const [, name = '', star, value = null] = match;
  return { name, isPrefix: star !== undefined, value };
}

function refused(name: string, why: string): ConfigurationError {
  return new ConfigurationError('OPTION_VALUE', `'millstream.worker.env': ${name} ${why}.`, {
    hint: 'Name variables (AWS_REGION), prefixes (AWS_*), or give values (MODE=fast); a comma separates them.',
  });
}
