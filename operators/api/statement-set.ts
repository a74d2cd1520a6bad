/** Several inserts of the fluent API that run as one job, as Flink's `StatementSet`. */
import { type InsertStatement, PlanError, parseStatement, printStatement } from '../../core/index.js';
import type { StatementResult } from '../session/session-types.js';
import { insertInto } from './insert-into.js';
import type { SchemaClaim } from './schema-claim.js';
import type { Accepts, Table } from './table.js';
import type { TableHost } from './table-host.js';

type Inserted = Extract<StatementResult, { kind: 'inserted' }>;

/**
 * Inserts that are planned together, as those of `EXECUTE STATEMENT SET`: a table that several of them read is read once.
 *
 * `await env.createStatementSet().addInsert('late', late).addInsertSql('INSERT INTO counts SELECT …').execute()`
 */
export class StatementSet {
  #inserts: InsertStatement[] = [];
  #claims: SchemaClaim[] = [];

  /** @internal */
  constructor(private readonly host: TableHost) {}

  /**
   * Adds an INSERT as text.
   * @throws {SqlError} where it cannot be parsed; {PlanError} API_QUERY where it is another statement
   */
  addInsertSql(statement: string): this {
    const parsed = parseStatement(statement);
    if (parsed.kind !== 'insert') {
      throw new PlanError('API_QUERY', 'addInsertSql takes one INSERT, and this is another statement.', {
        hint: 'Use executeSql for it, before the set runs.',
      });
    }
    this.#inserts.push(parsed);
    return this;
  }

  /**
   * Adds the rows of a table into a target, which is given as in `Table.executeInsert`.
   * @throws {PlanError} API_TARGET for a target without a name of its own
   */
  addInsert<R extends object, T extends object>(
    target: string | (Table<T> & Accepts<T, R>),
    table: Table<R>,
  ): this {
    const into = typeof target === 'string' ? target : (target as Table<T>).relation;
    this.#inserts.push(insertInto(into, table.relation));
    this.#claims.push(...table.relation.claims);
    return this;
  }

  /**
   * Runs all inserts as one job, and resolves when all rows are written; `table` of the result names the targets, `rows` counts those of all.
   * The set is empty again then, also where the job fails.
   * @throws {PlanError} API_QUERY where nothing was added
   */
  async execute(): Promise<Inserted> {
    const sql = this.#sql();
    const claims = this.#claims;
    this.#inserts = [];
    this.#claims = [];
    for (const claim of claims) await claim.check();
    return this.host.insert(sql);
  }

  /** The stages of the job. @throws {PlanError} API_QUERY where nothing was added */
  async explain(): Promise<string> {
    const sql = this.#sql();
    for (const claim of this.#claims) await claim.check();
    return this.host.explain(sql);
  }

  #sql(): string {
    const [first] = this.#inserts;
    if (first === undefined) {
      throw new PlanError('API_QUERY', 'The statement set is empty.', {
        hint: 'Add inserts by addInsert or addInsertSql; execute takes them out.',
      });
    }
    return printStatement({ kind: 'statement_set', span: first.span, statements: this.#inserts });
  }
}
