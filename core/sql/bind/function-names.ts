/** Which registered functions a statement needs, so that they can be loaded before it is bound. */
import type { FunctionEntry } from '../../catalog/catalog.js';
import { isAggregate, isScalar, isWindowFunction } from '../../functions/builtins.js';
import type { FunctionCallNode, ObjectName } from '../ast.js';
import type { BindEnvironment } from './bind-context.js';

/**
 * The functions called anywhere in the syntax, in the views it reads and in the computed columns of the
 * tables it reads; each once, in the order of first use. Names that mean nothing are left for the binder to
 * report.
 */
export function collectFunctionNames(
  environment: Pick<BindEnvironment, 'catalog'>,
  syntax: unknown,
): FunctionEntry[] {
  const collector = new Collector(environment.catalog);
  collector.visit(syntax);
  return [...collector.found.values()];
}

class Collector {
  readonly found = new Map<string, FunctionEntry>();
  readonly #catalog: BindEnvironment['catalog'];
  readonly #relations = new Set<string>();
  #namespace: { readonly catalog: string; readonly database: string } | undefined;

  constructor(catalog: BindEnvironment['catalog']) {
    this.#catalog = catalog;
  }

  visit(syntax: unknown): void {
    if (typeof syntax !== 'object' || syntax === null) return;
    if (!Array.isArray(syntax) && 'kind' in syntax) {
      if (syntax.kind === 'function_call') this.#addFunction(syntax as FunctionCallNode);
      const hasName = 'name' in syntax && (syntax.kind === 'table' || syntax.kind === 'table_query');
      if (hasName) this.#addRelation(syntax.name as ObjectName);
      if (syntax.kind === 'table_argument' && 'source' in syntax && isName(syntax.source)) {
        this.#addRelation(syntax.source);
      }
    }
    // Half of all objects in a tree are spans.
    for (const name in syntax) if (name !== 'span') this.visit(syntax[name as keyof typeof syntax]);
  }

  #addFunction(node: FunctionCallNode): void {
    const parts = node.name.parts.map((part) => part.name);
    const name = parts.at(-1)!;
    const system = parts.length === 1 ? this.#catalog.systemFunction(name) : null;
    const isBuiltin = parts.length === 1 && (isScalar(name) || isAggregate(name) || isWindowFunction(name));
    const entry = system ?? (isBuiltin ? null : this.#catalog.catalogFunction(parts, this.#namespace));
    if (entry !== null) this.found.set(entry.name.toLowerCase(), entry);
  }

  #addRelation(name: ObjectName): void {
    const path = this.#catalog.qualify(
      name.parts.map((part) => part.name),
      this.#namespace,
    );
    const key = JSON.stringify(path);
    if (this.#relations.has(key)) return;
    this.#relations.add(key);
    const entry = this.#catalog.relation(path);
    if (entry === null) return;
    if (entry.kind === 'table') {
      this.visit(entry.columns);
      return;
    }
    const outer = this.#namespace;
    this.#namespace = entry.scope;
    this.visit(entry.query);
    this.#namespace = outer;
  }
}

function isName(source: unknown): source is ObjectName {
  return typeof source === 'object' && source !== null && 'parts' in source;
}
