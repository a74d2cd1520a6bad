/** Recognises a Python process that ended because a package is not installed. */
import { EnvironmentError } from '../core/index.js';

/** The error for a missing package; null where `stderr` does not speak of one. */
export function missingPackage(python: string, stderr: string): EnvironmentError | null {
  const module = /No module named '?([\w.]+)/.exec(stderr)?.[1];
  if (module === undefined) {
    return null;
  }
  const top = module.split('.', 1)[0]!;
  const name = PACKAGES[top] ?? top;
  return new EnvironmentError('PYTHON_PACKAGES', `The Python ${python} has no module ${module}.`, {
    hint:
      `Install it (${python} -m pip install ${name}), ` +
      'or name another Python with python.executable or MILLSTREAM_PYTHON.',
  });
}

/** Packages that are not called as the module they bring. */
const PACKAGES: Readonly<Record<string, string>> = { zmq: 'pyzmq' };
