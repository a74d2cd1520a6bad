/** The `ogg-json` format, of Oracle GoldenGate: `{"before": …, "after": …, "op_type": "I" | "U" | "D"}`. */
import { beforeAndAfter } from './before-after.js';
import { type ChangeFormat, MOMENT, TEXT, TEXTS } from './change-json.js';

export function oggJson(): ChangeFormat {
  return {
    ...beforeAndAfter({ field: 'op_type', insert: ['I'], update: 'U', remove: 'D' }),
    metadata: {
      table: { type: TEXT, path: ['table'], as: 'value' },
      'primary-keys': { type: TEXTS, path: ['primary_keys'], as: 'value' },
      'ingestion-timestamp': { type: MOMENT, path: ['current_ts'], as: 'time' },
      'event-timestamp': { type: MOMENT, path: ['op_ts'], as: 'time' },
    },
    eventOf: (record) => record,
  };
}
