/** Whose turn it is: many at a time, or one that must be alone. */

/** First come first served: who must be alone waits for those before, and those behind wait for it. */
export class Turns {
  #sharing = 0;
  #isAlone = false;
  readonly #waiting: { readonly alone: boolean; readonly begin: () => void }[] = [];

  /** Runs `work` beside others. Starts it at once where nobody is, or waits to be, alone. */
  shared<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(false, work);
  }

  /** Runs `work` when all before it have ended, and nothing beside it. */
  alone<T>(work: () => Promise<T>): Promise<T> {
    return this.#run(true, work);
  }

  #run<T>(alone: boolean, work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const begin = () => {
        if (alone) this.#isAlone = true;
        else this.#sharing += 1;
        work()
          .finally(() => {
            if (alone) this.#isAlone = false;
            else this.#sharing -= 1;
            this.#admit();
          })
          .then(resolve, reject);
      };
      this.#waiting.push({ alone, begin });
      this.#admit();
    });
  }

  #admit(): void {
    while (this.#waiting.length > 0) {
      const { alone, begin } = this.#waiting[0]!;
      if (this.#isAlone || (alone && this.#sharing > 0)) return;
      this.#waiting.shift();
      begin();
    }
  }
}
