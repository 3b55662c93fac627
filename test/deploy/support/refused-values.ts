/** Values that the schema of the chart refuses. */
export const refusedValues: readonly (readonly [what: string, values: object])[] = [
  ['a topology that does not exist', { topology: 'microservices' }],
  ['a misspelt value', { imagePullSecret: [] }],
  ['a misspelt value within another', { image: { repo: 'registry.example.com/mstv' } }],
  ['a process that does not exist', { processes: { 'user-servce': { autoscaling: { maxReplicas: 20 } } } }],
  ['a variable that does not exist', { settings: { LOG_LEVLE: 'debug' } }],
  ['a secret as a setting', { settings: { DATABASE_URL: 'postgresql://mstv:password@postgres/mstv' } }],
  ['a setting that the table decides', { settings: { SERVICE_NAME: 'user-service' } }],
  ['a setting of one process that does not exist', { processes: { monolith: { settings: { PORTS: 3000 } } } }],
  ['a tag that is a number', { image: { tag: 20_261_201 } }],
  ['a digest that is none', { image: { digest: 'sha256:latest' } }],
  ['a switch that is a text', { ingress: { enabled: 'true' } }],
  ['no replicas', { processes: { monolith: { autoscaling: { minReplicas: 0 } } } }],
  [
    'memory without a unit that Kubernetes knows',
    { processes: { monolith: { resources: { limits: { memory: '1GB' } } } } },
  ],
  ['an empty list of gateways', { gateway: { parentRefs: [] } }],
  ['a port that does not exist', { networkPolicy: { servers: { postgres: { ports: [65_536] } } } }],
  ['a server that does not exist', { networkPolicy: { servers: { mysql: { ports: [3306] } } } }],
];
