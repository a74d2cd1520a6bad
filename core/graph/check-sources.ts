/** Checks that every table a plan reads can be read, and in batch mode that it ends. */
import type { LogicalPlan, ScanTable } from '../plan/logical-plan.js';
import type { Scan } from '../plan/plan-builders.js';
import { subqueryPlans } from '../plan/visit-expression.js';
import { expressionsOf, inputsOf } from '../plan/visit-plan.js';
import { nearNames } from '../text/near-names.js';
import type { ConnectorTraits, PlanOptions } from './plan-options.js';
import { refusal } from './refuse.js';

/**
 * @throws {PlanError} for an unknown connector, one that is a sink only, an unbounded source in batch mode.
 */
export function checkSources(plan: LogicalPlan, options: PlanOptions): void {
  if (plan.kind === 'scan') checkScan(plan, options);
  for (const input of inputsOf(plan)) checkSources(input, options);
  for (const inner of expressionsOf(plan).flatMap(subqueryPlans)) checkSources(inner, options);
}

function checkScan(scan: Scan, options: PlanOptions): void {
  const { connector, path } = scan.table;
  const name = path.join('.');
  const place = { sql: options.sql, span: scan.span };
  const traits = options.connectors.get(connector);
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
