import { describe, expect, it } from 'vitest';
import { renderRelation } from '../../../core/render/relation.js';
import { bindQuery, type TestColumns } from './bind-query.js';

const tables: Readonly<Record<string, TestColumns>> = {
  orders: { id: 'BIGINT', item: 'STRING', qty: 'INT', price: 'DOUBLE', tags: 'ARRAY<STRING>' },
  items: { item: 'STRING', maker: 'STRING' },
};

/** Query and DuckDB SQL, side by side. */
const cases: readonly [title: string, sql: string, expected: string][] = [];
export { cases, tables };

describe('renderRelation', () => {
  it.each(cases)('%s', (_, sql, expected) => {
    expect(renderRelation(bindQuery(sql, tables))).toBe(expected);
  });
});
