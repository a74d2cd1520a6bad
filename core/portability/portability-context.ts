/** What the rules of portability look at. */
import type { FunctionDeclaration } from '../functions/function-declaration.js';
import type { QueryPlan } from '../plan/logical-plan.js';
import type { Statement } from '../sql/ast.js';
import type { FlinkVersion } from './finding.js';

/** One statement that runs, bound and not yet optimised. */
export interface PortableJob {
  readonly statement: Statement;
  readonly queries: readonly QueryPlan[];
  /** The mode it would have on Flink. */
  readonly mode: 'batch' | 'streaming';
  readonly version: FlinkVersion;
  readonly declaration: (name: string) => FunctionDeclaration | null;
}
