/** Logical plans as indented text, the result at the top and each input below its consumer. */

import { explainAggregate, explainExpression, explainSortKeys } from './explain-expression.js';
import type { Expression } from './expression.js';
import type { LogicalPlan } from './logical-plan.js';
import type { MapNode } from './plan-builders.js';
import { subqueryPlans } from './visit-expression.js';
import { expressionsOf, inputsOf } from './visit-plan.js';

/**
 * One line a node; a shared plan is printed at its first reference. Ends without a line break.
 * @param printed ids of the shared plans that have been printed before; grows
 */
export function explainPlan(plan: LogicalPlan, printed: Set<string> = new Set()): string {
  const lines: string[] = [];
  print(plan, 0, lines, printed);
  return lines.join('\n');
}

function print(plan: LogicalPlan, depth: number, lines: string[], shared: Set<string>): void {
  const indent = '  '.repeat(depth);
  lines.push(`${indent}${describe(plan)}`);
  if (plan.kind === 'shared') {
    if (shared.has(plan.id)) return;
    shared.add(plan.id);
  }
  for (const input of inputsOf(plan)) print(input, depth + 1, lines, shared);
  for (const inner of expressionsOf(plan).flatMap(subqueryPlans)) {
    lines.push(`${indent}  subquery:`);
    print(inner, depth + 2, lines, shared);
  }
}

function describe(plan: LogicalPlan): string {
  const ids = plan.columns.map((column) => column.id);
  switch (plan.kind) {
    case 'scan':
      return `scan ${plan.table.path.at(-1)!} [${ids.join(', ')}]`;
    case 'values':
      return `values [${ids.join(', ')}] ${plan.rows.length} row${plan.rows.length === 1 ? '' : 's'}`;
    case 'project':
      return `project [${plan.expressions.map((expression, i) => assigned(ids[i]!, expression)).join(', ')}]`;
    case 'filter':
      return `filter ${explainExpression(plan.predicate)}`;
    case 'join':
      return plan.condition === null
        ? 'cross join'
        : `${plan.type} join on ${explainExpression(plan.condition)}`;
    case 'aggregate': {
      const groups = plan.groups.map((group, i) => assigned(ids[i]!, group)).join(', ');
      const sets = plan.groupingSets === null ? '' : ` sets ${JSON.stringify(plan.groupingSets)}`;
      const calls = plan.aggregates.map(
        (call, i) => `${ids[plan.groups.length + i]!} = ${explainAggregate(call)}`,
      );
      return `aggregate by [${groups}]${sets} [${calls.join(', ')}]`;
    }
    case 'sort':
      return `sort by ${explainSortKeys(plan.keys)}`;
    case 'limit':
      return `limit ${plan.count ?? 'all'}${plan.offset === 0 ? '' : ` offset ${plan.offset}`}`;
    case 'distinct':
      return 'distinct';
    case 'temporal_join': {
      const keys = plan.keys.map((key) => `${explainExpression(key.left)} = ${explainExpression(key.right)}`);
      const [time, since] = [plan.time, plan.versionTime].map(explainExpression);
      return `${plan.type} temporal join on ${keys.join(' AND ')} since ${since} as of ${time} [${ids.join(', ')}]`;
    }
    case 'lookup_join': {
      const keys = plan.keys.map(({ column, value }) => `${column} = ${explainExpression(value)}`);
      const all = plan.condition === null ? keys : [...keys, explainExpression(plan.condition)];
      const own = ids.slice(plan.input.columns.length).join(', ');
      return `${plan.type} lookup in ${plan.table.path.at(-1)} on ${all.join(' AND ')} [${own}]`;
    }
    case 'set':
      return `${plan.operator}${plan.all ? ' all' : ''} [${ids.join(', ')}]`;
    case 'correlate': {
      const args = plan.call.arguments.map(explainExpression).join(', ');
      const own = ids.slice(plan.input.columns.length).join(', ');
      return `${plan.outer ? 'left ' : ''}lateral ${plan.call.function}(${args}) [${own}]`;
    }
    case 'map':
      return explainMap(plan, ids);
    case 'unnest': {
      const own = ids.slice(plan.input.columns.length).join(', ');
      const ordinality = plan.withOrdinality ? ' with ordinality' : '';
      return `${plan.outer ? 'left ' : ''}unnest ${explainExpression(plan.collection)}${ordinality} [${own}]`;
    }
    case 'watermark':
      if (plan.byClock === true) return `${plan.rowtime} is when each row came`;
      return `watermark for ${plan.rowtime} as ${explainExpression(plan.expression)}`;
    case 'session': {
      const keys = plan.partitionBy.map(explainExpression).join(', ');
      return `session of ${explainExpression(plan.time)} gap ${plan.gap} ms by [${keys}] [${ids.slice(-3).join(', ')}]`;
    }
    case 'stream':
      return `${plan.operator.kind} [${ids.join(', ')}]`;
    case 'shared':
      return `shared ${plan.id} [${ids.join(', ')}]`;
  }
}

function explainMap(plan: MapNode, ids: readonly string[]): string {
  const args = plan.call.arguments.map((argument) => {
    if (argument.kind !== 'table') return explainExpression(argument);
    return `TABLE [${plan.call.tables[argument.member]!.columns.map(explainExpression).join(', ')}]`;
  });
  const keys = plan.keys === null ? '' : ` by [${plan.keys.map(explainExpression).join(', ')}]`;
  const order = plan.order.length === 0 ? '' : ` ordered by ${explainSortKeys(plan.order)}`;
  return `map ${plan.call.function}(${args.join(', ')})${keys}${order} [${ids.join(', ')}]`;
}

function assigned(id: string, expression: Expression): string {
  const text = explainExpression(expression);
  return text === id ? id : `${id} = ${text}`;
}
