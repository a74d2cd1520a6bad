/** Text of FROM. */
import type { FromNode } from '../ast.js';
import { callText } from './call.js';
import { aliasText, columnsText, hintsText, objectText } from './common.js';
import { expressionText, listText } from './expression.js';
import { queryText } from './query.js';

/** What follows the word FROM. */
export function fromText(from: FromNode): string {
  switch (from.kind) {
    case 'table': {
      const time =
        from.systemTime === null ? '' : ` FOR SYSTEM_TIME AS OF ${expressionText(from.systemTime)}`;
      return objectText(from.name) + hintsText(from.hints) + time + aliasText(from.alias);
    }
    case 'derived_table':
      return `${from.lateral ? 'LATERAL ' : ''}(${queryText(from.query)})${aliasText(from.alias)}`;
    case 'table_function':
      return `${from.lateral ? 'LATERAL ' : ''}TABLE(${callText(from.call)})${aliasText(from.alias)}`;
    case 'unnest': {
      const ordinality = from.withOrdinality ? ' WITH ORDINALITY' : '';
      return `UNNEST(${listText(from.operands)})${ordinality}${aliasText(from.alias)}`;
    }
    case 'join':
      return joinText(from);
  }
}

function joinText(join: Extract<FromNode, { kind: 'join' }>): string {
  const left = fromText(join.left);
  const right = fromText(join.right);
  if (join.type === 'comma') return `${left}, ${right}`;
  const word = `${join.natural ? 'NATURAL ' : ''}${join.type === 'inner' ? '' : `${join.type.toUpperCase()} `}JOIN`;
  const condition =
    join.on !== null
      ? ` ON ${expressionText(join.on)}`
      : join.using !== null
        ? ` USING ${columnsText(join.using)}`
        : '';
  const inner = join.right.kind === 'join' ? `(${right})` : right;
  return `${left} ${word} ${inner}${condition}`;
}
