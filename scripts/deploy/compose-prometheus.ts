import { composeFile } from './compose-yaml.js';
import { processesOf } from './model-queries.js';
import type { DeploymentModel } from './model-types.js';

const about = ['Scrapes gateway and services on this machine, and the monolith on the port of the gateway.'];

export function prometheusFile(model: DeploymentModel): string {
  const processes = processesOf(model, 'split');
  return composeFile(about, {
    global: { scrape_interval: '15s' },
    rule_files: ['alerts.yaml'],
    scrape_configs: processes.map(({ name, ports: [http] }) => ({
      job_name: name,
      static_configs: [{ targets: [`localhost:${http?.port}`] }],
    })),
  });
}
