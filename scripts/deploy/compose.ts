import { databasesFile } from './compose-databases.js';
import { productFile } from './compose-product.js';
import { productionFile } from './compose-production.js';
import { prometheusFile } from './compose-prometheus.js';
import { secretsScript } from './compose-secrets.js';
import type { DeploymentModel } from './model-types.js';
import type { Target } from './target.js';

const writers: Readonly<Record<string, (model: DeploymentModel) => string>> = {
  'deploy/compose.product.yml': productFile,
  'deploy/compose.production.yml': productionFile,
  'deploy/compose.secrets.sh': secretsScript,
  'deploy/observability/prometheus.yaml': prometheusFile,
  'deploy/postgres/databases.sql': databasesFile,
};

export const compose: Target = {
  name: 'Docker Compose',
  owns: Object.keys(writers),
  write: (model) => new Map(Object.entries(writers).map(([path, write]) => [path, write(model)])),
};
