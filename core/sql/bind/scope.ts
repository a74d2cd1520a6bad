/** Which columns a name can mean at a place of the query. */

import type { Expression } from '../../plan/expression.js';
import { columnOf } from '../../plan/expression-builders.js';
import type { PlanColumn } from '../../plan/logical-plan.js';
import type { WindowBounds } from '../../plan/time-window.js';
import { withNullable } from '../../types/types.js';
import type { Identifier, ObjectName } from '../ast.js';
import { type BindEnvironment, bindError, nearHint } from './bind-context.js';
import type { WindowName } from './time-window.js';

/** What an entry of FROM offers under its name. */
export interface Relation {
  /** Null: its columns have no qualifier (merged columns of USING). */
  readonly name: string | null;
  /** Catalog, database and table, where it is a table without an alias. */
  readonly path: readonly string[] | null;
  readonly columns: readonly PlanColumn[];
  /** Ids of columns that only a qualified name reaches: USING and NATURAL merged them. */
  readonly merged: ReadonlySet<string>;
}

/** The window that a SELECT groups by: TUMBLE_START and its like, with the same arguments, ask about it. */
export interface GroupWindow {
  readonly name: WindowName;
  readonly key: string;
  readonly bounds: WindowBounds;
}

/** The relations of a FROM, and the scope of the enclosing query. */
export interface Scope {
  readonly relations: readonly Relation[];
  readonly parent: Scope | null;
  /** The window of time that the SELECT groups by. */
  readonly groupWindow?: GroupWindow;
}

/** No columns at all. */
export const EMPTY_SCOPE: Scope = { relations: [], parent: null };

/** A relation that a plan's columns are reached through. */
export function relationOf(
  name: string | null,
  columns: readonly PlanColumn[],
  path: readonly string[] | null = null,
): Relation {
  return { name, path, columns, merged: new Set() };
}

/** The columns that `*` stands for. */
export function visibleColumns(relations: readonly Relation[]): PlanColumn[] {
  return relations.flatMap((relation) =>
    relation.columns.filter((column) => !relation.merged.has(column.id)),
  );
}

/** The relation that `t` or `db.t` names in `t.*`; null where there is none. */
export function relationNamed(scope: Scope, name: ObjectName): Relation | null {
  const parts = name.parts.map((part) => part.name);
  return scope.relations.find((relation) => qualifies(relation, parts)) ?? null;
}

/**
 * The column, or field inside a column, that a name means; enclosing queries are searched after this one.
 * @throws {SqlError} where it means none, or several.
 */
export function resolveName(environment: BindEnvironment, scope: Scope, name: ObjectName): Expression {
  for (let current: Scope | null = scope; current !== null; current = current.parent) {
    const found = findIn(environment, current, name);
    if (found !== null) return withFields(environment, found.column, found.rest, name);
  }
  throw unknownColumn(environment, scope, name);
}

interface Found {
  readonly column: PlanColumn;
  readonly rest: readonly Identifier[];
}

function findIn(environment: BindEnvironment, scope: Scope, name: ObjectName): Found | null {
  for (let width = Math.min(3, name.parts.length - 1); width >= 0; width--) {
    const qualifier = name.parts.slice(0, width).map((part) => part.name);
    const column = name.parts[width]!;
    const matches = scope.relations
      .filter((relation) => width === 0 || qualifies(relation, qualifier))
      .flatMap((relation) =>
        relation.columns.filter((c) => c.name === column.name && (width > 0 || !relation.merged.has(c.id))),
      );
    if (matches.length > 1) {
      const owners = scope.relations
        .filter((r) => r.columns.some((c) => matches.includes(c)))
        .map((r) => r.name);
      const text = name.parts.map((part) => part.name).join('.');
      throw bindError(
        environment,
        'SQL_AMBIGUOUS_COLUMN',
        `Column '${text}' is ambiguous.`,
        name.span,
        `Qualify it: ${owners.map((owner) => `${owner ?? '?'}.${column.name}`).join(' or ')}.`,
      );
    }
    if (matches.length === 1) return { column: matches[0]!, rest: name.parts.slice(width + 1) };
  }
  return null;
}

function qualifies(relation: Relation, qualifier: readonly string[]): boolean {
  if (relation.path !== null) {
    const tail = relation.path.slice(relation.path.length - qualifier.length);
    if (qualifier.length <= relation.path.length && tail.every((part, i) => part === qualifier[i]))
      return true;
  }
  return qualifier.length === 1 && relation.name === qualifier[0];
}

function withFields(
  environment: BindEnvironment,
  column: PlanColumn,
  fields: readonly Identifier[],
  name: ObjectName,
): Expression {
  const base: Expression = columnOf(column, name.span);
  return fields.reduce<Expression>((value, field) => bindField(environment, value, field), base);
}

/** `value.field`. @throws {SqlError} where the value is no ROW or has no such field. */
export function bindField(environment: BindEnvironment, value: Expression, field: Identifier): Expression {
  const { type } = value;
  const found =
    type.kind === 'ROW' ? type.fields.find((candidate) => candidate.name === field.name) : undefined;
  if (found === undefined) {
    const names = type.kind === 'ROW' ? type.fields.map((candidate) => candidate.name) : [];
    const reason =
      type.kind === 'ROW'
        ? `There is no field '${field.name}'.`
        : `${type.kind} is no ROW: it has no fields.`;
    throw bindError(
      environment,
      'SQL_UNKNOWN_COLUMN',
      reason,
      field.span,
      nearHint(field.name, names, 'Fields'),
    );
  }
  const span = { start: value.span?.start ?? field.span.start, end: field.span.end };
  const fieldType = withNullable(found.type, found.type.nullable || type.nullable);
  return { kind: 'field', base: value, name: field.name, type: fieldType, span };
}

function unknownColumn(environment: BindEnvironment, scope: Scope, name: ObjectName) {
  const text = name.parts.map((part) => part.name).join('.');
  const relations = allRelations(scope);
  const owner = name.parts.length > 1 ? relations.find((r) => r.name === name.parts[0]!.name) : undefined;
  const wanted = owner === undefined ? name.parts.at(-1)! : name.parts[1]!;
  const candidates = (owner === undefined ? relations : [owner]).flatMap((r) => r.columns.map((c) => c.name));
  if (owner === undefined && name.parts.length > 1) {
    const names = relations.flatMap((r) => (r.name === null ? [] : [r.name]));
    const table = name.parts[0]!.name;
    const hint = nearHint(table, names, 'Tables here');
    return bindError(
      environment,
      'SQL_UNKNOWN_TABLE',
      `There is no table '${table}' in FROM.`,
      name.span,
      hint,
    );
  }
  const hint = nearHint(wanted.name, candidates, 'Columns');
  return bindError(environment, 'SQL_UNKNOWN_COLUMN', `There is no column '${text}'.`, name.span, hint);
}

function allRelations(scope: Scope | null): readonly Relation[] {
  return scope === null ? [] : [...scope.relations, ...allRelations(scope.parent)];
}
