import type { RelatedRows } from './related-rows.js';

type Find = (rows: RelatedRows, ids: readonly string[]) => Promise<ReadonlyMap<string, unknown>>;
type Answers = Map<string, PromiseWithResolvers<unknown>>;

/** Ids that relations ask for one by one, to be looked up together. */
export class GatheredIds {
  #gathered = new Map<RelatedRows, Answers>();
  #isAsking = false;

  /** Nothing is looked up while more may come, which `isComplete` tells. */
  constructor(
    private readonly isComplete: () => boolean,
    private readonly find: Find,
  ) {}

  add(rows: RelatedRows, id: string): Promise<unknown> {
    const answers = this.#gathered.get(rows) ?? new Map();
    this.#gathered.set(rows, answers);
    const answer = answers.get(id) ?? Promise.withResolvers();
    answers.set(id, answer);
    this.askSoon();
    return answer.promise;
  }

  /** After all resolvers that are due: they run in microtasks, which end before the next tick. */
  askSoon(): void {
    if (this.#isAsking || this.#gathered.size === 0) return;
    this.#isAsking = true;
    void Promise.resolve().then(() => process.nextTick(() => this.#ask()));
  }

  #ask(): void {
    this.#isAsking = false;
    if (!this.isComplete()) return;
    const gathered = this.#gathered;
    this.#gathered = new Map();
    for (const [rows, answers] of gathered) this.#answer(rows, answers);
  }

  #answer(rows: RelatedRows, answers: Answers): void {
    this.find(rows, [...answers.keys()]).then(
      (found) => {
        for (const [id, { resolve }] of answers) resolve(found.get(id));
      },
      (error: unknown) => {
        for (const { reject } of answers.values()) reject(error);
      },
    );
  }
}
