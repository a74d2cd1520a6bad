/** How binder and planner see the job's Python functions. */
import type { AnalysisRequest } from '../functions/analysis.js';
import type { FunctionDeclaration } from '../functions/function-declaration.js';

/** Answers at once: declarations of the functions that a statement names are loaded before it is bound. */
export interface FunctionResolver {
  /**
   * What the function declares; null where none was loaded under this name. Names are compared without case.
   */
  declaration(name: string): FunctionDeclaration | null;
  /** The columns that `analyze` of the function gave for a call, as SQL text of a ROW; null where it was not asked. */
  analysis?(request: AnalysisRequest): string | null;
}
