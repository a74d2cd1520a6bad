/**
 * The state of an operator as an Arrow IPC stream. Columns: `state`, the name; `key_group` and `key`, NULL for what belongs
 * to the operator as a whole; `value`, bytes in the form of `state-value.ts`, none for a key that is gone since the snapshot
 * that this one holds the changes of. Such snapshots stand one behind the other, the newest first.
 */
import { decodeBatch } from '../batch/decode.js';
import { BatchEncoder } from '../batch/encode.js';
import { FlatTable } from '../batch/flat-table.js';
import { IPC_PREFIX_BYTES } from '../batch/ipc-message.js';
import { SchemaRegistry } from '../batch/schema-registry.js';
import { validateRecordBatchMessage } from '../batch/validate-metadata.js';
import type { SqlValue } from '../batch/value.js';
import { InternalError } from '../errors.js';
import type { Column } from '../types/data-type.js';
import { types } from '../types/types.js';
import { keyGroupOf } from './key-group.js';
import { readStateValue, StateWriter } from './state-value.js';
import { TextColumn } from './text-column.js';

/** A thing of the state; the key is null where it belongs to the operator as a whole. */
export interface StateEntry {
  readonly state: string;
  /** As `keyGroupOf` says; null where the key is. */
  readonly keyGroup: number | null;
  readonly key: string | null;
  readonly value: SqlValue;
}

const COLUMNS: readonly Column[] = [
  { name: 'state', type: types.notNull(types.string()) },
  { name: 'key_group', type: types.int() },
  { name: 'key', type: types.string() },
  { name: 'value', type: types.notNull(types.bytes()) },
];
const EXCHANGE = { columns: COLUMNS, groups: [COLUMNS.map((_, i) => i)] };
/** A batch is encoded in a few milliseconds. */
const ROWS_PER_BATCH = 8_192;
/** So that offsets fit into 32 bits whatever is in a state. */
const BYTES_PER_BATCH = 8 * 2 ** 20;
/** A batch of no bytes: the end of an IPC stream. */
const END = Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0);

/** What is to be written; the group follows from the key. Undefined: the key is gone. */
export type SavedEntry = Omit<StateEntry, 'keyGroup' | 'value'> & { readonly value: SqlValue | undefined };

/** Writes entries as they are given: what is in a value may be changed after that. */
export class SnapshotWriter {
  readonly #encoder: BatchEncoder;
  readonly #parts: Uint8Array[];
  readonly #states = new TextColumn(ROWS_PER_BATCH);
  readonly #keys = new TextColumn(ROWS_PER_BATCH);
  readonly #keyGroups = new Int32Array(ROWS_PER_BATCH);
  readonly #values = new StateWriter();
  readonly #offsets = new Int32Array(ROWS_PER_BATCH + 1);
  #rows = 0;
  /** Of all rows of a batch, or of none. */
  #hasKeys = true;

  constructor() {
    const schemas = new SchemaRegistry();
    this.#encoder = new BatchEncoder(COLUMNS, schemas);
    this.#parts = [schemas.message(this.#encoder.schema)];
  }

  add({ state, key, value }: SavedEntry): void {
    if (this.#hasKeys !== (key !== null)) {
      this.#flush();
      this.#hasKeys = key !== null;
    }
    if (key !== null) {
      this.#keys.add(key);
      this.#keyGroups[this.#rows] = keyGroupOf(key);
    }
    this.#states.add(state);
    if (value !== undefined) this.#values.write(value);
    this.#rows += 1;
    this.#offsets[this.#rows] = this.#values.length;
    const bytes = this.#values.length + this.#keys.length;
    if (this.#rows === ROWS_PER_BATCH || bytes >= BYTES_PER_BATCH) this.#flush();
  }

  /** Pieces of an Arrow IPC stream that have become full since the last call. */
  take(): readonly Uint8Array[] {
    return this.#parts.splice(0);
  }

  /** The rest of them. */
  finish(): readonly Uint8Array[] {
    this.#flush();
    return [...this.take(), END];
  }

  #flush(): void {
    const rows = this.#rows;
    if (rows === 0) return;
    const none = this.#hasKeys ? [] : new Array<null>(rows).fill(null);
    const { groups } = this.#encoder.encode(rows, [
      this.#states.column,
      this.#hasKeys ? this.#keyGroups.subarray(0, rows) : none,
      this.#hasKeys ? this.#keys.column : none,
      { offsets: this.#offsets.subarray(0, rows + 1), bytes: this.#values.bytes },
    ]);
    this.#parts.push(groups[0]!.message);
    this.#rows = 0;
    this.#states.clear();
    this.#keys.clear();
    this.#values.clear();
  }
}

/**
 * What is there after a snapshot and the changes since it. Of what belongs to the operator as a whole the newest says all.
 * @param bytes the newest, then each that it leans on
 * @throws {InternalError} STATE_MALFORMED, BATCH_MALFORMED
 */
export function* decodeSnapshot(bytes: Uint8Array): Generator<StateEntry> {
  const newer = new Map<string, Set<string>>();
  for (let at = 0, isNewest = true; isNewest || at < bytes.length; isNewest = false) {
    const { messages, end } = messagesOf(bytes, at);
    const isOldest = end === bytes.length;
    for (const { state, keyGroup, key, value } of rowsOf(messages)) {
      if (key === null ? !isNewest : newer.get(state)?.has(key) === true) continue;
      if (key !== null && !isOldest) remember(newer, state, key);
      if (value.length > 0) yield { state, keyGroup, key, value: readStateValue(value) };
    }
    at = end;
  }
}

interface StoredRow extends Omit<StateEntry, 'value'> {
  readonly value: Uint8Array;
}

function* rowsOf([schemaMessage, ...messages]: readonly Uint8Array[]): Generator<StoredRow> {
  if (schemaMessage === undefined) throw cutOff();
  const schemas = new SchemaRegistry();
  const schema = schemas.register(schemaMessage);
  for (const message of messages) {
    const { rows } = validateRecordBatchMessage(message, schemas.layout(schema));
    const group = { schema, message, shared: null, messageRows: rows, selection: null };
    const batch = { kind: 'batch', rows, groups: [group], continued: false } as const;
    const [state, keyGroup, key, value] = decodeBatch(batch, EXCHANGE, schemas);
    for (let row = 0; row < rows; row++) {
      yield {
        state: state!.value(row) as string,
        keyGroup: keyGroup!.value(row) as number | null,
        key: key!.value(row) as string | null,
        value: value!.value(row) as Uint8Array,
      };
    }
  }
}

function remember(keys: Map<string, Set<string>>, state: string, key: string): void {
  const known = keys.get(state);
  if (known === undefined) keys.set(state, new Set([key]));
  else known.add(key);
}

/** The encapsulated messages of the stream that begins at `from`, and where it ends. */
function messagesOf(
  bytes: Uint8Array,
  from: number,
): { readonly messages: Uint8Array[]; readonly end: number } {
  const messages: Uint8Array[] = [];
  for (let at = from; ; ) {
    if (at + IPC_PREFIX_BYTES > bytes.length) throw cutOff();
    const metadataBytes = new DataView(bytes.buffer, bytes.byteOffset + at).getInt32(4, true);
    if (metadataBytes === 0) return { messages, end: at + IPC_PREFIX_BYTES };
    const bodyAt = at + IPC_PREFIX_BYTES + metadataBytes;
    if (metadataBytes < 8 || bodyAt > bytes.length) throw cutOff();
    const view = new DataView(bytes.buffer, bytes.byteOffset + at + IPC_PREFIX_BYTES, metadataBytes);
    const end = bodyAt + FlatTable.root(view).int64(3);
    if (end > bytes.length) throw cutOff();
    // At the start of a buffer of its own, so that numbers lie where they may.
    messages.push(bytes.slice(at, end));
    at = end;
  }
}

function cutOff(): InternalError {
  return new InternalError('STATE_MALFORMED', 'A state file of a checkpoint is cut off.');
}

/** The pieces of a snapshot as one. */
export function concatenated(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
