/** Texts of the wire documents by their path below the root of the repository, or below the released set. */
export type WireDocuments = ReadonlyMap<string, string>;

export const openApiPath = 'openapi.json';
export const asyncApiPath = 'asyncapi.json';
export const sdlPath = 'schema.graphql';
export const protoFolder = 'proto';

export const isProto = (path: string): boolean => path.startsWith(`${protoFolder}/`) && path.endsWith('.proto');

/** What is wrong with a document, in a line. */
export interface Finding {
  readonly document: string;
  readonly finding: string;
}
