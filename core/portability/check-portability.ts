/** Everything that Flink would refuse, do otherwise or not have, of one statement. */
import type { Statement } from '../sql/ast.js';
import { declaredFunctions } from './declared-functions.js';
import { definition } from './definitions.js';
import type { Finding, FlinkVersion } from './finding.js';
import { newerThan120 } from './newer.js';
import type { PortableJob } from './portability-context.js';
import { pythonAggregates } from './python-aggregates.js';
import { pythonJoins } from './python-joins.js';
import { queryShapes } from './query-shapes.js';
import { streamingShapes } from './streaming-shapes.js';
import { writtenOtherwise } from './syntax.js';

const RULES = [
  writtenOtherwise,
  declaredFunctions,
  pythonAggregates,
  pythonJoins,
  queryShapes,
  streamingShapes,
  newerThan120,
] as const;

/** The findings about a statement that runs, in the order of the text. */
export function portabilityOfJob(job: PortableJob): Finding[] {
  return inOrder(RULES.flatMap((rule) => [...rule(job)]));
}

/** The findings about any other statement. */
export function portabilityOfDefinition(statement: Statement, version: FlinkVersion): Finding[] {
  return inOrder([...definition(statement, version)]);
}

function inOrder(findings: readonly Finding[]): Finding[] {
  const told = new Set<string>();
  const start = ({ span }: Finding) => span?.start ?? 0;
  return findings
    .filter(({ rule, message, span }) => {
      const key = JSON.stringify([rule, message, span?.start]);
      return !told.has(key) && told.add(key);
    })
    .toSorted((a, b) => start(a) - start(b));
}
