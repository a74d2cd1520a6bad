/** The operator of a lookup join: its rows, its table, and the job around them. */
import type { Operator, OperatorContext, OperatorSurroundings, StreamStage } from '../../../core/index.js';
import type { ConnectorHost } from '../../connectors/connector.js';
import { CONNECTORS } from '../../connectors/connectors.js';
import { pause } from '../../sources/pause.js';
import { RowOperator } from '../row-operator.js';
import type { OpenState } from '../stream-operator.js';
import { LookupCache } from './lookup-cache.js';
import { LookupJoin } from './lookup-join.js';
import type { LookupRequest } from './lookup-table.js';

type Lookup = Extract<StreamStage['operator'], { kind: 'lookup' }>;

export function lookupOperator(
  stage: StreamStage & { readonly operator: Lookup },
  job: OperatorSurroundings,
  host: ConnectorHost,
  openState: OpenState,
): Operator {
  const { operator } = stage;
  const table = CONNECTORS.get(operator.table.connector)!.lookup!(requestOf(operator), host);
  const cache = table.caching === null ? null : new LookupCache(table.caching, host.clock);
  const state = openState(job.restored?.get(stage.id) ?? null);
  let asking = 0;
  const working = async <T>(work: () => Promise<T>): Promise<T> => {
    asking += 1;
    try {
      return await work();
    } finally {
      asking -= 1;
    }
  };
  const asked = { find: (keys: Parameters<typeof table.find>[0]) => working(() => table.find(keys)) };
  let opened: OperatorContext;
  const waited = (ms: number) =>
    working(async () => {
      await pause(opened, ms);
      opened.signal.throwIfAborted();
    });
  return new RowOperator(stage, job, new LookupJoin(operator, asked, cache, waited, state), state, {
    open: (context: OperatorContext) => {
      opened = context;
      return table.open(context);
    },
    close: () => table.close(),
    isWorking: () => asking > 0,
    whyNotAgain: () => null,
  });
}

/** What is compared, and what of the table anybody reads. */
function requestOf(operator: Lookup): LookupRequest {
  const { table, keys, condition, outputs } = operator;
  const given = outputs.flatMap((output) => (output.kind === 'result' ? [output.result] : []));
  const tested = condition === null ? [] : condition.fields.map(({ field }) => field);
  const wanted = new Set([...given, ...tested]);
  return {
    table,
    keys: keys.map(({ field }) => field),
    fields: table.fields.flatMap((_, field) => (wanted.has(field) ? [field] : [])),
  };
}
