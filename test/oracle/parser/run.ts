/** Compares the frozen verdicts of Flink's parser with the parser itself; with --update writes them anew. Exit code 3: skipped. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { oracleCorpus, readVerdicts, writeVerdicts } from '../../core/sql/corpus/flink-verdicts.js';
import { askFlink, missingTools } from './flink-parser.js';

const missing = missingTools();
if (missing === null) process.exitCode = compare(process.argv.includes('--update'));
else {
  console.log(`skipped: ${missing}`);
  process.exitCode = 3;
}

function compare(update: boolean): number {
  const corpus = oracleCorpus();
  const jars = mkdtempSync(join(tmpdir(), 'millstream-oracle-'));
  try {
    const verdicts = askFlink(
      corpus.map(({ sql }) => sql),
      jars,
    );
    const given = new Map(corpus.map(({ key }, i) => [key, verdicts[i]!]));
    if (update) writeVerdicts(given);
    const frozen = readVerdicts();
    const wrong = corpus.filter(({ key }) => frozen.get(key) !== given.get(key));
    for (const { key } of wrong)
      console.log(`Flink answers ${given.get(key) ?? 'no'}, not ${frozen.get(key)}: ${key}`);
    console.log(`${corpus.length - wrong.length} verdicts as frozen, ${wrong.length} not`);
    return wrong.length === 0 ? 0 : 1;
  } finally {
    rmSync(jars, { recursive: true });
  }
}
