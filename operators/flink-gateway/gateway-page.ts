/** A page of a statement's result. */
import type { Column } from '../../core/index.js';
import type { RowChange } from '../session/session-types.js';
import { logicalType, type WireType } from './logical-type.js';
import { RestFailure, type RestServer } from './rest.js';

export interface GatewayPage {
  /** The job that the statement started; null: none, or not yet. */
  readonly jobId: string | null;
  /** True for rows of a query, false for what other statements answer. */
  readonly isQuery: boolean;
  /** Empty until the statement has begun. */
  readonly columns: readonly Column[];
  readonly rows: readonly GatewayRow[];
  /** `json`: values by type. `text`: all of them as SQL's CAST to STRING writes them. */
  readonly form: 'json' | 'text';
  /** Path of the following page; null: this is the last one. */
  readonly next: string | null;
}

export interface GatewayRow {
  readonly change: RowChange;
  readonly values: readonly unknown[];
}

interface WirePage {
  readonly resultType: 'NOT_READY' | 'PAYLOAD' | 'EOS';
  readonly nextResultUri?: string | null;
  readonly jobID?: string | null;
  readonly isQueryResult?: boolean;
  readonly results?: {
    readonly columns: readonly WireColumn[];
    readonly data: readonly { readonly kind: string; readonly fields: readonly unknown[] }[];
  };
}

interface WireColumn {
  readonly name: string;
  readonly logicalType: WireType;
}

const CHANGES: Readonly<Record<string, RowChange>> = {
  INSERT: '+I',
  UPDATE_BEFORE: '-U',
  UPDATE_AFTER: '+U',
  DELETE: '-D',
};

/** @throws {RestFailure} */
export async function readPage(server: RestServer, path: string): Promise<GatewayPage> {
  const { wire, form } = await fetchPage(server, path);
  const next = wire.resultType === 'EOS' ? null : (wire.nextResultUri ?? null);
  return {
    jobId: wire.jobID ?? null,
    isQuery: wire.isQueryResult ?? false,
    columns: (wire.results?.columns ?? []).map((column) => ({
      name: column.name,
      type: logicalType(column.logicalType),
    })),
    rows: (wire.results?.data ?? []).map(({ kind, fields }) => ({
      change: CHANGES[kind] ?? '+I',
      values: fields,
    })),
    form,
    next: next?.replace('rowFormat=PLAIN_TEXT', 'rowFormat=JSON') ?? null,
  };
}

/** The gateway of 2.3.0 fails on NaN, infinities and keys that are no text in JSON, and gives the same page again as text. */
async function fetchPage(
  server: RestServer,
  path: string,
): Promise<{ readonly wire: WirePage; readonly form: GatewayPage['form'] }> {
  try {
    return { wire: (await server.call('GET', path)) as WirePage, form: 'json' };
  } catch (error) {
    if (!(error instanceof RestFailure) || !NO_JSON.test(error.text)) throw error;
    const asText = path.replace('rowFormat=JSON', 'rowFormat=PLAIN_TEXT');
    return { wire: (await server.call('GET', asText)) as WirePage, form: 'text' };
  }
}

const NO_JSON = /Infinite or NaN|Could not map response to JSON/;
