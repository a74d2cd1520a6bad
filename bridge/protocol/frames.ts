/** Message ↔ ZeroMQ multipart, as `data-messages.ts` lays it out. Nothing here copies a batch. */
import { type Batch, type ColumnGroup, InternalError, loadGroup } from '../../core/index.js';
import type { BatchMessage, Block, DataFromWorker, SchemaMessage, Split, WireGroup } from './messages.js';
import { checkDataMessage } from './validate.js';

/** Largest header of a data message, in bytes; errors with tracebacks are the longest. */
export const MAX_HEADER_BYTES = 4 << 20;
/** Largest control message, in bytes. */
export const MAX_CONTROL_BYTES = 16 << 20;
/** Largest frame, in bytes: what Arrow's 32-bit offsets can address. */
export const MAX_FRAME_BYTES = 2 ** 31 - 1;

/** A received data message with the frames that it announced. */
export type DataFrames =
  | { readonly message: SchemaMessage; readonly schema: Uint8Array }
  | {
      readonly message: BatchMessage;
      readonly rowSelection: Int32Array | null;
      readonly groups: readonly { readonly message: Uint8Array; readonly selection: Int32Array | null }[];
    }
  | { readonly message: Exclude<DataFromWorker, SchemaMessage | BatchMessage> };

/** The frames of a message without payload. */
export function encodeHeader(message: object): Uint8Array[] {
  return [Buffer.from(JSON.stringify(message))];
}

/** The frames of a schema message. */
export function encodeSchema(id: number, schema: Uint8Array): Uint8Array[] {
  const message: SchemaMessage = { type: 'schema', id };
  return [...encodeHeader(message), schema];
}

/** What places a batch: everything in its header that its groups do not say. */
export interface BatchPlace {
  readonly stage: string;
  readonly epoch: number;
  readonly sequence: number;
  readonly input: number;
  /** A function that is not called for these rows; null: none. */
  readonly notCalled: string | null;
  /** What a function stage reads itself; null: the groups. */
  readonly split: Split | null;
  /** As of `BatchMessage`. */
  readonly mayJoin: boolean;
}

/** Names the block of a group in shared memory to the worker; null: the worker cannot read it there. */
export type ShipGroup = (group: ColumnGroup) => Block | null;

/** The frames of a batch for a worker. They alias the groups, which stay frozen until the worker answered. */
export function encodeBatch(
  place: BatchPlace,
  batch: Pick<Batch, 'rows' | 'groups' | 'continued'>,
  ship: ShipGroup,
): Uint8Array[] {
  const blocks = batch.groups.map((group) => (group.shared === null ? null : ship(group)));
  const message: BatchMessage = {
    type: 'batch',
    ...place,
    rows: batch.rows,
    groups: batch.groups.map((group, i) => wireGroup(group, blocks[i]!)),
    hasRowSelection: false,
    continued: batch.continued,
    notCalled: place.notCalled,
    split: place.split,
    done: null,
    mayJoin: place.mayJoin,
  };
  const frames = encodeHeader(message);
  batch.groups.forEach((group, i) => {
    if (group.selection !== null) {
      frames.push(bytesOf(group.selection));
    }
    frames.push(blocks[i] === null ? loadGroup(group).message : group.message);
  });
  return frames;
}

/**
 * Reads and checks a data message. Frames are aliased; selections are copied only where they are not aligned.
 * @throws {InternalError} PROTOCOL_FRAMES or PROTOCOL_MESSAGE.
 */
export function decodeData(frames: readonly Uint8Array[]): DataFrames {
  const header = frames[0];
  if (header === undefined || header.byteLength > MAX_HEADER_BYTES) {
    throw wrongFrames(`a header of ${header?.byteLength ?? 0} bytes`);
  }
  const message = checkDataMessage(parseJson(header));
  if (message.type === 'schema') {
    expectFrames(frames, 2, message.type);
    return { message, schema: frames[1]! };
  }
  if (message.type === 'batch') {
    return decodeBatch(message, frames);
  }
  expectFrames(frames, 1, message.type);
  return { message };
}

/** JSON of a frame. @throws {InternalError} PROTOCOL_FRAMES when it is not JSON. */
export function parseJson(frame: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString());
  } catch (error) {
    throw wrongFrames('a header that is not JSON', error);
  }
}

function wireGroup({ schema, messageRows, selection }: ColumnGroup, block: Block | null): WireGroup {
  return { schema, rows: messageRows, hasSelection: selection !== null, block };
}

function decodeBatch(message: BatchMessage, frames: readonly Uint8Array[]): DataFrames {
  const selections = message.groups.filter((group) => group.hasSelection).length;
  expectFrames(
    frames,
    1 + Number(message.hasRowSelection) + selections + message.groups.length,
    message.type,
  );
  let next = 1;
  const rowSelection = message.hasRowSelection ? selectionOf(frames[next++]!, message.rows) : null;
  const groups = message.groups.map((group) => {
    const selection = group.hasSelection ? selectionOf(frames[next++]!, message.rows) : null;
    if (selection === null && group.rows !== message.rows) {
      throw wrongFrames(`a group of ${group.rows} rows in a batch of ${message.rows}`);
    }
    checkAscending(selection, group.rows);
    return { selection, message: frames[next++]! };
  });
  return { message, rowSelection, groups };
}

function selectionOf(frame: Uint8Array, rows: number): Int32Array {
  if (frame.byteLength !== rows * 4) {
    throw wrongFrames(`a selection of ${frame.byteLength} bytes for ${rows} rows`);
  }
  const aligned = frame.byteOffset % 4 === 0 ? frame : Uint8Array.prototype.slice.call(frame);
  return new Int32Array(aligned.buffer, aligned.byteOffset, rows);
}

/** Selections are ascending positions below `limit`, repeats allowed; null is every row. */
export function checkAscending(selection: Int32Array | null, limit: number): void {
  if (selection === null || selection.length === 0) {
    return;
  }
  let previous = 0;
  for (const position of selection) {
    if (position < previous) {
      throw wrongFrames('a selection that is not ascending from 0');
    }
    previous = position;
  }
  if (previous >= limit) {
    throw wrongFrames(`a selection that reaches row ${previous} of ${limit}`);
  }
}

function bytesOf(selection: Int32Array): Uint8Array {
  return new Uint8Array(selection.buffer, selection.byteOffset, selection.byteLength);
}

function expectFrames(frames: readonly Uint8Array[], count: number, type: string): void {
  if (frames.length !== count) {
    throw wrongFrames(`${frames.length} frames for a ${type} message of ${count}`);
  }
}

function wrongFrames(what: string, cause?: unknown): InternalError {
  return new InternalError('PROTOCOL_FRAMES', `A worker sent ${what}.`, {
    hint: 'Make sure that the worker runs the same version of millstream; otherwise please report this.',
    cause,
  });
}
