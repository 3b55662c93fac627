import { type HrTime, ValueType } from '@opentelemetry/api';
import { hrTime } from '@opentelemetry/core';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import type { MetricFamily } from '../metric-family.js';

/** `circuit_calls_total` is `circuit.calls`, which those who write it to Prometheus make the former again. */
const nameOf = ({ name }: MetricFamily): string => name.replace(/_total$/, '').replace('_', '.');

function metricData(family: MetricFamily, startTime: HrTime, endTime: HrTime): MetricData {
  const data = {
    descriptor: { name: nameOf(family), description: family.help, unit: '', valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
    dataPoints: family.samples.map(([attributes, value]) => ({ startTime, endTime, attributes, value })),
  };
  return family.type === 'counter'
    ? { ...data, dataPointType: DataPointType.SUM, isMonotonic: true }
    : { ...data, dataPointType: DataPointType.GAUGE };
}

/** The counts that `/metrics` shows as well, in OpenTelemetry's form. */
export class FamiliesProducer implements MetricProducer {
  readonly #startTime = hrTime();
  families: () => readonly MetricFamily[] = () => [];

  async collect(): Promise<CollectionResult> {
    const endTime = hrTime();
    const metrics = this.families()
      .filter(({ samples }) => samples.length > 0)
      .map((family) => metricData(family, this.#startTime, endTime));
    const scopeMetrics = metrics.length > 0 ? [{ scope: { name: 'process' }, metrics }] : [];
    return { resourceMetrics: { resource: emptyResource(), scopeMetrics }, errors: [] };
  }
}
