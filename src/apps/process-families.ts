import type { INestApplicationContext } from '@nestjs/common';
import { Pipeline } from '../pipeline/pipeline.js';
import { logOutput } from '../platform/observability/log-output.js';
import type { MetricFamily } from '../platform/observability/metric-family.js';
import { MeasuredPressure } from '../platform/pressure/measured-pressure.js';
import { pressureFamilies } from '../platform/pressure/pressure-metrics.js';
import { Resilience } from '../remote/resilience/resilience.js';
import { resilienceFamilies } from '../remote/resilience/resilience-metrics.js';

export function processFamilies(app: INestApplicationContext): () => readonly MetricFamily[] {
  const resilience = app.get(Resilience);
  const pressure = app.get(MeasuredPressure);
  const pipeline = app.get(Pipeline);
  return () => [
    ...resilienceFamilies(resilience),
    ...pressureFamilies(pressure, pipeline.running),
    ...logOutput.families(),
  ];
}
