/** JOIN … FOR SYSTEM_TIME AS OF processing time: each row beside those that a table has when the row comes. */
import { conjunction, conjunctsOf, equalSides } from '../../plan/conjuncts.js';
import type { Expression } from '../../plan/expression.js';
import { BOOLEAN_NOT_NULL, castTo, columnOf, predicate } from '../../plan/expression-builders.js';
import { referencedColumns } from '../../plan/expression-facts.js';
import type { LogicalPlan, PlanColumn } from '../../plan/logical-plan.js';
import {
  extendedBy,
  filteredBy,
  idsOf,
  type Join,
  type LookupJoin,
  projectOf,
  type Scan,
} from '../../plan/plan-builders.js';
import { type Substitution, substitute, substitutionOf } from '../../plan/substitute.js';
import { commonType } from '../../types/common-type.js';
import type { DataType } from '../../types/data-type.js';
import { typeFamily } from '../../types/type-family.js';
import { withNullable } from '../../types/types.js';
import type { ExpressionNode } from '../ast.js';
import { type BindContext, bindError } from './bind-context.js';

/**
 * The join as a lookup: what of ON compares columns of the table with expressions of the left side is what it is asked
 * for, the rest is tested on what it answers.
 * @throws {SqlError} where the right side is no table, or no column of it is compared
 */
export function lookupJoin(
  context: BindContext,
  join: Join,
  systemTime: ExpressionNode,
  name: string | null,
): LogicalPlan {
  const { scan, meaning } = storedTable(context, join.right, systemTime);
  const conjuncts = conjunctsOf(join.condition).map((conjunct) => substitute(conjunct, meaning));
  const { keys, others } = divided(conjuncts, join, scan);
  if (keys.length === 0) {
    throw bindError(
      context,
      'SQL_INVALID',
      'A temporal join by processing time requires an equality condition on columns of the table.',
      join.span ?? systemTime.span,
      'Add column = expression of the left side to ON, of the type of the column: CAST the left side to it.',
    );
  }
  const type = join.type as LookupJoin['type'];
  const fields = scan.columns.map((column) =>
    type === 'inner' ? column : { ...column, type: withNullable(column.type, true) },
  );
  const found = context.ids.column('found', BOOLEAN_NOT_NULL);
  const isUnique =
    scan.table.primaryKey.length > 0 &&
    scan.table.primaryKey.every((name) => keys.some((key) => key.column === name));
  const tested = type === 'left' && !isUnique ? others : [];
  const looked: LookupJoin = {
    kind: 'lookup_join',
    type,
    input: join.left,
    table: scan.table,
    keys,
    condition: conjunction(tested),
    retry: (name === null ? undefined : context.lookupRetries?.get(name)) ?? null,
    columns: [...join.left.columns, ...fields, found],
    span: join.span,
  };
  if (type === 'inner') {
    const outputs = join.columns.map((column) => meaning.get(column.id) ?? columnOf(column));
    return projectOf(filteredBy(looked, others), join.columns, outputs);
  }
  const rest = tested.length === 0 ? others : [];
  return seenWhere(context, looked, { found, conditions: rest, meaning }, join);
}

/** The table as it is stored, and what the columns of the plan are made of. */
function storedTable(
  context: BindContext,
  plan: LogicalPlan,
  systemTime: ExpressionNode,
): { readonly scan: Scan; readonly meaning: Substitution } {
  if (plan.kind === 'scan') return { scan: plan, meaning: new Map() };
  if (plan.kind === 'project' && plan.input.kind === 'scan') {
    return { scan: plan.input, meaning: substitutionOf(plan) };
  }
  const isTimed = plan.kind === 'watermark';
  throw bindError(
    context,
    'SQL_UNSUPPORTED',
    isTimed
      ? 'A temporal join by processing time is not supported with a table that has a WATERMARK.'
      : 'A temporal join by processing time takes a table itself, no view or query.',
    systemTime.span,
    isTimed
      ? 'Join it as of event time of the left table, or take its WATERMARK off.'
      : 'Name the table, and put conditions and expressions into ON and SELECT.',
  );
}

/** Keys are `column = value` of the type of the column; every further comparison of a column is tested. */
function divided(conjuncts: readonly Expression[], join: Join, { columns }: Scan) {
  const left = idsOf(join.left.columns);
  const keys: LookupJoin['keys'][number][] = [];
  const others: Expression[] = [];
  for (const conjunct of conjuncts) {
    const key = keyIn(conjunct, columns, left);
    if (key === null || keys.some(({ column }) => column === key.column)) others.push(conjunct);
    else keys.push(key);
  }
  return { keys, others };
}

function keyIn(
  conjunct: Expression,
  columns: readonly PlanColumn[],
  left: ReadonlySet<string>,
): LookupJoin['keys'][number] | null {
  for (const [own, value] of equalSides(conjunct)) {
    const column = own.kind === 'column' ? columns.find(({ id }) => id === own.id) : undefined;
    const read = [...referencedColumns(value)];
    if (column === undefined || read.length === 0 || !read.every((id) => left.has(id))) continue;
    const fitting = ofType(value, column.type);
    if (fitting !== null) return { value: fitting, column: column.name };
  }
  return null;
}

/** The value in the type of a column, where each of its values has one; null: not each. */
function ofType(value: Expression, type: DataType): Expression | null {
  if (typeFamily(value.type) === 'string' && typeFamily(type) === 'string') return value;
  const common = commonType([value.type, type]);
  const bare = withNullable(type, value.type.nullable);
  if (common === null || JSON.stringify(withNullable(common, bare.nullable)) !== JSON.stringify(bare))
    return null;
  return JSON.stringify(value.type) === JSON.stringify(bare) ? value : castTo(value, bare);
}

interface Seen {
  readonly found: PlanColumn;
  readonly conditions: readonly Expression[];
  readonly meaning: Substitution;
}

/** LEFT: a row that is not there, or does not meet the conditions, is NULLs. */
function seenWhere(
  context: BindContext,
  looked: LookupJoin,
  { found, conditions, meaning }: Seen,
  join: Join,
): LogicalPlan {
  const left = idsOf(join.left.columns);
  const isPlain = conditions.length === 0;
  const seen = isPlain ? found : context.ids.column('seen', { ...BOOLEAN_NOT_NULL, nullable: true });
  const test = [columnOf(found), ...conditions].reduce((all, condition) =>
    predicate('AND', [all, condition]),
  );
  const rows = isPlain ? looked : extendedBy(looked, [{ column: seen, expression: test }]);
  const outputs = join.columns.map((column): Expression => {
    if (left.has(column.id)) return columnOf(column);
    const value = meaning.get(column.id) ?? columnOf(column);
    if (isPlain && value.kind === 'column') return value;
    // biome-ignore lint/suspicious/noThenProperty: a branch of CASE, never awaited
    const branches = [{ when: columnOf(seen), then: value }];
    return { kind: 'case', branches, otherwise: null, type: column.type, span: null };
  });
  return projectOf(rows, join.columns, outputs);
}
