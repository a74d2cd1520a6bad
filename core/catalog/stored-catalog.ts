/** The form of a catalog file, and its JSON Schema. */

export interface StoredCatalog {
  readonly format: 'millstream-catalog';
  readonly version: 1;
  readonly databases: Readonly<
    Record<
      string,
      {
        readonly relations: Readonly<Record<string, StoredRelation>>;
        readonly functions: readonly {
          readonly name: string;
          readonly target: string;
          readonly language: 'PYTHON';
        }[];
      }
    >
  >;
}

export type StoredRelation =
  | {
      readonly kind: 'table';
      readonly columns: readonly StoredColumn[];
      readonly watermark: { readonly column: string; readonly text: string } | null;
      readonly primaryKey: readonly string[] | null;
      readonly partitionedBy: readonly string[];
      readonly comment: string | null;
      readonly options: Readonly<Record<string, string>>;
    }
  | {
      readonly kind: 'view';
      readonly text: string;
      readonly columns: readonly string[] | null;
      readonly comment: string | null;
      readonly scope: { readonly catalog: string; readonly database: string };
    };

/** Types and expressions are SQL text. */
export type StoredColumn = { readonly name: string; readonly comment: string | null } & (
  | { readonly kind: 'physical'; readonly type: string }
  | { readonly kind: 'computed'; readonly text: string }
  | { readonly kind: 'metadata'; readonly type: string; readonly key: string; readonly virtual: boolean }
);

const text = { type: 'string' };
const textOrNull = { type: ['string', 'null'] };
const texts = { type: 'array', items: text };
const textsOrNull = { type: ['array', 'null'], items: text };

/** An object with exactly these properties. */
function exactly(properties: Readonly<Record<string, object>>, nullable = false) {
  return {
    type: nullable ? ['object', 'null'] : 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

const common = { name: text, comment: textOrNull };
const column = {
  anyOf: [
    exactly({ ...common, kind: { const: 'physical' }, type: text }),
    exactly({ ...common, kind: { const: 'computed' }, text }),
    exactly({ ...common, kind: { const: 'metadata' }, type: text, key: text, virtual: { type: 'boolean' } }),
  ],
};

const relation = {
  anyOf: [
    exactly({
      kind: { const: 'table' },
      columns: { type: 'array', items: column },
      watermark: exactly({ column: text, text }, true),
      primaryKey: textsOrNull,
      partitionedBy: texts,
      comment: textOrNull,
      options: { type: 'object', additionalProperties: text },
    }),
    exactly({
      kind: { const: 'view' },
      text,
      columns: textsOrNull,
      comment: textOrNull,
      scope: exactly({ catalog: text, database: text }),
    }),
  ],
};

export const CATALOG_SCHEMA = exactly({
  format: { const: 'millstream-catalog' },
  version: { const: 1 },
  databases: {
    type: 'object',
    additionalProperties: exactly({
      relations: { type: 'object', additionalProperties: relation },
      functions: {
        type: 'array',
        items: exactly({ name: text, target: text, language: { const: 'PYTHON' } }),
      },
    }),
  },
});
