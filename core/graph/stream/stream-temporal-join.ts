/** Joins with the version of a table that was in force at the time of each row. */
import type { TemporalJoin } from '../../plan/plan-builders.js';
import { inOneType } from './join-condition.js';
import { operatorOver, passedOn, type Relation, type StreamContext, withOperands } from './relation.js';
import { withTypes } from './stream-join.js';

/** A row waits until both sides have passed its time; what it then meets is final. */
export function streamTemporalJoin(context: StreamContext, node: TemporalJoin): Relation {
  const keys = node.keys.map((key) => inOneType({ operator: '=', ...key }));
  const left = withOperands(context, context.plan(node.left), [...keys.map((key) => key.left), node.time]);
  const right = withOperands(context, context.plan(node.right), [
    ...keys.map((key) => key.right),
    node.versionTime,
  ]);
  return operatorOver(
    context,
    [left.relation, right.relation],
    {
      kind: 'temporal_join',
      type: node.type,
      leftKeys: left.ids.slice(0, -1),
      rightKeys: right.ids.slice(0, -1),
      time: left.ids.at(-1)!,
      versionTime: right.ids.at(-1)!,
      dropsOlder: node.dropsOlder,
    },
    [...passedOn(node.left.columns, 0), ...passedOn(withTypes(node.right.columns, node), 1)],
    left.relation.change !== null,
  );
}
