/** CPU per row of each kind of function and each type's conversion, in one Python process (kinds.py). */
import { execFileSync } from 'node:child_process';
import { BENCH, PYTHON, REPOSITORY } from './support/places.mjs';
import { saveResults } from './support/results.mjs';
import { textTable } from './support/text-table.mjs';

const BARS = { row: 1.15, type: 1.3 };

export async function benchKinds({ repetitions }) {
  const output = execFileSync(PYTHON, [`${BENCH}/kinds.py`, String(repetitions)], {
    encoding: 'utf8',
    env: { ...process.env, PYTHONPATH: `${REPOSITORY}/python-udf` },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const results = JSON.parse(output);
  const cells = (ours, theirs) => [ours.toFixed(0), theirs.toFixed(0), (ours / theirs).toFixed(2)];
  console.log('\nKinds: CPU per row in nanoseconds, against a plain loop over the same columns\n');
  console.log(
    textTable(
      ['kind', 'engine', 'loop', 'ratio'],
      results.kinds.map(([name, ours, loop]) => [name, ...cells(ours, loop)]),
    ),
  );
  console.log('\nTypes: to Python and back with a call of 60 ns, against to_pylist and pa.array\n');
  console.log(
    textTable(
      ['type', 'NULL', 'engine', 'pyarrow', 'ratio'],
      results.types.map(([name, nulls, ours, theirs]) => [name, nulls ? '10 %' : '', ...cells(ours, theirs)]),
    ),
  );
  const [, row, loop] = results.kinds[0];
  const over = results.types.filter(([, , ours, theirs]) => ours / theirs > BARS.type);
  console.log(
    `\nbar: row mode within ${BARS.row} of the loop: ${row / loop <= BARS.row ? 'met' : 'NOT MET'}`,
  );
  const names = over.map(([name, nulls]) => (nulls ? `${name} with NULL` : name)).join(', ');
  console.log(
    `bar: types within ${BARS.type} of pyarrow: ${over.length === 0 ? 'met' : `NOT MET by ${names}`}`,
  );
  console.log(saveResults('kinds', results));
}
