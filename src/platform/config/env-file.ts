import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { ConfigurationError } from './configuration-error.js';

/** Adds what the file has and the environment lacks; nothing where there is no such file. */
export function loadEnvFile(path: string): void {
  for (const [name, value] of Object.entries(parseEnv(read(path)))) process.env[name] ??= value;
}

/** PowerShell writes UTF-16. The decoder drops the byte order mark, which would be part of the first name. */
function read(path: string): string {
  try {
    const bytes = readFileSync(path);
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return new TextDecoder(isUtf16 ? 'utf-16le' : 'utf-8').decode(bytes);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new ConfigurationError([
      `${path}: cannot be read (${code}). Make it a file that this user can read, or remove it`,
    ]);
  }
}
