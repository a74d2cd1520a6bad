import type { SchemaRegistry } from '../batch/schema-registry.js';
import type { Stage, StageGraph } from '../graph/stage-graph.js';
import type { Operator, SourceOperator } from './operator.js';

/** Makes the operator of a stage; the core names none. A stage with inputs gets an `Operator`, one without a `SourceOperator`. */
export interface OperatorRegistry {
  create(stage: Stage, job: OperatorSurroundings): Operator | SourceOperator;
}

/** What operators of one job share. */
export interface OperatorSurroundings {
  readonly graph: StageGraph;
  readonly schemas: SchemaRegistry;
  /**
   * The state of each stage in the checkpoint that the job goes on from; a stage that is not in it had ended. Null: the job
   * begins.
   */
  readonly restored: ReadonlyMap<string, Uint8Array | null> | null;
}

/** True for an operator without inputs. */
export function isSource(operator: Operator | SourceOperator): operator is SourceOperator {
  return 'run' in operator;
}
