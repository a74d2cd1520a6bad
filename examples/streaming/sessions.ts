/** Sessions: payments of a card with less than half a minute between them, once each session has ended. */
import { count, max, pythonAggregate, session, TableEnvironment } from 'millstream';
import { payments } from './payments.js';

await using env = await TableEnvironment.create({ configuration: { 'execution.runtime-mode': 'streaming' } });
await env.registerPythonFile(new URL('functions.py', import.meta.url));
const spread = pythonAggregate<[number], number | null>('spread');

const sessions = (await payments(env))
  .window(session('ts', 30_000, 'card'))
  .groupBy((p) => ({ card: p.card, start: p.window_start, end: p.window_end }))
  .select((key, p) => ({ ...key, payments: count(), highest: max(p.amount), spread: spread(p.amount) }))
  .filter((s) => s.highest.gt(100));

for await (const { card, payments: n, highest, spread: reach } of sessions.execute().records()) {
  console.log(`${card}: ${n} payments, up to ${highest}, ${reach} apart`);
}
