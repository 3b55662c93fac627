import { buildSchema, findBreakingChanges } from 'graphql';
import { breakingProtos } from '../buf.js';
import { asyncApiPath, type Finding, openApiPath, sdlPath, type WireDocuments } from '../wire-documents.js';
import { asyncApiSurface } from './asyncapi-surface.js';
import { openApiSurface } from './openapi-surface.js';
import { surfaceChanges } from './surface.js';

const comparisons: Readonly<Record<string, (before: string, after: string) => string[]>> = {
  [openApiPath]: (before, after) => surfaceChanges(openApiSurface(before), openApiSurface(after)),
  [asyncApiPath]: (before, after) => surfaceChanges(asyncApiSurface(before), asyncApiSurface(after)),
  [sdlPath]: (before, after) =>
    findBreakingChanges(buildSchema(before), buildSchema(after)).map(({ description }) => description),
};

/** Breaking changes for clients of the released documents. */
export async function breakingChanges(released: WireDocuments, current: WireDocuments): Promise<Finding[]> {
  const own = Object.entries(comparisons).flatMap(([document, compare]) => {
    const [before, after] = [released.get(document), current.get(document)];
    if (before === undefined) return [];
    if (after === undefined) return [{ document, finding: 'is gone' }];
    return compare(before, after).map((finding) => ({ document, finding }));
  });
  return [...own, ...(await breakingProtos(released, current))];
}
