/** The full check of values, for what the core itself decodes (workers have pyarrow's `validate(full=True)`). */
import { isUtf8 } from 'node:buffer';
import { type ArrayData, isPresent } from './array-data.js';
import { malformedBatch } from './malformed.js';

/**
 * Checks a column and its children: null counts, offsets that rise and stay inside, UTF-8.
 * @throws {InternalError} BATCH_MALFORMED
 */
export function validateArray(data: ArrayData): void {
  checkNulls(data);
  if (data.offsets !== null) checkOffsets(data);
  if (data.layout.type.name === 'utf8') checkText(data);
  for (const child of data.children) validateArray(child);
}

function checkNulls(data: ArrayData): void {
  if (data.validity === null) return;
  let present = 0;
  for (let row = 0; row < data.length; row++) if (isPresent(data, row)) present += 1;
  if (data.length - present !== data.nulls) {
    throw malformedBatch(
      `column "${data.layout.name}" claims ${data.nulls} nulls but has ${data.length - present}`,
    );
  }
}

function checkOffsets(data: ArrayData): void {
  const { offsets, layout, length } = data;
  if (length === 0) return;
  const end = layout.layout === 'bytes' ? data.values.byteLength : data.children[0]!.length;
  let last = offsets![0]!;
  if (last < 0) throw malformedBatch(`column "${layout.name}" begins at offset ${last}`);
  for (let i = 1; i <= length; i++) {
    const next = offsets![i]!;
    if (next < last) throw malformedBatch(`column "${layout.name}" has offsets that fall, at row ${i - 1}`);
    last = next;
  }
  if (last > end) throw malformedBatch(`column "${layout.name}" reaches offset ${last} of ${end}`);
}

/** All bytes are UTF-8, and no value begins in the middle of a character. */
function checkText(data: ArrayData): void {
  const { offsets, values, length, layout } = data;
  if (length === 0) return;
  const end = Number(offsets![length]);
  if (!isUtf8(values.subarray(Number(offsets![0]), end))) {
    throw malformedBatch(`column "${layout.name}" has bytes that are not UTF-8`);
  }
  for (let i = 1; i < length; i++) {
    const start = Number(offsets![i]);
    if (start < end && (values[start]! & 0xc0) === 0x80) {
      throw malformedBatch(`column "${layout.name}" cuts a character, at row ${i}`);
    }
  }
}
