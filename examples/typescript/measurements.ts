/** Records that a program makes, through Python, and out as Arrow record batches: no file, no SQL. */
import { setTimeout } from 'node:timers/promises';
import { defineTable, pythonFunction, type RecordInput, type RowOf, TableEnvironment, t } from 'millstream';

const measurementColumns = defineTable({
  at: t.timestamp(3),
  station: t.string(),
  celsius: t.double().nullable(),
});
type Measurement = RecordInput<RowOf<typeof measurementColumns>>;

/** Stands for a device or a message queue: it is asked for the next record only when the pipeline has room. */
async function* measurements(): AsyncGenerator<Measurement> {
  for (let minute = 0; minute < 4; minute++) {
    await setTimeout(1);
    const at = `2026-01-01 12:0${minute}:00.250`;
    yield { at, station: 'harbour', celsius: minute === 2 ? null : 20 + minute / 2 };
    yield { at, station: 'hill', celsius: 15 };
  }
}

await using env = await TableEnvironment.create();
await env.registerPythonFile(new URL('functions.py', import.meta.url));
const fahrenheit = pythonFunction<[number | null], number | null>('fahrenheit');

const harbour = env
  .fromRecords(measurements(), measurementColumns)
  .filter((row) => row.station.eq('harbour'))
  .select((row) => ({ minute: row.at.extract('MINUTE'), fahrenheit: fahrenheit(row.celsius) }));

for await (const batch of harbour.execute()) {
  for (const row of batch)
    console.log(JSON.stringify(row, (_, value) => (typeof value === 'bigint' ? Number(value) : value)));
}
