/** A job that cannot be read. */
import { ConfigurationError, type ErrorOptions } from '../../core/index.js';
import type { ErrorSource } from '../errors/render-error.js';

/** Brings along the text that its line and column refer to; null where there is none. */
export class JobError extends ConfigurationError {
  constructor(
    code: string,
    message: string,
    readonly source: ErrorSource | null,
    options: ErrorOptions = {},
  ) {
    super(code, message, options);
  }
}
