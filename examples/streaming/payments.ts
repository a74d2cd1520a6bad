/** The payments that both programs read: made by datagen, with a time that a watermark follows. */
import { defineTable, type TableEnvironment, t } from 'millstream';

const columns = defineTable({ card: t.string(), amount: t.double(), ts: t.timestampLtz(3).nullable() });

/** 3,000 payments of five cards, one a second; some are far too high. */
export async function payments(env: TableEnvironment) {
  await env.executeSql(`
    CREATE TEMPORARY TABLE payments (
      n BIGINT NOT NULL,
      card AS CONCAT('card-', CAST(MOD(n * n, 7) AS STRING)),
      amount AS CAST(10 + MOD(n * 37, 50) AS DOUBLE) * CASE WHEN MOD(n, 900) = 899 THEN 30 ELSE 1 END,
      ts AS TO_TIMESTAMP_LTZ(n * 1000 + CASE WHEN MOD(n, 1000) < 500 THEN 0 ELSE 400000 END, 3),
      WATERMARK FOR ts AS ts - INTERVAL '10' SECOND
    ) WITH (
      'connector' = 'datagen', 'number-of-rows' = '3000', 'rows-per-second' = '100000',
      'fields.n.kind' = 'sequence', 'fields.n.start' = '0', 'fields.n.end' = '2999'
    )`);
  return env.from('payments', columns);
}
