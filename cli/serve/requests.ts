/** What a program asks of `millstream serve`; answers are named in `connection.ts`. */
import { InternalError } from '../../core/index.js';

/** Version of requests and answers. */
export const SERVE_PROTOCOL = 1;

/** `id` counts up and comes back in every answer. */
export type Request = { readonly id: number } & (
  | {
      readonly type: 'open';
      readonly configuration: Readonly<Record<string, string>>;
      readonly python: string | null;
      readonly mode: 'batch' | 'streaming' | null;
    }
  /** Plans one query; `fetch` runs it. `forget`: ids of planned queries that nobody will fetch. */
  | { readonly type: 'query'; readonly sql: string; readonly forget: readonly number[] }
  | { readonly type: 'fetch'; readonly query: number }
  | { readonly type: 'execute'; readonly sql: string }
  | { readonly type: 'explain'; readonly sql: string }
  | { readonly type: 'run'; readonly file: string }
  | { readonly type: 'add_module_folder'; readonly folder: string }
  /** Stops request `request`, whether it runs or waits; has no answer of its own. */
  | { readonly type: 'cancel'; readonly request: number }
);

const FIELDS: Record<Request['type'], Readonly<Record<string, (value: unknown) => boolean>>> = {
  open: { configuration: isTextRecord, python: isTextOrNull, mode: isMode },
  query: { sql: isText, forget: isIdList },
  fetch: { query: Number.isSafeInteger },
  execute: { sql: isText },
  explain: { sql: isText },
  run: { file: isText },
  add_module_folder: { folder: isText },
  cancel: { request: Number.isSafeInteger },
};

/** Checks a header. @throws {InternalError} SERVE_REQUEST: both ends come from one package, so it is a defect */
export function readRequest(header: unknown): Request {
  const request = (header ?? {}) as Readonly<Record<string, unknown>>;
  const fields = Object.entries(FIELDS).find(([type]) => type === request.type)?.[1];
  const isWhole = fields !== undefined && Object.entries(fields).every(([name, fits]) => fits(request[name]));
  if (isWhole && Number.isSafeInteger(request.id)) return request as Request;
  throw new InternalError('SERVE_REQUEST', `The request ${JSON.stringify(header)} is none that is known.`, {
    hint: 'The Python package and the runtime should be of the same version.',
  });
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || isText(value);
}

function isMode(value: unknown): boolean {
  return value === null || value === 'batch' || value === 'streaming';
}

function isIdList(value: unknown): boolean {
  return Array.isArray(value) && value.every(Number.isSafeInteger);
}

function isTextRecord(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.values(value).every(isText);
}
