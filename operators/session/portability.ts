/** What of each statement is not on Flink as it is here. */
import {
  type Finding,
  type FlinkVersion,
  type JoinedSiblings,
  joinedSiblings,
  locate,
  portabilityOfDefinition,
  portabilityOfJob,
  type Statement,
} from '../../core/index.js';
import type { JobStatement } from './job-statement.js';
import type { PlannedJob } from './plan-job.js';
import type { PlacedFinding, PortabilityResult } from './session-types.js';

/** What the session does with a statement. */
export interface StatementSteps {
  /** The job that a statement is, or that fills the table it makes; null where it is none. */
  jobOf(statement: Statement): Promise<JobStatement | null>;
  plan(job: JobStatement): Promise<PlannedJob>;
  /** Definitions take effect. */
  execute(statement: Statement): Promise<unknown>;
}

/** @throws {MillstreamError} where the statement cannot run here either */
export async function statementPortability(
  statement: Statement,
  sql: string,
  version: FlinkVersion,
  steps: StatementSteps,
): Promise<PortabilityResult> {
  const text = sql.slice(statement.span.start, statement.span.end);
  const defined = portabilityOfDefinition(statement, version);
  const job = await steps.jobOf(statement.kind === 'explain' ? statement.statement : statement);
  if (job === null) await steps.execute(statement);
  const planned = job === null ? null : (await steps.plan(job)).portable;
  const ofJob =
    planned === null
      ? []
      : portabilityOfJob({
          statement,
          queries: planned.bound,
          mode: planned.mode,
          version,
          declaration: (name) => planned.functions.declaration(name),
        });
  const isPython = (name: string) => planned?.functions.declaration(name)?.kind === 'aggregate';
  const joined = ofJob.some(isBeside) ? joinedSiblings(sql, statement, isPython) : null;
  const found = [
    ...defined,
    ...ofJob.map((finding) => (isJoined(finding, joined) ? rewritten(finding) : finding)),
  ];
  return {
    kind: 'portability',
    statement: text,
    findings: found.map((finding) => placed(finding, statement, sql)),
    mode: planned?.mode ?? null,
    rewritten: found.some(({ effect }) => effect === 'rewritten') ? joined!.text : null,
  };
}

function isBeside({ rule }: Finding): boolean {
  return rule === 'udaf-beside-builtin';
}

function isJoined(finding: Finding, joined: JoinedSiblings | null): boolean {
  const { span } = finding;
  return (
    isBeside(finding) &&
    joined?.calls.some(({ start, end }) => start === span?.start && end === span.end) === true
  );
}

function rewritten(finding: Finding): Finding {
  const hint = 'An export computes each in a query of its own and joins the two by the keys.';
  return { ...finding, effect: 'rewritten', hint };
}

function placed({ span, ...finding }: Finding, statement: Statement, sql: string): PlacedFinding {
  const { line, column, length } = locate(sql, span ?? { ...statement.span, end: statement.span.start + 1 });
  return { ...finding, line: line!, column: column!, length: length! };
}
