import { type Span, traced } from '../../pipeline/span.js';

interface Statement {
  /** With placeholders: values are not recorded. */
  readonly sql?: string;
  /** Of Prisma. */
  readonly operation?: string;
  readonly model?: string | undefined;
}

const firstWord = /[a-z]+/i;

/** Runs a statement in a span below `parent`. */
export function statement<T>(parent: Span, { sql, operation, model }: Statement, run: () => Promise<T>): Promise<T> {
  const verb = operation ?? sql?.match(firstWord)?.[0].toLowerCase() ?? 'query';
  return traced(parent, model === undefined ? verb : `${verb} ${model}`, 'client', (span) => {
    span.set('db.system.name', 'postgresql');
    span.set('db.operation.name', verb);
    if (model !== undefined) span.set('db.collection.name', model);
    if (sql !== undefined) span.set('db.query.text', sql);
    return run();
  });
}
