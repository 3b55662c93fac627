import { availableParallelism } from 'node:os';
import swc from 'unplugin-swc';
import { defineConfig } from 'vitest/config';
import type { CoverageOptions } from 'vitest/node';

export const coverage: CoverageOptions = {
  provider: 'v8',
  include: ['src/**/*.ts'],
  exclude: ['src/platform/database/generated/**', 'src/schemas/**'],
  reporter: ['text-summary', 'json-summary', 'html'],
  thresholds: { lines: 85, branches: 85 },
};

export default defineConfig({
  oxc: false,
  plugins: [swc.vite({ module: { type: 'nodenext' } })],
  // The bundlers' entry of the package is a second copy of it, whose classes are not those that mercurius has.
  resolve: { alias: [{ find: /^graphql$/, replacement: 'graphql/index.js' }] },
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/global-setup.ts'],
    setupFiles: ['test/support/leave-nothing.ts'],
    // a process runs many files, and loads the product and its packages once
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 300_000,
    expect: { poll: { timeout: 60_000 } },
    // one more than can work at a time: files also wait for sockets and processes
    maxWorkers: availableParallelism() + 1,
    allowOnly: false,
    // a shared machine stalls now and then; at a desk a test that fails once is looked at
    retry: process.env.CI ? 1 : 0,
    coverage,
  },
});
