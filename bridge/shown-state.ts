/** Pickled state as JSON text: a Python process reads it without importing, or calling, anything that it names. */
import { pythonEnvironment, startError } from './python-command.js';
import { moduleArguments } from './python-module.js';

/** Pickles that a process is given at once. */
const MOST_BYTES = 64 * 2 ** 20;

/**
 * For each pickle the JSON of its value; null: it cannot be read.
 * @throws {MillstreamError} as `startError`, where the process ends early
 */
export async function shownState(
  pickles: readonly Uint8Array[],
  python: string,
): Promise<readonly (string | null)[]> {
  const shown: (string | null)[] = [];
  for (const part of parts(pickles)) shown.push(...(await shownPart(part, python)));
  return shown;
}

function* parts(pickles: readonly Uint8Array[]): Generator<readonly Uint8Array[]> {
  let part: Uint8Array[] = [];
  let bytes = 0;
  for (const pickle of pickles) {
    part.push(pickle);
    bytes += pickle.length;
    if (bytes < MOST_BYTES) continue;
    yield part;
    part = [];
    bytes = 0;
  }
  if (part.length > 0) yield part;
}

async function shownPart(
  pickles: readonly Uint8Array[],
  python: string,
): Promise<readonly (string | null)[]> {
  const { execa } = await import('execa');
  const { stdout, stderr, cause } = await execa(python, moduleArguments('millstream._state'), {
    env: pythonEnvironment({ python, pythonPath: [], isIsolated: true }),
    input: pickles.map((pickle) => `${Buffer.from(pickle).toString('base64')}\n`).join(''),
    lines: true,
    maxBuffer: Number.POSITIVE_INFINITY,
    reject: false,
  });
  if (stdout.length !== pickles.length) throw startError(python, stderr.join('\n'), cause);
  return stdout.map((line) => (line === '' ? null : line));
}
