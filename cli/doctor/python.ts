/** Checks of the Python that runs the workers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findPython, type PythonInterpreter } from '../../bridge/index.js';
import { MillstreamError } from '../../core/index.js';
import { type Finding, ok, problem } from './finding.js';

const NEEDED = ['pyarrow', 'pyzmq', 'msgspec', 'duckdb'];
const WELCOME = ['numpy', 'pandas', 'polars'];
const VERSIONS = `
import importlib.metadata as metadata, json, sys
versions = {}
for name in sys.argv[1:]:
    try:
        versions[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        pass
print(json.dumps(versions))`;

/** The interpreter that a job without settings would use, and the packages in it. */
export async function checkPython(): Promise<Finding[]> {
  try {
    const python = await findPython({ configured: null });
    return [
      ok('Python', `${python.version}, ${python.executable} (from ${python.origin})`),
      await checkPackages(python),
    ];
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return [problem('Python', error.message, error.hint)];
  }
}

async function checkPackages({ executable }: PythonInterpreter): Promise<Finding> {
  const { stdout } = await promisify(execFile)(executable, ['-c', VERSIONS, ...NEEDED, ...WELCOME]);
  const versions = JSON.parse(stdout) as Record<string, string>;
  const text = Object.entries(versions)
    .map(([name, version]) => `${name} ${version}`)
    .join(', ');
  const missing = NEEDED.filter((name) => versions[name] === undefined);
  if (missing.length === 0) return ok('packages', text);
  const install = `\`${executable} -m pip install ${missing.join(' ')}\``;
  return problem(
    'packages',
    `${missing.join(', ')} missing${text === '' ? '' : ` (there are ${text})`}`,
    `Install them: ${install}.`,
  );
}
