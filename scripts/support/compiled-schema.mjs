/** For the bundle: `bridge/protocol/compiled-schema.ts` with every check compiled now, not before a first row. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SCHEMA = 'bridge/protocol/messages.schema.json';

/** An esbuild plugin that puts generated code in the place of the module. */
export function compiledSchema(root) {
  return {
    name: 'compiled-schema',
    setup(build) {
      build.onLoad({ filter: /bridge\/protocol\/compiled-schema\.js$/ }, async ({ path }) => ({
        contents: await generate(JSON.parse(readFileSync(join(root, SCHEMA), 'utf8'))),
        resolveDir: dirname(path),
      }));
    },
  };
}

async function generate(schema) {
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const { default: standalone } = await import('ajv/dist/standalone/index.js');
  const ajv = new Ajv2020({
    allowUnionTypes: true,
    inlineRefs: false,
    code: { source: true, esm: true, optimize: 2 },
  });
  ajv.addSchema(schema, 'messages');
  const names = Object.keys(schema.$defs);
  const checks = standalone.default(
    ajv,
    Object.fromEntries(names.map((name) => [name, `messages#/$defs/${name}`])),
  );
  return `${checks}
const checks = { ${names.join(', ')} };
export function validator(definition) {
  return Object.hasOwn(checks, definition) ? checks[definition] : undefined;
}
`;
}
