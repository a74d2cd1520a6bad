/** Walks and rewrites logical plans by their inputs and expressions. */
import type { AggregateCall, Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import type { MapNode } from './plan-builders.js';
import { mapKeys, mapList, rewriteExpression, subqueryPlans } from './visit-expression.js';

/** The direct inputs. */
export function inputsOf(plan: LogicalPlan): readonly LogicalPlan[] {
  switch (plan.kind) {
    case 'scan':
    case 'values':
      return [];
    case 'join':
    case 'temporal_join':
    case 'set':
      return [plan.left, plan.right];
    case 'stream':
      return plan.inputs;
    default:
      return [plan.input];
  }
}

/** The same node over other inputs; the very same object where none changed. */
export function mapInputs(plan: LogicalPlan, map: (input: LogicalPlan) => LogicalPlan): LogicalPlan {
  switch (plan.kind) {
    case 'scan':
    case 'values':
      return plan;
    case 'join':
    case 'temporal_join':
    case 'set': {
      const left = map(plan.left);
      const right = map(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case 'stream': {
      const inputs = mapList(plan.inputs, map);
      return inputs === plan.inputs ? plan : { ...plan, inputs };
    }
    default: {
      const input = map(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
  }
}

/** Every expression of the node itself, in a fixed order. */
export function expressionsOf(plan: LogicalPlan): readonly Expression[] {
  switch (plan.kind) {
    case 'values':
      return plan.rows.flat();
    case 'project':
      return plan.expressions;
    case 'filter':
      return [plan.predicate];
    case 'join':
      return plan.condition === null ? [] : [plan.condition];
    case 'temporal_join':
      return [...plan.keys.flatMap(({ left, right }) => [left, right]), plan.time, plan.versionTime];
    case 'lookup_join':
      return [...plan.keys.map((key) => key.value), ...(plan.condition === null ? [] : [plan.condition])];
    case 'aggregate':
      return [...plan.groups, ...plan.aggregates.flatMap(aggregateOperands)];
    case 'sort':
      return plan.keys.map((key) => key.expression);
    case 'correlate':
      return plan.call.arguments;
    case 'map':
      return mapOperandsOf(plan);
    case 'unnest':
      return [plan.collection];
    case 'watermark':
      return [plan.expression];
    case 'session':
      return [plan.time, ...plan.partitionBy];
    default:
      return [];
  }
}

/** The same node with each of its expressions replaced. */
export function mapExpressions(plan: LogicalPlan, map: (expression: Expression) => Expression): LogicalPlan {
  switch (plan.kind) {
    case 'values':
      return { ...plan, rows: plan.rows.map((row) => row.map(map)) };
    case 'project': {
      const expressions = mapList(plan.expressions, map);
      return expressions === plan.expressions ? plan : { ...plan, expressions };
    }
    case 'filter': {
      const predicate = map(plan.predicate);
      return predicate === plan.predicate ? plan : { ...plan, predicate };
    }
    case 'join':
      return plan.condition === null ? plan : { ...plan, condition: map(plan.condition) };
    case 'temporal_join':
      return {
        ...plan,
        keys: plan.keys.map(({ left, right }) => ({ left: map(left), right: map(right) })),
        time: map(plan.time),
        versionTime: map(plan.versionTime),
      };
    case 'lookup_join':
      return {
        ...plan,
        keys: plan.keys.map((key) => ({ ...key, value: map(key.value) })),
        condition: plan.condition === null ? null : map(plan.condition),
      };
    case 'aggregate':
      return {
        ...plan,
        groups: mapList(plan.groups, map),
        aggregates: plan.aggregates.map((aggregate) => mapAggregate(aggregate, map)),
      };
    case 'sort':
      return { ...plan, keys: mapKeys(plan.keys, map) };
    case 'correlate':
      return { ...plan, call: { ...plan.call, arguments: mapList(plan.call.arguments, map) } };
    case 'map':
      return mapMap(plan, map);
    case 'unnest':
      return { ...plan, collection: map(plan.collection) };
    case 'watermark':
      return { ...plan, expression: map(plan.expression) };
    case 'session':
      return { ...plan, time: map(plan.time), partitionBy: mapList(plan.partitionBy, map) };
    default:
      return plan;
  }
}

/** Keys, order, tag, columns of tables and arguments, in the order in which `mapMap` replaces them. */
function mapOperandsOf(plan: MapNode): Expression[] {
  const { call, keys, order, tag } = plan;
  return [
    ...(keys ?? []),
    ...order.map((key) => key.expression),
    ...(tag === null ? [] : [tag]),
    ...call.tables.flatMap((table) => table.columns),
    ...call.arguments.filter((argument) => argument.kind !== 'table'),
  ];
}

function mapMap(plan: MapNode, map: (expression: Expression) => Expression): MapNode {
  const { call, keys, order, tag } = plan;
  return {
    ...plan,
    keys: keys === null ? null : mapList(keys, map),
    order: mapKeys(order, map),
    tag: tag === null ? null : map(tag),
    call: {
      ...call,
      tables: call.tables.map((table) => ({ ...table, columns: mapList(table.columns, map) })),
      arguments: call.arguments.map((argument) => (argument.kind === 'table' ? argument : map(argument))),
    },
  };
}

/** Arguments, filter and order of an aggregate call. */
export function aggregateOperands(aggregate: AggregateCall): Expression[] {
  const filter = aggregate.filter === null ? [] : [aggregate.filter];
  return [...aggregate.arguments, ...filter, ...aggregate.withinGroup.map((key) => key.expression)];
}

/** The node with its inputs and the plans of its subqueries replaced. */
export function mapPlans(plan: LogicalPlan, map: (plan: LogicalPlan) => LogicalPlan): LogicalPlan {
  return mapExpressions(mapInputs(plan, map), (expression) =>
    rewriteExpression(expression, (e) => (e.kind === 'subquery' ? { ...e, plan: map(e.plan) } : e)),
  );
}

/** True where `test` holds for a node of the plan, plans of subqueries included. */
export function somePlan(plan: LogicalPlan, test: (plan: LogicalPlan) => boolean): boolean {
  return (
    test(plan) ||
    inputsOf(plan).some((input) => somePlan(input, test)) ||
    expressionsOf(plan).some((expression) => subqueryPlans(expression).some((inner) => somePlan(inner, test)))
  );
}

function mapAggregate(aggregate: AggregateCall, map: (expression: Expression) => Expression): AggregateCall {
  return {
    ...aggregate,
    arguments: mapList(aggregate.arguments, map),
    filter: aggregate.filter === null ? null : map(aggregate.filter),
    withinGroup: mapKeys(aggregate.withinGroup, map),
  };
}
