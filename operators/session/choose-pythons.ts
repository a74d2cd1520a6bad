/** Which Python runs functions, and which runs DuckDB: a Python of the user's need not have the engine's packages. */
import { choosePython, type PythonCandidate } from '../../bridge/index.js';

/** The interpreters of a session, not tried yet; the same one where none was named. */
export interface SessionPythons {
  readonly functions: PythonCandidate;
  readonly relational: PythonCandidate;
}

/**
 * `configured` runs functions; DuckDB stays in Millstream's own environment (MILLSTREAM_PYTHON or `.venv`) where
 * there is one.
 */
export function choosePythons(configured: string | null): SessionPythons {
  const own = choosePython({ configured: null });
  if (configured === null) return { functions: own, relational: own };
  const functions = choosePython({ configured });
  return { functions, relational: own.origin === 'PATH' ? functions : own };
}
