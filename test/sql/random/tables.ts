/** Two tables of events in the order of their times, with NULL in every other column. */
import { writeFile } from 'node:fs/promises';
import { SeededRandom } from '../../support/seeded-random.js';
import type { Column } from './column.js';

const ROWS = 150;
const START = Date.UTC(2024, 0, 1);

export const EVENTS: readonly Column[] = [
  { name: 'id', type: 'integer' },
  { name: 'k', type: 'integer' },
  { name: 'g', type: 'text' },
  { name: 'v', type: 'integer' },
  { name: 'w', type: 'double' },
  { name: 'd', type: 'decimal' },
  { name: 'b', type: 'boolean' },
  { name: 'ts', type: 'time' },
];

/** Writes the files of the tables `t` and `u` into a folder; gives their DDL. */
export async function createTables(folder: string): Promise<string> {
  const ddl: string[] = [];
  for (const [i, name] of ['t', 'u'].entries()) {
    const rows = events(new SeededRandom(77 + i), i * 1000);
    await writeFile(`${folder}/${name}.json`, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    ddl.push(`CREATE TEMPORARY TABLE ${name} (
      id BIGINT, k INT, g STRING, v BIGINT, w DOUBLE, d DECIMAL(10, 2), b BOOLEAN, ts TIMESTAMP(3),
      WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
    ) WITH ('connector' = 'filesystem', 'path' = '${folder}/${name}.json', 'format' = 'json');`);
  }
  return ddl.join('\n');
}

function events(random: SeededRandom, firstId: number): object[] {
  const orNull = <T>(value: T) => (random.chance(0.08) ? null : value);
  let time = START;
  return Array.from({ length: ROWS }, (_, i) => {
    // No two at one time, and pauses in which windows end.
    time += random.int(0, 3) * 1000 + (random.chance(0.03) ? 40_000 : 7);
    return {
      id: firstId + i,
      k: orNull(random.int(0, 5)),
      g: orNull(random.pick(['a', 'b', 'cc', 'Ä', 'x y', ''])),
      v: orNull(random.int(-50, 50)),
      w: orNull(random.int(-40, 40) / 4),
      d: orNull((random.int(-9999, 9999) / 100).toFixed(2)),
      b: orNull(random.chance(0.5)),
      ts: new Date(time).toISOString().replace('T', ' ').replace('Z', ''),
    };
  });
}
