import type { Client } from '../../src/client/client.js';
import { type ClientOptions, createClient as create } from '../../src/client/create-client.js';

/** That of the product, with a limit that only catches what hangs. */
export const createClient = (options: ClientOptions): Client => create({ timeoutMs: 60_000, ...options });
