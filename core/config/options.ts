/** The keys that Millstream honours. Keys that Flink knows and we only accept: `flink-options.ts`. */
import { JOB_OPTIONS } from './job-options.js';
import type { OptionTypes } from './option.js';
import { PYTHON_OPTIONS } from './python-options.js';
import { RESOURCE_OPTIONS } from './resource-options.js';
import { TABLE_OPTIONS } from './table-options.js';

/** Options by key. Order is that of `SET;` and of the documentation. */
export const OPTIONS = {
  ...JOB_OPTIONS,
  ...TABLE_OPTIONS,
  ...PYTHON_OPTIONS,
  ...RESOURCE_OPTIONS,
};

export type OptionKey = keyof typeof OPTIONS;

/** The parsed value of an option; null where it is not set and has no default. */
export type OptionValue<K extends OptionKey> =
  | OptionTypes[(typeof OPTIONS)[K]['type']]
  | ((typeof OPTIONS)[K]['default'] extends null ? null : never);
