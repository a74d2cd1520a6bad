/** Which test file belongs to which suite. A file that no suite names runs with `unit`, so none is forgotten. */
import { join, relative } from 'node:path';
import { filesBelow } from './stamp.mjs';

/** Files of a suite that is `pure` share a process and the modules it has loaded: they touch nothing outside themselves. */
const SUITES = [
  {
    name: 'unit',
    folders: ['retry', 'streaming', 'stages', 'failures', 'sinks'].map((name) => `test/operators/${name}/`),
    pure: true,
  },
  { name: 'bridge', folders: ['test/bridge/'] },
  { name: 'functions', folders: ['test/python-udf/'] },
  { name: 'sql', folders: ['test/sql/'] },
  { name: 'operators', folders: ['test/operators/'] },
  { name: 'streaming', folders: ['test/streaming/'] },
  { name: 'reliability', folders: ['test/reliability/', 'test/simulation/'] },
  { name: 'command', folders: ['test/cli/', 'test/scripts/', 'test/examples/', 'test/docs/'] },
  { name: 'long', folders: ['test/long/'] },
];

/** Random tests of other suites that the long suite runs again, with many more seeds. */
const WITH_MORE_SEEDS = [
  'test/bridge/hostile-mutants.test.ts',
  'test/bridge/protocol/checksum.test.ts',
  'test/bridge/protocol/forged-messages.test.ts',
  'test/core/config/configuration-fuzz.test.ts',
  'test/core/runtime/simulation.test.ts',
  'test/simulation/simulation.test.ts',
  'test/sql/random-queries.test.ts',
  'test/core/runtime/tree-simulation.test.ts',
  'test/python-udf/test_codec.py',
  'test/python-udf/test_worker_fuzz.py',
  'test/python-udf/test_foreign_arrow_mutants.py',
  'test/python-udf/test_core_round_trip.py',
  'test/python-udf/test_types.py',
];

/**
 * The suites that have files, in the order in which they run.
 * @param {string} root the clone
 * @param {{ names: string[], long: boolean }} choice names of suites, where none is given all but `long`, or with `long` that alone
 * @returns {{ name: string, pure: boolean, vitest: string[], pytest: string[] }[]} files relative to `root`
 */
export function chooseSuites(root, { names, long }) {
  const files = filesBelow(join(root, 'test'), isTestFile).map((file) => relative(root, file));
  return assign(files)
    .filter(({ name }) => (names.length > 0 ? names.includes(name) : (name === 'long') === long))
    .filter(({ vitest, pytest }) => vitest.length + pytest.length > 0);
}

/** Names that `chooseSuites` knows. */
export function suiteNames() {
  return SUITES.map(({ name }) => name);
}

/** Distributes test files; exactly one suite gets each, and `long` repeats some. */
export function assign(files) {
  const owner = (file) =>
    SUITES.find(({ folders }) => folders.some((folder) => file.startsWith(folder))) ?? SUITES[0];
  return SUITES.map((suite) => {
    const own = files
      .filter((file) => owner(file) === suite || (suite.name === 'long' && WITH_MORE_SEEDS.includes(file)))
      .sort();
    return {
      name: suite.name,
      pure: suite.pure === true,
      vitest: own.filter((file) => !file.endsWith('.py')),
      pytest: own.filter((file) => file.endsWith('.py')),
    };
  });
}

function isTestFile(name) {
  return (
    name.endsWith('.test.ts') ||
    name.endsWith('.test.mjs') ||
    (name.startsWith('test_') && name.endsWith('.py'))
  );
}
