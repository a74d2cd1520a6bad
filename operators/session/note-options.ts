/** Says which options of written tables have no effect. */
import { notedOptions, type QueryPlan } from '../../core/index.js';

export function noteOptions(queries: readonly QueryPlan[], onNote: (text: string) => void): void {
  for (const { sink } of queries) {
    if (sink.kind !== 'table' || sink.table.connector !== 'filesystem') continue;
    for (const option of notedOptions(sink.table)) {
      onNote(`option '${option}' of table ${sink.table.path.at(-1)} has no effect here`);
    }
  }
}
