/** Settings, tables, functions and catalogs that Flink does not have, as the script defines them. */
import type { Statement, StringNode } from '../sql/ast.js';
import { type Finding, type FlinkVersion, refused } from './finding.js';

/** Connectors that Millstream alone has. */
const OWN_CONNECTORS: Readonly<Record<string, string>> = {
  stdin: "Read a file: 'connector' = 'filesystem'.",
  socket: "Read Kafka or a file; Flink's socket connector is an example of its documentation.",
  nexmark: 'Add the jar of the Nexmark benchmark, or take datagen.',
};

/** Findings about a statement that starts no job. */
export function* definition(statement: Statement, version: FlinkVersion): Generator<Finding> {
  switch (statement.kind) {
    case 'set':
    case 'reset':
      if (statement.key !== null) yield* setting(statement.key);
      return;
    case 'create_function':
      if (statement.orReplace)
        yield refused(
          'replace-function',
          'Flink has no CREATE OR REPLACE FUNCTION.',
          'DROP it first.',
          statement,
        );
      return;
    case 'create_table': {
      const connector = statement.options.find(({ key }) => key.value === 'connector');
      const hint = connector === undefined ? undefined : OWN_CONNECTORS[connector.value.value];
      if (hint !== undefined)
        yield refused('connector', `Flink has no connector '${connector!.value.value}'.`, hint, connector!);
      return;
    }
    case 'create_catalog': {
      const type = statement.options.find(({ key }) => key.value === 'type');
      if (type?.value.value === 'file') {
        const hint = 'Create the tables in the script, or keep them in a catalog of Flink (jdbc, hive).';
        yield refused('catalog', "Flink has no catalog of type 'file'.", hint, type);
      }
      return;
    }
    case 'create_view':
      if (statement.orReplace && version === '1.20')
        yield refused(
          'replace-view',
          'Flink 1.20 has no CREATE OR REPLACE VIEW.',
          'DROP it first.',
          statement,
        );
      return;
    default:
      return;
  }
}

function* setting(key: StringNode): Generator<Finding> {
  if (!key.value.startsWith('millstream.')) return;
  yield {
    rule: 'setting',
    effect: 'dropped',
    message: `Flink has no '${key.value}'.`,
    hint: 'The job runs without it.',
    span: key.span,
  };
}
