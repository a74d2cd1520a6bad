/** Gathers rows of a column: what a row selection means. */
import { type ArrayData, isPresent, offsetAt } from './array-data.js';

/** The column whose row i is row `positions[i]` of `data`; repeats are allowed. Its buffers are new. */
export function takeArray(data: ArrayData, positions: Int32Array): ArrayData {
  const { layout } = data;
  const shared = { layout, length: positions.length, ...takeValidity(data, positions) };
  switch (layout.layout) {
    case 'null':
      return { ...shared, offsets: null, values: data.values, children: [] };
    case 'bits':
      return { ...shared, offsets: null, values: takeBits(data.values, positions), children: [] };
    case 'fixed':
      return {
        ...shared,
        offsets: null,
        values: takeFixed(data.values, layout.width, positions),
        children: [],
      };
    case 'bytes':
      return { ...shared, ...takeBytes(data, positions), children: [] };
    case 'list': {
      const { offsets, elements } = takeRanges(data, positions);
      return { ...shared, offsets, values: data.values, children: [takeArray(data.children[0]!, elements)] };
    }
    case 'fixed_list': {
      const elements = fixedElements(layout.width, positions);
      return {
        ...shared,
        offsets: null,
        values: data.values,
        children: [takeArray(data.children[0]!, elements)],
      };
    }
    case 'struct': {
      const children = data.children.map((child) => takeArray(child, positions));
      return { ...shared, offsets: null, values: data.values, children };
    }
  }
}

function takeValidity(data: ArrayData, positions: Int32Array): Pick<ArrayData, 'validity' | 'nulls'> {
  if (data.layout.layout === 'null') return { validity: null, nulls: positions.length };
  if (data.validity === null) return { validity: null, nulls: 0 };
  const validity = new Uint8Array(Math.ceil(positions.length / 8));
  let nulls = 0;
  for (let i = 0; i < positions.length; i++) {
    if (isPresent(data, positions[i]!)) validity[i >> 3]! |= 1 << (i & 7);
    else nulls += 1;
  }
  return { validity, nulls };
}

function takeBits(bits: Uint8Array, positions: Int32Array): Uint8Array {
  const taken = new Uint8Array(Math.ceil(positions.length / 8));
  for (let i = 0; i < positions.length; i++) {
    const from = positions[i]!;
    if ((bits[from >> 3]! & (1 << (from & 7))) !== 0) taken[i >> 3]! |= 1 << (i & 7);
  }
  return taken;
}

function takeFixed(values: Uint8Array, width: number, positions: Int32Array): Uint8Array {
  const taken = new Uint8Array(positions.length * width);
  for (let i = 0; i < positions.length; i++) {
    const from = positions[i]! * width;
    for (let byte = 0; byte < width; byte++) taken[i * width + byte] = values[from + byte]!;
  }
  return taken;
}

function takeBytes(data: ArrayData, positions: Int32Array): Pick<ArrayData, 'offsets' | 'values'> {
  const offsets = newOffsets(data.layout.width, positions.length + 1);
  let end = 0;
  for (let i = 0; i < positions.length; i++) {
    end += lengthAt(data, positions[i]!);
    setOffset(offsets, i + 1, end);
  }
  const values = new Uint8Array(end);
  for (let i = 0; i < positions.length; i++) {
    const from = offsetAt(data, positions[i]!);
    values.set(data.values.subarray(from, from + lengthAt(data, positions[i]!)), Number(offsets[i]));
  }
  return { offsets, values };
}

function takeRanges(data: ArrayData, positions: Int32Array): { offsets: Offsets; elements: Int32Array } {
  const offsets = newOffsets(data.layout.width, positions.length + 1);
  let end = 0;
  for (let i = 0; i < positions.length; i++) {
    end += lengthAt(data, positions[i]!);
    setOffset(offsets, i + 1, end);
  }
  const elements = new Int32Array(end);
  let next = 0;
  for (const position of positions) {
    const from = offsetAt(data, position);
    for (let i = lengthAt(data, position); i > 0; i--) {
      elements[next] = from + lengthAt(data, position) - i;
      next += 1;
    }
  }
  return { offsets, elements };
}

function fixedElements(width: number, positions: Int32Array): Int32Array {
  const elements = new Int32Array(positions.length * width);
  for (let i = 0; i < elements.length; i++)
    elements[i] = positions[Math.floor(i / width)]! * width + (i % width);
  return elements;
}

/** A null takes no room, whatever its offsets say. */
function lengthAt(data: ArrayData, row: number): number {
  return isPresent(data, row) ? offsetAt(data, row + 1) - offsetAt(data, row) : 0;
}

type Offsets = Int32Array | BigInt64Array;

function newOffsets(width: number, count: number): Offsets {
  return width === 4 ? new Int32Array(count) : new BigInt64Array(count);
}

function setOffset(offsets: Offsets, index: number, value: number): void {
  if (offsets instanceof Int32Array) offsets[index] = value;
  else offsets[index] = BigInt(value);
}
