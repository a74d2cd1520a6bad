/** From types as written to data types, with Flink's defaults. */
import { reasonOf } from '../../text/reason-of.js';
import type { DataType } from '../../types/data-type.js';
import { parseTypeText } from '../../types/type-text.js';
import { types, withNullable } from '../../types/types.js';
import type { TypeNode } from '../ast.js';
import { type BindEnvironment, bindError } from './bind-context.js';

/** The data type; INTERVAL types keep their family alone. @throws {SqlError} for sizes out of range. */
export function bindType(environment: Pick<BindEnvironment, 'sql'>, node: TypeNode): DataType {
  return withNullable(bindBare(environment, node), node.nullable);
}

function bindBare(environment: Pick<BindEnvironment, 'sql'>, node: TypeNode): DataType {
  switch (node.kind) {
    case 'array_type':
      return types.array(bindType(environment, node.element));
    case 'multiset_type':
      return types.multiset(bindType(environment, node.element));
    case 'map_type':
      return types.map(bindType(environment, node.key), bindType(environment, node.value));
    case 'row_type':
      return types.row(
        node.fields.map((field) => ({ name: field.name.name, type: bindType(environment, field.type) })),
      );
    case 'interval_type': {
      const isMonths = ['YEAR', 'QUARTER', 'MONTH'].includes(node.qualifier.start);
      return isMonths ? types.intervalYearMonth() : types.intervalDayTime();
    }
    case 'simple_type': {
      if (node.name === 'VARIANT') {
        throw bindError(
          environment,
          'SQL_UNSUPPORTED',
          'Type VARIANT is not supported.',
          node.span,
          'Use STRING.',
        );
      }
      const parameters = node.parameters.length === 0 ? '' : `(${node.parameters.join(', ')})`;
      try {
        return parseTypeText(`${node.name}${parameters}`);
      } catch (error) {
        const reason = reasonOf(error);
        throw bindError(environment, 'SQL_TYPE', reason, node.span);
      }
    }
  }
}
