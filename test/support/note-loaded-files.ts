import { writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/** A process that imports this first writes at its end to the file that LOADED_FILES names what files it has loaded. */
const files = new Set<string>();

registerHooks({
  load: (url, context, next) => {
    if (url.startsWith('file:')) files.add(url);
    return next(url, context);
  },
});

process.on('exit', () => writeFileSync(process.env.LOADED_FILES ?? '', JSON.stringify([...files])));
