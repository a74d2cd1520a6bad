/** What may stand in an expression at this place of a query. */

import type { NamedWindow } from '../ast.js';
import type { AggregateCollector } from './aggregate-collector.js';
import type { BindContext } from './bind-context.js';
import type { Scope } from './scope.js';
import type { SelectedItem } from './select-list.js';
import type { VolatileOperands } from './volatile-operands.js';

/** Handed down while an expression is bound. */
export interface ExpressionContext {
  readonly context: BindContext;
  readonly scope: Scope;
  /** Takes the aggregate calls; null where none may stand. */
  readonly aggregates: AggregateCollector | null;
  /** Named windows of the SELECT; null where no window function may stand. */
  readonly windows: readonly NamedWindow[] | null;
  /** Takes what volatile calls give to window functions; null where none may stand. */
  readonly operands: VolatileOperands | null;
  /** `WHERE`, `GROUP BY`, … for messages. */
  readonly clause: string;
  /** Outputs of the SELECT that can be named here: in QUALIFY. */
  readonly selected?: readonly SelectedItem[];
}

/** Expressions over a scope, without aggregates and window functions. */
export function plainContext(context: BindContext, scope: Scope, clause: string): ExpressionContext {
  return { context, scope, aggregates: null, windows: null, operands: null, clause };
}
