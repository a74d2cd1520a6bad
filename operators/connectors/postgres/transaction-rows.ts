/** Which rows of a transaction have gone out already, when it comes again on another connection. */
export class TransactionRows {
  #seen = 0;
  #taken = 0;

  /** True for a row that has not been seen on an earlier connection. */
  isNew(): boolean {
    this.#seen += 1;
    return this.#seen > this.#taken;
  }

  /** The connection was lost: the transaction comes again from its first row, maybe to be lost earlier than before. */
  again(): void {
    this.#taken = Math.max(this.#taken, this.#seen);
    this.#seen = 0;
  }

  /** The transaction was whole. */
  commit(): void {
    this.#taken = 0;
    this.#seen = 0;
  }
}
