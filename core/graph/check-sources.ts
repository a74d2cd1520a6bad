/** Checks that every table a plan reads can be read, and in batch mode that it ends. */
import type { LogicalPlan, ScanTable } from '../plan/logical-plan.js';
import type { LookupJoin, Scan } from '../plan/plan-builders.js';
import { subqueryPlans } from '../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';
import { nearNames } from '../text/near-names.js';
import { type ConnectorTraits, type PlanOptions, traitsOf } from './plan-options.js';
import { refusal } from './refuse.js';

/**
 * @throws {PlanError} for an unknown connector, one that is a sink only, an unbounded source in batch mode.
 */
export function checkSources(plan: LogicalPlan, options: PlanOptions): void {
  if (plan.kind === 'scan') checkScan(plan, options);
  if (plan.kind === 'lookup_join') checkLookup(plan, options);
  for (const input of inputsOf(plan)) checkSources(input, options);
  for (const inner of expressionsOf(plan).flatMap(subqueryPlans)) checkSources(inner, options);
}

function checkScan(scan: Scan, options: PlanOptions): void {
  const { connector, path } = scan.table;
  const name = path.join('.');
  const place = { sql: options.sql, span: scan.span };
  const traits = traitsOf(options.connectors, scan.table);
  if (traits === undefined || traits.source === null) {
    const sources = [...options.connectors].filter(([, t]) => t.source !== null).map(([key]) => key);
    const near = nearNames(connector, sources);
    const reason = traits === undefined ? 'is not known' : 'can only be written';
    throw refusal(
      'PLAN_CONNECTOR',
      `Table ${name} cannot be read: its connector '${connector}' ${reason}.`,
      place,
      near.length > 0
        ? `Did you mean '${near.join("' or '")}'?`
        : `Connectors that can be read: ${sources.join(', ')}.`,
    );
  }
  traits.check?.(scan.table, 'read');
  checkMetadata(scan.table, traits, 'read', place);
  if (options.mode === 'batch' && (traits.gives?.(scan.table) ?? 'insert') !== 'insert') {
    throw refusal(
      'PLAN_CHANGELOG',
      `Rows of table ${name} change and go, so it cannot be read in batch mode.`,
      place,
      "Use SET 'execution.runtime-mode' = 'streaming'.",
    );
  }
  if (options.mode === 'batch' && !traits.bounded(scan.table)) {
    throw refusal(
      'PLAN_UNBOUNDED',
      `Table ${name} never ends, so it cannot be read in batch mode.`,
      place,
      "Use SET 'execution.runtime-mode' = 'streaming', or bound the table ('number-of-rows' of datagen, no 'source.monitor-interval' of files).",
    );
  }
}

function checkLookup({ table, span }: LookupJoin, options: PlanOptions): void {
  const traits = traitsOf(options.connectors, table);
  if (traits?.hasLookup === true) {
    traits.check?.(table, 'read');
    return;
  }
  const able = [...options.connectors]
    .filter(([, { hasLookup }]) => hasLookup === true)
    .map(([name]) => name);
  throw refusal(
    'PLAN_CONNECTOR',
    `Processing-time temporal join is not supported with table ${table.path.at(-1)}: its connector '${table.connector}' looks up no rows.`,
    { sql: options.sql, span },
    `Connectors that do: ${able.join(', ')}. A table with PRIMARY KEY and WATERMARK can be joined as of event time, every other one without FOR SYSTEM_TIME.`,
  );
}

/** @throws {PlanError} for a METADATA column that the connector does not have. */
export function checkMetadata(
  table: ScanTable,
  traits: ConnectorTraits,
  use: 'read' | 'write',
  place: Parameters<typeof refusal>[2],
): void {
  const keys = traits.metadata?.(table, use) ?? [];
  const unknown = table.columns.find(({ metadata }) => metadata !== undefined && !keys.includes(metadata));
  if (unknown === undefined) return;
  const verb = use === 'read' ? 'gives' : 'takes';
  throw refusal(
    'PLAN_CONNECTOR',
    `Connector '${table.connector}' ${verb} no metadata '${unknown.metadata}' for column '${unknown.name}' of table ${table.path.at(-1)}.`,
    place,
    keys.length === 0
      ? 'Leave the METADATA column out of the table.'
      : `It has: ${keys.join(', ')}${use === 'write' ? '; declare others VIRTUAL' : ''}.`,
  );
}
