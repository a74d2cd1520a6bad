/**
 * Functions that check a value against a definition of `messages.schema.json`, compiled once, on first use. In the
 * command's bundle this module is replaced by functions compiled at build time (scripts/support/compiled-schema.mjs).
 */
import { createRequire } from 'node:module';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

/** The check for the definition of that name; undefined where there is none. */
export function validator(definition: string): ValidateFunction | undefined {
  return createAjv().getSchema(`messages#/$defs/${definition}`);
}

let ajv: Ajv2020 | null = null;

function createAjv(): Ajv2020 {
  if (ajv === null) {
    // The schema itself is validated by a test: doing it here costs every start 100 ms.
    ajv = new Ajv2020({ allowUnionTypes: true, validateSchema: false, code: { optimize: false } });
    // Read as a file, because Node 20 warns about JSON modules.
    ajv.addSchema(createRequire(import.meta.url)('./messages.schema.json'), 'messages');
  }
  return ajv;
}
