import { join } from 'node:path';
import { plant } from '../../house/planted-tree.js';
import { KUBECONFORM, KUBERNETES_SCHEMAS, runTool } from './kubernetes-tools.js';
import { writeResourceSchemas } from './resource-schemas.js';

interface Report {
  readonly summary: { valid: number; invalid: number; errors: number; skipped: number };
  readonly resources?: readonly { readonly name: string; readonly msg: string }[];
}

export function conform(yaml: string): Report {
  const ours = writeResourceSchemas(join(plant({}), 'schemas'));
  const locations = [KUBERNETES_SCHEMAS ?? '', ours].flatMap((location) => ['-schema-location', location]);
  const { stdout, stderr } = runTool(KUBECONFORM, ['-strict', '-summary', '-output', 'json', ...locations], yaml);
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout) as Report;
}
