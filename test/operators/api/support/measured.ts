import { defineTable, t } from '../../../../operators/index.js';

/** Records of a program, and what they are. */
export const measured = defineTable({ id: t.bigint(), x: t.double().nullable(), place: t.string() });
export const RECORDS = [
  { id: 1n, x: 1.5, place: 'hill' },
  { id: 2n, place: 'harbour' },
  { id: 3n, x: -1, place: 'hill' },
];
