/** Finds the interpreter from which the Python environment is made. */
import { probe } from './commands.mjs';
import { SetupError } from './console.mjs';

const LEAST_MINOR = 10;
const CANDIDATES = [
  'python3.14',
  'python3.13',
  'python3.12',
  'python3.11',
  'python3.10',
  'python3',
  'python',
];
const FACTS = 'import json, sys; print(json.dumps([sys.executable, list(sys.version_info[:3])]))';

/**
 * The first candidate that really runs (a version manager's shim may be on PATH and fail) and is 3.10 or newer.
 * `MILLSTREAM_PYTHON` comes first where it is set.
 * @param {(command: string) => string | null} run prints `[executable, [major, minor, micro]]` of a command as JSON
 * @param {string | null} chosen value of MILLSTREAM_PYTHON, null where it is not set
 * @returns {{ executable: string, version: string }}
 * @throws {SetupError} when there is none; names what was found instead
 */
export function findPython(run = facts, chosen = process.env.MILLSTREAM_PYTHON ?? null) {
  const tooOld = [];
  for (const command of chosen === null ? CANDIDATES : [chosen]) {
    const answer = run(command);
    if (answer === null) continue;
    const [executable, [major, minor, micro]] = JSON.parse(answer);
    const version = `${major}.${minor}.${micro}`;
    if (major === 3 && minor >= LEAST_MINOR) return { executable, version };
    tooOld.push(`${command} is ${version}`);
  }
  throw new SetupError(notFound(chosen, tooOld), howToInstall(process.platform));
}

function facts(command) {
  return probe(command, ['-c', FACTS]);
}

function notFound(chosen, tooOld) {
  const found = tooOld.length === 0 ? '' : ` (${tooOld.join(', ')})`;
  if (chosen !== null)
    return `MILLSTREAM_PYTHON=${chosen} is not a Python 3.${LEAST_MINOR} or newer that runs${found}.`;
  return `No Python 3.${LEAST_MINOR} or newer was found${found}; tried ${CANDIDATES.join(', ')}.`;
}

function howToInstall(platform) {
  return platform === 'darwin'
    ? 'Install one (`brew install python@3.13`), or set MILLSTREAM_PYTHON to an interpreter.'
    : 'Install one (Debian, Ubuntu: `apt install python3 python3-venv`), or set MILLSTREAM_PYTHON to an interpreter.';
}
