/** The public names of core, one by one. Other folders import core only through this file. */
export * from './batch/batch.js';
export * from './errors.js';
export * from './functions/function-declaration.js';
export * from './graph/stage-graph.js';
export * from './ports/ports.js';
export * from './types/data-type.js';
