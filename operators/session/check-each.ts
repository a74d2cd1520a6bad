/** Goes through the statements of a script that may be wrong in several places. */
import { MillstreamError, type Statement } from '../../core/index.js';
import type { WrongStatement } from './session-types.js';

/** Each statement's result or what is wrong with it; the same error, of a function that several call, comes once. */
export async function* checkEach<Result extends { readonly kind: string }>(
  statements: readonly (Statement | MillstreamError)[],
  explain: (statement: Statement) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result | WrongStatement> {
  const told = new Set<string>();
  for (const statement of statements) {
    const result = statement instanceof MillstreamError ? wrong(statement) : await tried(statement);
    if (isWrong(result)) {
      const { code, message, details } = result.error;
      const key = JSON.stringify([code, message, details.line, details.column]);
      if (told.has(key)) continue;
      told.add(key);
    }
    yield result;
  }

  async function tried(statement: Statement): Promise<Result | WrongStatement> {
    try {
      return await explain(statement);
    } catch (error) {
      if (!(error instanceof MillstreamError) || signal.aborted) throw error;
      return wrong(error);
    }
  }
}

function isWrong(result: { readonly kind: string }): result is WrongStatement {
  return result.kind === 'wrong';
}

function wrong(error: MillstreamError): WrongStatement {
  return { kind: 'wrong', error };
}
