import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** What a process that imports this first writes at its end to the file that LOADED_FILES names, as JSON. */
export interface LoadedFiles {
  readonly files: readonly string[];
}

const files = new Set<string>();

registerHooks({
  load: (url, context, next) => {
    if (url.startsWith('file:')) files.add(url);
    return next(url, context);
  },
});

process.on('exit', () => {
  const loaded: LoadedFiles = { files: [...files] };
  writeFileSync(process.env.LOADED_FILES ?? '', JSON.stringify(loaded));
});
