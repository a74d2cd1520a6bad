/** The formats of change events, by name: what each says of a row that comes, changes or goes. A new one is one line here. */
import type { OptionReader } from '../connectors/option-reader.js';
import { canalJson } from './canal-json.js';
import type { ChangeFormat } from './change-json.js';
import { debeziumJson } from './debezium-json.js';
import { maxwellJson } from './maxwell-json.js';
import { oggJson } from './ogg-json.js';

export const CHANGE_FORMATS = {
  'debezium-json': debeziumJson,
  'canal-json': canalJson,
  'maxwell-json': maxwellJson,
  'ogg-json': oggJson,
} as const satisfies Readonly<Record<string, (options: OptionReader, use: 'read' | 'write') => ChangeFormat>>;

export type ChangeFormatName = keyof typeof CHANGE_FORMATS;
