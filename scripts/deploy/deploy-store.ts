import { globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { drift } from '../contract/drift.js';
import type { Finding } from '../contract/wire-documents.js';
import type { DeploymentModel } from './model-types.js';
import type { DeployFiles, Target } from './target.js';

const wording = { source: 'the code gives', surplus: 'is not written any more' };

/** The written files of all targets below the root of a repository. */
export class DeployStore {
  constructor(
    private readonly root: string,
    private readonly targets: readonly Target[],
  ) {}

  /** Differences between the committed files and the model. */
  check(model: DeploymentModel): Finding[] {
    return drift(this.#generate(model), this.#read(), wording);
  }

  write(model: DeploymentModel): void {
    const files = this.#generate(model);
    for (const path of this.#read().keys()) if (!files.has(path)) rmSync(join(this.root, path));
    for (const [path, text] of files) {
      mkdirSync(dirname(join(this.root, path)), { recursive: true });
      writeFileSync(join(this.root, path), text);
    }
  }

  #generate(model: DeploymentModel): DeployFiles {
    return new Map(this.targets.flatMap(({ write }) => [...write(model)]));
  }

  #read(): DeployFiles {
    const owned = this.targets.flatMap(({ owns }) => globSync([...owns], { cwd: this.root, withFileTypes: true }));
    const paths = owned
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
    return new Map(paths.map((path) => [this.#relative(path), readFileSync(path, 'utf8')]));
  }

  #relative(path: string): string {
    return path.slice(join(this.root, sep).length).replaceAll(sep, '/');
  }
}
