/** The oldest versions that a worker can speak with; an interpreter of the user's may have older ones. */
import { EnvironmentError } from '../core/index.js';

const OLDEST: Readonly<Record<string, string>> = { python: '3.10', pyarrow: '14', pyzmq: '25' };

/** The error that names every version that is too old at once; null where none is. */
export function versionMismatch(
  python: string,
  versions: Readonly<Record<string, string>>,
): EnvironmentError | null {
  const old = Object.entries(OLDEST).flatMap(([name, oldest]) => {
    const version = versions[name];
    return version === undefined || isAtLeast(version, oldest)
      ? []
      : [`  ${name} is ${version}, and has to be ${oldest} or newer`];
  });
  if (old.length === 0) return null;
  return new EnvironmentError(
    'VERSION_MISMATCH',
    `The Python at ${python} cannot run workers.\n${old.join('\n')}`,
    {
      hint: 'Renew what is listed, or name another interpreter with python.executable.',
    },
  );
}

function isAtLeast(version: string, oldest: string): boolean {
  const [a, b] = [version, oldest].map((text) => text.split('.').map((part) => Number.parseInt(part, 10)));
  for (const [i, wanted] of b!.entries()) {
    const part = a![i] ?? 0;
    if (part !== wanted) return part > wanted;
  }
  return true;
}
