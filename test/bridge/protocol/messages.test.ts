import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { check } from '../../../bridge/protocol/validate.js';

const SOURCE = ['control-messages', 'instructions', 'data-messages']
  .map((name) => readFileSync(new URL(`../../../bridge/protocol/${name}.ts`, import.meta.url), 'utf8'))
  .join('\n');
const SCHEMA: { $defs: Record<string, { properties?: Record<string, unknown>; required?: string[] }> } =
  JSON.parse(readFileSync(new URL('../../../bridge/protocol/messages.schema.json', import.meta.url), 'utf8'));
const GOLDEN = new URL('../../fixtures/messages/', import.meta.url);

/** Interfaces of messages with the names of their own properties, in order. */
function interfaces(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  for (const [, name, body] of SOURCE.matchAll(/export interface (\w+) \{\n(.*?)\n\}/gs)) {
    found.set(
      name!,
      [...body!.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]!),
    );
  }
  return found;
}

describe('the schema of messages', () => {
  it('is a valid JSON Schema, without anything that ajv would ignore', () => {
    const ajv = new Ajv2020({ allowUnionTypes: true, strict: true });

    expect(() => ajv.addSchema(SCHEMA)).not.toThrow();
  });

  it('has every interface of the protocol with the same properties in the same order, all required', () => {
    for (const [name, properties] of interfaces()) {
      expect(Object.keys(SCHEMA.$defs[name]?.properties ?? {}), name).toEqual(properties);
      expect(SCHEMA.$defs[name]?.required, name).toEqual(properties);
    }
  });

  it('keeps their order', () => {
    const names = [...interfaces().keys()];

    expect(Object.keys(SCHEMA.$defs).filter((name) => names.includes(name))).toEqual(names);
  });

  it('lets nothing unknown pass anywhere', () => {
    for (const [name, definition] of Object.entries(SCHEMA.$defs)) {
      if (definition.properties !== undefined) {
        expect(definition, name).toMatchObject({ additionalProperties: false });
      }
    }
  });
});

const TYPES: Record<string, string> = {};
for (const [name, { properties }] of Object.entries(SCHEMA.$defs)) {
  const type = (properties?.type as { const?: string } | undefined)?.const;
  if (type !== undefined) {
    TYPES[type] = name;
  }
}

describe('the golden messages, which Python reads too', () => {
  const files = readdirSync(GOLDEN).filter((file) => file.endsWith('.json'));

  it.each(files)('%s follows the schema', (file) => {
    const message: { type: string } = JSON.parse(readFileSync(new URL(file, GOLDEN), 'utf8'));

    expect(() => check(message, TYPES[message.type]!)).not.toThrow();
  });
});
