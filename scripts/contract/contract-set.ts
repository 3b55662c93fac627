import { join } from 'node:path';
import type { ModuleContract } from '../../src/contract/module.js';
import { AcceptedBreaks } from './accepted-breaks.js';
import { breakingChanges } from './breaking/breaking-changes.js';
import type { DocumentInfo } from './document.js';
import { DocumentStore } from './document-store.js';
import { drift } from './drift.js';
import { generate } from './generate.js';
import { invalid } from './validity.js';
import type { Finding, WireDocuments } from './wire-documents.js';

export interface Verdict {
  /** How to fix them, in one sentence. */
  readonly fix: string;
  readonly findings: readonly Finding[];
}

/** The wire documents of a repository: those committed, those released, and the breaks accepted between the two. */
export class ContractSet {
  readonly #committed: DocumentStore;
  readonly #released: DocumentStore;
  readonly #accepted: AcceptedBreaks;

  constructor(
    root: string,
    private readonly modules: readonly ModuleContract[],
    private readonly info: DocumentInfo,
  ) {
    const schemas = join(root, 'src/schemas');
    const released = join(schemas, 'released');
    this.#committed = new DocumentStore(root, schemas);
    this.#released = new DocumentStore(released, released);
    this.#accepted = new AcceptedBreaks(join(schemas, 'accepted-breaks.json'));
  }

  /** Writes the documents of the contracts. */
  write(): void {
    this.#committed.write(this.#generate());
  }

  /** Empty when everything matches. */
  async check(): Promise<Verdict[]> {
    const current = this.#generate();
    const [errors, breaks] = await Promise.all([invalid(current), breakingChanges(this.#released.read(), current)]);
    const { open, stale } = this.#accepted.judge(breaks);
    const drifted = this.#located(drift(current, this.#committed.read()));
    return [
      { fix: 'Run `npm run contract` and commit what it writes.', findings: drifted },
      { fix: 'The document is not valid: fix what generates it, or the contract.', findings: this.#located(errors) },
      {
        fix: 'This breaks clients of the released documents: undo it, add a version beside it, or run `npm run contract -- --accept "<reason>"`.',
        findings: this.#located(open),
      },
      { fix: 'No such break is left: remove it from src/schemas/accepted-breaks.json.', findings: stale },
    ].filter(({ findings }) => findings.length > 0);
  }

  /** Accepts every current break; returns those that were not accepted before. */
  async accept(reason: string): Promise<readonly Finding[]> {
    const breaks = await breakingChanges(this.#released.read(), this.#generate());
    const { open } = this.#accepted.judge(breaks);
    this.#accepted.add(open, reason);
    return open;
  }

  /** The committed documents become the released set. */
  release(): void {
    this.#released.write(this.#committed.read());
    this.#accepted.empty();
  }

  #generate(): WireDocuments {
    return generate(this.modules, this.info, this.#committed.read());
  }

  #located(findings: readonly Finding[]): Finding[] {
    return findings.map(({ document, finding }) => ({ document: this.#committed.locate(document), finding }));
  }
}
