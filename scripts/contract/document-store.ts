import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { asyncApiPath, isProto, openApiPath, sdlPath, type WireDocuments } from './wire-documents.js';

const names = [openApiPath, asyncApiPath, sdlPath];

/** A set of documents on disk: `proto/**` below one folder, the others in another. */
export class DocumentStore {
  constructor(
    private readonly protoParent: string,
    private readonly folder: string,
  ) {}

  /** Path of a document, for messages. */
  locate(path: string): string {
    return join(isProto(path) ? this.protoParent : this.folder, path);
  }

  read(): WireDocuments {
    const protos = globSync('proto/**/*.proto', { cwd: this.protoParent }).map((path) => path.replaceAll(sep, '/'));
    const present = [...names.filter((name) => existsSync(this.locate(name))), ...protos.sort()];
    return new Map(present.map((path) => [path, readFileSync(this.locate(path), 'utf8')]));
  }

  /** Replaces the set. */
  write(documents: WireDocuments): void {
    for (const path of this.read().keys()) if (!documents.has(path)) rmSync(this.locate(path));
    for (const [path, text] of documents) {
      mkdirSync(dirname(this.locate(path)), { recursive: true });
      writeFileSync(this.locate(path), text);
    }
  }
}
