/** Fraud: a profile of each card in keyed state, a model over it, and the payments that it doubts. */
import { defineTable, pythonFunction, TableEnvironment, t } from 'millstream';
import { payments } from './payments.js';

await using env = await TableEnvironment.create();
await env.registerPythonFile(new URL('functions.py', import.meta.url));
const risk = pythonFunction<[number | null, number | null, number | null], number | null>('risk');

const profiled = defineTable({ card: t.string(), amount: t.double(), usual: t.double(), recent: t.int() });
const doubted = (await payments(env))
  .keyBy('card')
  .process('profile', profiled)
  .select((p) => ({ ...p, risk: risk(p.amount, p.usual, p.recent) }))
  .filter((p) => p.risk.gt(0.99));

for await (const { card, amount, usual } of doubted.execute().records()) {
  console.log(`${card} paid ${amount}, ${(amount / usual).toFixed(1)} times as much as usual`);
}
