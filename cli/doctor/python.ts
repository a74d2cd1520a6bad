/** Checks of the Python that runs the workers. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import {
  cacheFolder,
  findPython,
  installedEnvironments,
  type PythonInterpreter,
} from '../../bridge/index.js';
import { MillstreamError } from '../../core/index.js';
import { type Finding, ok, problem } from './finding.js';

/** Why an interpreter won: each of these comes before the next. */
const WHY: Readonly<Record<string, string>> = {
  MILLSTREAM_PYTHON: 'the variable is set',
  '.venv': "Millstream's own, as MILLSTREAM_PYTHON is not set",
  PATH: 'MILLSTREAM_PYTHON is not set and there is no .venv',
};
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
      ok(
        'Python',
        `${python.version}, ${python.executable} (from ${python.origin}: ${WHY[python.origin] ?? ''})`,
      ),
      await checkPackages(python),
      checkEnvironments(),
    ];
  } catch (error) {
    if (!(error instanceof MillstreamError)) throw error;
    return [problem('Python', error.message, error.hint)];
  }
}

function checkEnvironments(): Finding {
  const folder = cacheFolder();
  const count = installedEnvironments(folder).length;
  return ok('environments', `${count} built, in ${folder} (\`millstream env list\`)`);
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
