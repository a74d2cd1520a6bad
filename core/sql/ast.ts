/** The syntax tree of SQL as plain JSON-able data: what the text says, before any name is resolved. */
export * from './ast/alter.js';
export * from './ast/common.js';
export * from './ast/ddl.js';
export * from './ast/expression.js';
export * from './ast/query.js';
export * from './ast/statement.js';
export * from './ast/type.js';
