import { enableCompileCache } from 'node:module';
import { fileURLToPath } from 'node:url';

// a third of a start is compiling; what is imported before this line would be left out
enableCompileCache(fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url)));
await import('./start.js');
