import { afterEach, describe, expect, it, vi } from 'vitest';
import { type ScanTable, type SourceStage, type TableField, types } from '../../../core/index.js';
import type { ConnectorHost } from '../../../operators/connectors/connector.js';
import { CONNECTORS } from '../../../operators/connectors/connectors.js';

const ID: TableField = { name: 'id', type: types.bigint() };
const KAFKA = { 'properties.bootstrap.servers': 'localhost:9092', format: 'json' };
const SERVER = { hostname: 'h', username: 'u', 'database-name': 'd', 'schema-name': 's', 'table-name': 't' };
const CDC = { ...SERVER, 'slot.name': 'slot', 'decoding.plugin.name': 'pgoutput' };
const JDBC = { url: 'jdbc:postgresql://localhost:5432/d', 'table-name': 't' };

function tableOf(
  connector: string,
  options: Readonly<Record<string, string>>,
  columns: readonly TableField[] = [ID],
): ScanTable {
  return { path: ['c', 'd', 'here'], connector, options, columns, primaryKey: ['id'], partitionedBy: [] };
}

const variable = (name: string) => `\${env:${name}}`;
const traitsOf = (connector: string) => CONNECTORS.get(connector)!.traits;

describe('tables outside', () => {
  afterEach(() => vi.unstubAllEnvs());

  it('a topic ends where its options say so, in any case and by a variable', () => {
    vi.stubEnv('END', 'latest-offset');
    const bounded = (mode: string) =>
      traitsOf('kafka').bounded(tableOf('kafka', { ...KAFKA, 'scan.bounded.mode': mode }));
    expect([bounded('UNBOUNDED'), bounded('Latest-Offset'), bounded(variable('END'))]).toEqual([
      false,
      true,
      true,
    ]);
  });

  it('changes of a table in PostgreSQL are upserts where its options say so by a variable', () => {
    vi.stubEnv('CHANGES', 'UPSERT');
    expect(
      traitsOf('postgres-cdc').gives!(
        tableOf('postgres-cdc', { ...CDC, 'changelog-mode': variable('CHANGES') }),
      ),
    ).toBe('upsert');
  });

  it.each([
    [
      'kafka',
      'write',
      { ...KAFKA, topic: 'a; b' },
      "records are written to one topic, and 'topic' names several",
    ],
    ['kafka', 'write', { ...KAFKA, 'topic-pattern': 'a.*' }, "'topic-pattern' names several"],
  ] as const)('%s: to %s several topics is refused', (connector, use, options, text) => {
    expect(() => traitsOf(connector).check!(tableOf(connector, options), use)).toThrow(text);
  });

  it.each([
    ['jdbc', JDBC, types.array(types.array(types.int()))],
    ['jdbc', JDBC, types.map(types.string(), types.int())],
    ['postgres-cdc', CDC, types.row([{ name: 'a', type: types.int() }])],
  ] as const)(
    'a column of %s is refused where PostgreSQL has no such type: %#',
    (connector, options, type) => {
      const table = tableOf(connector, options, [ID, { name: 'parts', type }]);
      expect(() => traitsOf(connector).check!(table, 'read')).toThrow(
        expect.objectContaining({
          code: 'OPTION_UNSUPPORTED',
          message: expect.stringContaining("Table here: column 'parts' is"),
        }),
      );
    },
  );

  it('the key of a record is no change event, and the value of a Kafka table says what its format knows', () => {
    const options = { ...KAFKA, topic: 'a', format: 'maxwell-json', 'scan.startup.mode': 'earliest-offset' };
    const { check, metadata } = traitsOf('kafka');
    const keyed = { ...options, 'key.format': 'ogg-json', 'key.fields': 'id' };
    expect(() => check!(tableOf('kafka', keyed), 'read')).toThrow("option 'key.format' is 'ogg-json'");
    expect(metadata!(tableOf('kafka', options), 'read')).toContain('value.primary-key-columns');
    const known = { name: 'known', type: types.int(), metadata: 'value.database' };
    expect(() => check!(tableOf('kafka', options, [ID, known]), 'read')).toThrow(
      "column 'known' of METADATA 'value.database' cannot be INT",
    );
  });

  it('metadata has the type that it can be read as', () => {
    const at = { name: 'at', type: types.string(), metadata: 'op_ts' };
    expect(() => traitsOf('postgres-cdc').check!(tableOf('postgres-cdc', CDC, [ID, at]), 'read')).toThrow(
      "column 'at' of METADATA 'op_ts' cannot be STRING",
    );
  });

  it.each(['socket', 'stdin'])('%s names its table also when it runs', (connector) => {
    const options = { format: 'json', hostname: variable('NOT_THERE'), 'no-such': 'x' };
    const stage = { kind: 'source', table: 'here', connector, options, declared: [ID], primaryKey: [] };
    expect(() =>
      CONNECTORS.get(connector)!.source!(stage as unknown as SourceStage, {} as ConnectorHost),
    ).toThrow('Table here: ');
  });
});
