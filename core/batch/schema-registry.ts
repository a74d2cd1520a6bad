import { type Schema, tableFromIPC } from 'apache-arrow';
import { InternalError } from '../errors.js';
import type { SchemaLayout } from './field-layout.js';
import { readSchemaLayout } from './read-schema.js';

/** The schemas of one job, by id. Content-addressed: equal messages have one id; ids count up from 1. */
export class SchemaRegistry {
  private readonly ids = new Map<string, number>();
  private readonly entries: Entry[] = [];

  /**
   * Checks and keeps a schema message (a copy of it) and returns its id.
   * @throws {InternalError} BATCH_MALFORMED when it breaks the format or has types that protocol 1 does not carry
   */
  register(schemaMessage: Uint8Array): number {
    const { buffer, byteOffset, byteLength } = schemaMessage;
    const key = Buffer.from(buffer, byteOffset, byteLength).toString('latin1');
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const message = schemaMessage.slice();
    this.entries.push({ message, layout: readSchemaLayout(message), schema: null });
    const id = this.entries.length;
    this.ids.set(key, id);
    return id;
  }

  /** The schema message of `id`, as it was registered. */
  message(id: number): Uint8Array {
    return this.entry(id).message;
  }

  /** Layouts of the columns of `id`. */
  layout(id: number): SchemaLayout {
    return this.entry(id).layout;
  }

  /** The schema as an apache-arrow object, made on first use. */
  schema(id: number): Schema {
    const entry = this.entry(id);
    entry.schema ??= tableFromIPC(entry.message).schema;
    return entry.schema;
  }

  private entry(id: number): Entry {
    const entry = this.entries[id - 1];
    if (entry === undefined) {
      throw new InternalError('SCHEMA_UNKNOWN', `A batch refers to schema ${id}, which nobody registered.`);
    }
    return entry;
  }
}

interface Entry {
  readonly message: Uint8Array;
  readonly layout: SchemaLayout;
  schema: Schema | null;
}
