/** A question to a function whose result columns depend on its call: what its static `analyze` is told. */

/** One argument as it is known before the job runs. */
export interface AnalyzedArgument {
  /** Null for an argument by position. */
  readonly name: string | null;
  /** SQL type text; of a table the ROW of its columns. */
  readonly type: string;
  readonly isTable: boolean;
  readonly isConstant: boolean;
  /** A constant in the JSON encoding of results; null where it is none. */
  readonly value: unknown;
}

export interface AnalysisRequest {
  readonly function: string;
  readonly arguments: readonly AnalyzedArgument[];
}

/**
 * Thrown while binding where an answer is missing: whoever binds asks the function, then binds again with the answer.
 * It never reaches a user.
 */
export class AnalysisNeeded extends Error {
  constructor(readonly request: AnalysisRequest) {
    super(`The columns of ${request.function} are not known yet.`);
  }
}
