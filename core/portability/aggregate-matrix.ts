/** Where Flink takes Python aggregates: what EXPLAIN of Flink 2.3 and 1.20 says, as data. */

/** How an aggregate is declared: called for each row, or with whole columns (`func_type='pandas'`). */
export type AggregateKind = 'general' | 'pandas';

/** Where it stands; `window` and `session`: windows in GROUP BY (`TUMBLE(ts, …)`), not in FROM. */
export type AggregateUse =
  | 'group'
  | 'window'
  | 'session'
  | 'over_bounded'
  | 'over_unbounded'
  | 'over_unordered';

/** `alone`: not beside a built-in aggregate over the same groups or the same window. */
export type Support = 'yes' | 'alone' | 'no';

type Row = Readonly<Record<AggregateUse, Support>>;

const NEVER: Row = {
  group: 'no',
  window: 'no',
  session: 'no',
  over_bounded: 'no',
  over_unbounded: 'no',
  over_unordered: 'no',
};

const MATRIX: Readonly<Record<'batch' | 'streaming', Readonly<Record<AggregateKind, Row>>>> = {
  batch: {
    general: NEVER,
    pandas: {
      ...NEVER,
      group: 'alone',
      window: 'alone',
      over_bounded: 'alone',
      over_unbounded: 'alone',
    },
  },
  streaming: {
    general: { ...NEVER, group: 'yes', window: 'yes', session: 'yes' },
    pandas: { ...NEVER, window: 'alone', over_bounded: 'alone' },
  },
};

/** Whether Flink runs such an aggregate there. */
export function aggregateSupport(
  mode: 'batch' | 'streaming',
  kind: AggregateKind,
  use: AggregateUse,
): Support {
  return MATRIX[mode][kind][use];
}
